"""The WSGI application of the portal: protocol endpoints first, then Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dopusk.portal.settings")
pages = get_wsgi_application()

from dopusk.portal.esia.sandbox import faults  # noqa: E402 - Django has to be set up first
from dopusk.portal.front import ROUTES  # noqa: E402 - likewise
from dopusk.portal.oidc import keys  # noqa: E402 - likewise
from dopusk.portal.wire import Front  # noqa: E402 - likewise
from dopusk.web import start  # noqa: E402 - likewise

keys.warm()
start.begin()
application = faults.over(Front(ROUTES, pages))
