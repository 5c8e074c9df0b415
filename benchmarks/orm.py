"""The cabinet's own Django handler with nothing before it: the side of the benchmark that goes through the ORM."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dopusk.cabinet.settings")
application = get_wsgi_application()
