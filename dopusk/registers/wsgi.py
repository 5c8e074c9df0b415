"""The WSGI application of the registers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dopusk.registers.settings")
application = get_wsgi_application()

from dopusk.web import start  # noqa: E402 - Django has to be set up first

start.begin()
