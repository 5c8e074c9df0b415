"""The WSGI application of the portal: protocol endpoints first, then Django; refuses to start when checks fail."""

import gc
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
gc.collect()
gc.freeze()  # what start-up has made stays; collections need not walk over it at every login
application = Front(ROUTES, pages)
