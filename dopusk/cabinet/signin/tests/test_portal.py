"""The client of the portal: one a process."""

from dopusk.cabinet.signin import portal


def test_the_client_is_made_once(monkeypatch, settings):
    settings.PORTAL_URL = "http://portal.example"
    made = []

    class Counted(portal.Portal):
        def __init__(self, issuer):
            made.append(issuer)
            super().__init__(issuer)

    monkeypatch.setattr(portal, "_portals", {})
    monkeypatch.setattr(portal, "Portal", Counted)
    assert portal.portal() is portal.portal()
    assert made == ["http://portal.example"]
