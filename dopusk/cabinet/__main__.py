"""`python -m dopusk.cabinet <command>`: the management commands of this site."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dopusk.cabinet.settings")
execute_from_command_line(["dopusk.cabinet", *sys.argv[1:]])
