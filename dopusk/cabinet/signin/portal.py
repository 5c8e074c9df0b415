"""The provider this site trusts: the portal by OpenID Connect, or an ЕСИА; settings alone choose."""

from django.conf import settings

from dopusk.cabinet.signin.esia import Esia
from dopusk.cabinet.signin.oidc import OpenId
from dopusk.cabinet.signin.provider import Provider

_portals: dict[str, Provider] = {}


def portal() -> Provider:
    """Made once, because an HTTP client costs more than a whole sign-in."""
    address = settings.ESIA.address if settings.ESIA else settings.PORTAL_URL
    if address not in _portals:
        _portals.setdefault(address, Esia(settings.ESIA) if settings.ESIA else OpenId(address))
    return _portals[address]
