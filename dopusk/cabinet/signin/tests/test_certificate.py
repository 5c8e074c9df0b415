"""Анна signs in at the portal by her certificate, and this site learns of it what the portal tells."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import RequestFactory

from dopusk.cabinet.signin import certificate, portal, rules
from dopusk.cabinet.signin.tests.provider import Provider

pytestmark = pytest.mark.django_db
TOLD = {
    "serial": "0a1b2c",
    "issuer": "Учебный УЦ EC",
    "not_after": "2027-11-23T00:00:00+00:00",
    "inn": "770123456703",
    "organisation": "ГБУЗ «Городская больница № 1»",
    "ogrn": "1027700132195",
    "title": "Медицинская сестра",
    "email": "Anna@Hospital.example.org",
}


@pytest.fixture
def provider():
    yield Provider().install()
    portal._portals.clear()


def sign_in(client, provider):
    query = parse_qs(urlsplit(client.get("/signin/").url).query)
    answer = {"code": provider.code_for(query), "state": query["state"][0]}
    assert client.get("/signin/callback/", answer).status_code == 302
    return query


def session_of(client):
    """What the next request of this browser would know."""
    request = RequestFactory().get("/")
    request.session = client.session
    return certificate.of(request)


def test_the_certificate_is_asked_for_where_the_provider_tells_of_it(provider, client, monkeypatch):
    known = Provider.metadata
    supported = {"scopes_supported": ["openid", "certificate"]}
    assert "certificate" not in sign_in(client, provider)["scope"][0].split()
    client.post("/signin/leave/")
    portal._portals.clear()
    monkeypatch.setattr(Provider, "metadata", lambda self: {**known(self), **supported})
    assert "certificate" in sign_in(client, Provider().install())["scope"][0].split()


def test_what_the_portal_tells_of_the_certificate_stays_with_the_session_under_seal(provider, client):
    provider.told = {"certificate": TOLD}
    sign_in(client, provider)
    told = session_of(client)
    assert (told.email, told.title) == ("Anna@hospital.example.org", "Медицинская сестра")
    assert told.organisation == TOLD["organisation"]
    assert "hospital" not in str(dict(client.session))


def test_who_came_by_a_password_has_no_certificate(provider, client):
    sign_in(client, provider)
    assert session_of(client) is None


@pytest.mark.parametrize("wrong", [None, "", [], {}, "0a1b2c"])
def test_no_certificate_is_no_certificate(wrong):
    assert rules.read_certificate({"certificate": wrong}) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("organisation", 7),
        ("organisation", ["ГБУЗ"]),
        ("title", "сестра\u202eарт"),
        ("title", "x" * 201),
    ],
)
def test_a_field_that_is_no_text_for_people_counts_as_absent(field, value):
    told = rules.read_certificate({"certificate": {**TOLD, field: value}})
    assert getattr(told, field) == ""
    assert told.serial == "0a1b2c"
