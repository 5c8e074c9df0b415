"""Анна comes in through the portal; whoever is not she does not."""

import threading
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from joserfc.jwk import ECKey

from dopusk.cabinet.signin import access, actions, attempts, portal, rules
from dopusk.cabinet.signin.models import Person
from dopusk.cabinet.signin.tests import people
from dopusk.cabinet.signin.tests.provider import Provider
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider():
    yield Provider().install()
    portal._portals.clear()


def leave(client, next_path="/"):
    """Press «sign in»; what the portal was asked."""
    answer = client.get("/signin/", {"next": next_path})
    assert answer.status_code == 302, answer.content.decode()
    assert answer.url.startswith(f"{settings.PORTAL_URL}/oidc/authorize?")
    return parse_qs(urlsplit(answer.url).query)


def back(client, provider, query):
    """Come back from the portal with a code for the request."""
    answer = {"code": provider.code_for(query), "state": query["state"][0]}
    return client.get("/signin/callback/", answer)


def sign_in(client, provider, next_path="/"):
    return back(client, provider, leave(client, next_path))


def refused(answer, code):
    assert answer.status_code == 403
    assert f"<code>{code}</code>" in answer.content.decode()
    assert not Client.session.fget(answer.client).get(access.KEY)


def test_the_request_carries_pkce_and_a_nonce_of_its_own(provider, client):
    query = leave(client)
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == [f"{settings.CABINET_URL}/signin/callback/"]
    assert set(query["scope"][0].split()) >= {"openid", "snils", "identity_document"}
    again = leave(client)
    assert query["nonce"] != again["nonce"]
    assert query["code_challenge"] != again["code_challenge"]


def test_anna_comes_in_and_goes_on_to_where_she_wanted(provider, client):
    answer = sign_in(client, provider, "/profile/")
    assert answer.url == "/profile/"
    person = Person.objects.get()
    assert (person.pk, person.full_name) == (people.sub_of("anna"), "Орлова Анна Сергеевна")
    assert person.snils == "00000060003"
    assert b"00000060003" not in bytes(person.sealed)
    assert client.session[access.KEY] == person.pk
    assert Entry.objects.get().act == "signin.entered"


def test_the_session_gets_a_new_key(provider, client):
    client.session["anything"] = 1
    client.session.save()
    before = client.session.session_key
    sign_in(client, provider)
    assert client.session.session_key != before


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/signin/callback/", "javascript:1"]
)
def test_sign_in_leads_nowhere_else(provider, client, elsewhere):
    assert sign_in(client, provider, elsewhere).url == "/"


@pytest.mark.django_db(transaction=True)
def test_two_first_sign_ins_at_once_make_one_person():
    identity = rules.read_claims(people.claims("anna"))
    gate, arrived = threading.Barrier(3), []

    def come():
        gate.wait()
        try:
            arrived.append(actions.arrive(identity).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=come) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert arrived == [people.sub_of("anna")] * 3
    assert Person.objects.count() == 1


def test_two_tabs_do_not_disturb_each_other(provider, client):
    first, second = leave(client, "/profile/"), leave(client, "/applications/")
    assert back(client, provider, second).url == "/applications/"
    assert back(client, provider, first).url == "/profile/"


def test_twenty_minutes_at_the_portal_do_no_harm(provider, client, monkeypatch):
    query = leave(client)
    later = attempts.time.time() + 20 * 60
    monkeypatch.setattr(attempts.time, "time", lambda: later)
    assert back(client, provider, query).status_code == 302


def test_an_attempt_older_than_an_hour_is_stale(provider, client, monkeypatch):
    query = leave(client)
    later = attempts.time.time() + attempts.LIFETIME + 1
    monkeypatch.setattr(attempts.time, "time", lambda: later)
    refused(back(client, provider, query), "signin_stale")


def test_the_back_button_after_sign_in_leads_on(provider, client):
    query = leave(client, "/profile/")
    given = {"code": provider.code_for(query), "state": query["state"][0]}
    cookies = client.cookies.copy()
    client.get("/signin/callback/", given)
    client.cookies.update(cookies)  # the browser shows the old page with what it had then
    assert client.get("/signin/callback/", given).status_code == 302


def test_an_answer_begun_in_another_browser_is_not_taken(provider, client):
    query = leave(Client())
    refused(back(client, provider, query), "signin_stale")


def test_a_signed_in_person_goes_straight_on(provider, client):
    sign_in(client, provider)
    assert client.get("/signin/", {"next": "/profile/"}).url == "/profile/"


def test_a_browser_carries_only_a_few_attempts(provider, client):
    for _ in range(attempts.MOST + 4):
        leave(client)
    kept = [
        name for name, morsel in client.cookies.items() if name.startswith(attempts.PREFIX) and morsel.value
    ]
    assert len(kept) <= attempts.MOST


def test_no_consent_at_the_portal_is_explained(provider, client):
    query = leave(client)
    answer = client.get("/signin/callback/", {"error": "access_denied", "state": query["state"][0]})
    refused(answer, "access_denied")


@pytest.mark.parametrize(
    "forge",
    [
        {"nonce": "another"},
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"exp": 1},
        {"iat": 4102444800},
    ],
    ids=lambda forge: next(iter(forge)),
)
def test_a_forged_id_token_is_not_believed(provider, client, forge):
    provider.forge = forge
    refused(sign_in(client, provider), "id_token")
    assert not Person.objects.exists()


def test_a_token_signed_by_another_key_is_not_believed(provider, client):
    provider.signing_key = ECKey.generate_key("P-256")
    refused(sign_in(client, provider), "id_token")


def test_an_unsigned_token_is_not_believed(provider, client):
    provider.alg = "none"
    refused(sign_in(client, provider), "id_token")


def test_user_info_of_somebody_else_is_not_believed(provider, client):
    provider.told = {"sub": people.sub_of("maria")}
    refused(sign_in(client, provider), "userinfo_sub")


def test_new_keys_of_the_portal_are_fetched(provider, client):
    sign_in(Client(), provider)
    fresh = ECKey.generate_key("P-256", {"kid": "second", "use": "sig", "alg": "ES256"})
    provider.key = provider.signing_key = fresh
    query = leave(client)
    code = provider.code_for(query)
    original, provider.token = provider.token, None
    provider.token = lambda request: _with_kid(original, request, fresh)
    answer = client.get("/signin/callback/", {"code": code, "state": query["state"][0]})
    assert answer.status_code == 302
    assert provider.asked.count("/oidc/jwks") == 2


def _with_kid(token, request, key):
    """The provider's answer with the ID token signed again under the key's own id."""
    import httpx
    from joserfc import jwt

    body = token(request).json()
    claims = jwt.decode(body["id_token"], key).claims
    body["id_token"] = jwt.encode({"alg": "ES256", "kid": "second"}, claims, key)
    return httpx.Response(200, json=body)


@pytest.mark.parametrize("names_itself", [True, False])
@pytest.mark.parametrize("told", ["", "https://evil.example", "{issuer}"])
def test_an_answer_of_another_provider_is_not_taken(provider, client, names_itself, told, monkeypatch):
    """RFC 9207: the portal says in its answer whose it is."""
    said = {**provider.metadata(), "authorization_response_iss_parameter_supported": names_itself}
    monkeypatch.setattr(provider, "metadata", lambda: said)
    query = leave(client)
    back = {"code": provider.code_for(query), "state": query["state"][0]}
    answer = client.get("/signin/callback/", {**back, "iss": told.format(issuer=provider.issuer)})
    if told == "{issuer}" or not (told or names_itself):
        assert answer.status_code == 302
    else:
        refused(answer, "answer_issuer")
        assert "/oidc/token" not in provider.asked


@pytest.mark.parametrize("place", ["*", "/oidc/token", "/oidc/userinfo", "/oidc/jwks"])
def test_a_silent_portal_is_explained(provider, client, place):
    if place == "*":
        provider.down = {"*"}
        answer = client.get("/signin/")
    else:
        query = leave(client)
        provider.down = {place}
        answer = back(client, provider, query)
    assert answer.status_code == 503
    assert "<code>portal_down</code>" in answer.content.decode()


@pytest.mark.parametrize("level", ["standard", "simplified"])
def test_an_unconfirmed_account_is_told_the_missing_step(provider, client, level):
    provider.claims["assurance_level"] = level
    answer = sign_in(client, provider, "/profile/")
    page = answer.content.decode()
    assert answer.status_code == 403
    back = f"{settings.CABINET_URL}/signin/?next=%2Fprofile%2F"
    assert f'href="{settings.PORTAL_URL}/proofing/?{urlencode({"next": back})}"' in page
    assert f'data-code="{level}"' in page
    assert "/signin/?next=%2Fprofile%2F" in page
    assert answer.context["level"] == level
    assert f'href="{settings.PORTAL_URL}/oidc/logout"' in page
    assert not Person.objects.exists()


def test_an_account_confirmed_later_comes_in(provider, client):
    provider.claims["assurance_level"] = "standard"
    sign_in(client, provider)
    provider.claims["assurance_level"] = "confirmed"
    assert sign_in(client, provider).status_code == 302


def test_a_second_account_with_the_same_snils_is_refused(provider, client, anna):
    provider.claims["sub"] = "another-account"
    refused(sign_in(client, provider), "snils_of_another")
    assert Person.objects.get().pk == anna.pk


def test_an_account_whose_snils_changed_is_refused(provider, client, anna):
    provider.claims["snils"] = "11223344595"
    refused(sign_in(client, provider), "snils_changed")
    assert Person.objects.get().snils == "00000060003"


@pytest.mark.parametrize("absent", ["family_name", "birthdate", "snils"])
def test_an_account_without_what_we_need_is_refused(provider, client, absent):
    del provider.claims[absent]
    refused(sign_in(client, provider), "claims_incomplete")


def test_a_malformed_snils_is_refused(provider, client):
    provider.claims["snils"] = "11223344500"
    refused(sign_in(client, provider), "claims_malformed")


def test_a_new_surname_at_the_portal_is_taken_over(provider, client, anna):
    provider.claims["family_name"] = "Смирнова"
    sign_in(client, provider)
    anna.refresh_from_db()
    assert anna.last_name == "Смирнова"


def test_signing_out_ends_both_sessions(provider, client):
    sign_in(client, provider)
    answer = client.post("/signin/leave/")
    query = parse_qs(urlsplit(answer.url).query)
    assert answer.url.startswith(f"{settings.PORTAL_URL}/oidc/logout?")
    assert query["post_logout_redirect_uri"] == [f"{settings.CABINET_URL}/signin/signed-out/"]
    assert query["id_token_hint"][0].count(".") == 2
    assert access.KEY not in client.session
    assert client.get("/signin/signed-out/").status_code == 200
    assert Entry.objects.filter(act="signin.left").exists()


def test_the_id_token_does_not_stand_readable_in_the_session(provider, client):
    sign_in(client, provider)
    assert "eyJ" not in client.session["id_token"]


def test_signing_out_works_while_the_portal_is_silent(provider, client):
    sign_in(client, provider)
    portal._portals.clear()
    provider.install()
    provider.down = {"*"}
    assert client.post("/signin/leave/").url == "/signin/signed-out/?portal=down"
    assert access.KEY not in client.session


def test_an_hour_without_use_ends_the_session(anna, at_browser):
    client = at_browser(anna)
    session = client.session
    session[access.SEEN] = int(timezone.now().timestamp() - access.IDLE.total_seconds() - 1)
    session.save()
    assert client.get("/journal/").url == "/signin/?next=%2Fjournal%2F"


def test_use_keeps_the_session(anna, at_browser):
    client = at_browser(anna)
    session = client.session
    session[access.SEEN] = int(timezone.now().timestamp() - access.TOUCH.total_seconds() - 60)
    session.save()
    assert client.get("/journal/").status_code == 200
    assert timezone.now().timestamp() - client.session[access.SEEN] < 30


def test_forms_may_lead_to_the_portal_and_nowhere_else(anna, at_browser):
    policy = at_browser(anna).get("/journal/").headers["Content-Security-Policy"]
    assert f"form-action 'self' {settings.PORTAL_URL};" in policy


def test_roles_open_their_sections(at_browser, db):
    galina = people.person("galina")
    page = at_browser(galina).get("/journal/").content.decode()
    assert 'href="/review/"' in page
    assert 'href="/commission/"' not in page
