"""The WSGI application of the portal: protocol endpoints first, then Django; refuses to start when checks fail."""

import io
import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dopusk.portal.settings")
pages = get_wsgi_application()

from dopusk.portal.front import ROUTES  # noqa: E402 - Django has to be set up first
from dopusk.portal.oidc import keys  # noqa: E402 - likewise
from dopusk.portal.wire import Front  # noqa: E402 - likewise

call_command("check", databases=["default"], stdout=io.StringIO())
keys.warm()
application = Front(ROUTES, pages)
