"""The addresses of the dialect that are answered before Django."""

from typing import Final
from urllib.parse import urlencode

from dopusk.portal.clients import models as clients
from dopusk.portal.esia import actions, systems
from dopusk.portal.esia.ac import ac_v1, ac_v2
from dopusk.portal.esia.answers import found, refused_on_page, session_cookie
from dopusk.portal.esia.rules.logout import LOGOUT
from dopusk.portal.esia.rules.received import Received, first_fault
from dopusk.portal.esia.te import te_v1, te_v3
from dopusk.portal.sessions.access import COOKIE, by_cookie
from dopusk.portal.sessions.actions import sign_out
from dopusk.portal.wire import Answer, Page, Request, Route


def logout(request: Request) -> Answer | Page:
    """Reference §1: the session ends at the wish of a system she entered in it; at another's she is asked first."""
    values, repeated = request.query
    mnemonic = values.get("client_id", "")
    system = systems.find(mnemonic)
    client = clients.find(mnemonic) if system else None
    received = Received("logout", values, repeated, client, lenient=system.lenient if system else False)
    fault = first_fault(LOGOUT, received)
    if fault:
        registered = sorted(client.redirect_uris | client.signed_out_uris) if client else []
        report = {"redirect_url": {"given": received.get("redirect_url")[:500], "registered": registered}}
        return refused_on_page(received, fault, report)
    person = by_cookie(request.cookies.get(COOKIE, ""))
    address = received.get("redirect_url") or "/"
    if person is None:
        return found(address)
    if not actions.entered_here(person.sid, mnemonic):
        return found(f"/oidc/logout?{urlencode({'client_id': mnemonic})}")
    sign_out(person.sid)
    return found(address, session_cookie(""))


GET, POST = frozenset({"GET"}), frozenset({"POST"})
ROUTES: Final = {
    "/aas/oauth2/ac": Route(ac_v1, GET | POST, pages=True),
    "/aas/oauth2/v2/ac": Route(ac_v2, GET | POST, pages=True),
    "/aas/oauth2/te": Route(te_v1, POST, pages=True),
    "/aas/oauth2/v3/te": Route(te_v3, POST, pages=True),
    "/idp/ext/Logout": Route(logout, GET, pages=True),
}
