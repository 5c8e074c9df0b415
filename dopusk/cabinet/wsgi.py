"""The WSGI application of the cabinet: public verification first, then Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dopusk.cabinet.settings")
pages = get_wsgi_application()

from dopusk.cabinet.verification.mount import before  # noqa: E402 - Django has to be set up first
from dopusk.web import start  # noqa: E402 - likewise

start.begin()
application = before(pages)
