"""The client of the portal: one a process, and nobody waits in it for another's time-out."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx

from dopusk.cabinet.signin import oidc, portal


def test_the_client_is_made_once(monkeypatch, settings):
    settings.PORTAL_URL = "http://portal.example"
    made = []

    class Counted(oidc.OpenId):
        def __init__(self, issuer):
            made.append(issuer)
            super().__init__(issuer)

    monkeypatch.setattr(portal, "_portals", {})
    monkeypatch.setattr(portal, "OpenId", Counted)
    assert portal.portal() is portal.portal()
    assert made == ["http://portal.example"]


def test_two_people_are_asked_for_at_once_when_the_portal_takes_its_time():
    both_are_here = threading.Barrier(2, timeout=5)

    def answer(request):
        both_are_here.wait()
        return httpx.Response(
            200, json={"issuer": "http://p", "authorization_endpoint": "http://p/authorize"}
        )

    client = oidc.OpenId("http://p", transport=httpx.MockTransport(answer))

    def leave(state):
        return client.authorization_url("http://c/", state=state, nonce="n", verifier="v" * 43)

    with ThreadPoolExecutor(2) as pool:
        addresses = list(pool.map(leave, ("first", "second")))
    assert [address.startswith("http://p/authorize?") for address in addresses] == [True, True]
