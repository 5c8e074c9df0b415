"""`python -m dopusk.portal <command>`: the management commands of this site."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dopusk.portal.settings")
execute_from_command_line(["dopusk.portal", *sys.argv[1:]])
