"""The WSGI application of the portal: protocol endpoints first, then Django; refuses to start when checks fail."""

import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dopusk.portal.settings")
pages = get_wsgi_application()

from dopusk.portal.oidc import keys  # noqa: E402 - Django has to be set up first
from dopusk.portal.oidc.endpoints import ROUTES  # noqa: E402 - likewise
from dopusk.portal.oidc.wire import Protocol  # noqa: E402 - likewise

call_command("check", databases=["default"], verbosity=0)
keys.warm()
application = Protocol(ROUTES, pages)
