"""Every address answered before Django."""

from typing import Final

from dopusk.portal.esia.endpoints import ROUTES as ESIA
from dopusk.portal.oidc.endpoints import ROUTES as PROTOCOL
from dopusk.portal.signin.endpoints import signin
from dopusk.portal.wire import Route

ROUTES: Final = {**PROTOCOL, **ESIA, "/signin/": Route(signin, frozenset({"GET", "POST"}), pages=True)}
