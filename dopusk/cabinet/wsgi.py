"""The WSGI application of this site: public verification first, then Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dopusk.cabinet.settings")
django = get_wsgi_application()

from dopusk.cabinet.verification.mount import before  # noqa: E402 - Django must be set up first

application = before(django)
