"""Анна comes in through an ЕСИА, in every dialect; a marker that is not what it should be lets nobody in."""

import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as site

from dopusk.cabinet.signin import access, configuration, line, portal
from dopusk.cabinet.signin.models import Person
from dopusk.cabinet.signin.tests import people
from dopusk.cabinet.signin.tests.esia_double import (
    CLIENT,
    ISSUER,
    KEYS,
    MARKER_ALGORITHM,
    Double,
    base64url,
    environment,
    pem,
    signer,
)
from dopusk.trust import raw

pytestmark = pytest.mark.django_db
DIALECTS = [(generation, key) for generation in (1, 2) for key in KEYS]
TE = {1: "/aas/oauth2/te", 2: "/aas/oauth2/v3/te"}


@pytest.fixture
def stand(tmp_path, monkeypatch, settings):
    """stand(generation, key, markers): the cabinet before a double of an ЕСИА, set up by the environment alone."""
    doubles = []

    def begin(generation=1, kind="rsa", markers="rsa", who="anna", **more):
        double = Double(kind, markers, who)
        doubles.append(double)
        for name, value in (environment(tmp_path, double.address, generation, kind, markers) | more).items():
            monkeypatch.setenv(name, value)
        for name, value in configuration.chosen().items():
            setattr(settings, name, value)
        return double

    yield begin
    portal._portals.clear()
    for double in doubles:
        double.close()


def leave(client, next_path="/"):
    answer = client.get("/signin/", {"next": next_path})
    assert answer.status_code == 302, answer.content.decode()
    return answer.url


def sign_in(client, double, next_path="/"):
    return client.get("/signin/callback/", double.ac(leave(client, next_path)))


def refused(answer, code):
    assert answer.status_code == 403
    assert f"<code>{code}</code>" in answer.content.decode()
    assert access.KEY not in answer.client.session
    assert not Person.objects.exists()


@pytest.mark.parametrize(("generation", "kind"), DIALECTS)
@pytest.mark.parametrize("markers", KEYS)
def test_anna_comes_in_by_every_dialect_with_what_openid_connect_tells_of_her(
    stand, client, generation, kind, markers
):
    double = stand(generation, kind, markers)
    answer = sign_in(client, double, "/profile/")
    assert (answer.status_code, answer.url, double.faults) == (302, "/profile/", [])
    person = Person.objects.get()
    told = people.claims("anna")
    assert person.pk == str(double.oid)
    assert (person.full_name, person.gender) == ("Орлова Анна Сергеевна", "female")
    assert (person.email, person.phone) == (told["email"], told["phone_number"])
    assert person.birth_date.isoformat() == told["birthdate"]
    assert person.identity() == {name: told[name] for name in ("snils", "inn", "identity_document")}
    assert client.session[access.KEY] == person.pk


def test_each_request_has_a_state_of_its_own_as_a_uuid(stand, client):
    double = stand()
    first, second = (parse_qs(urlsplit(leave(client)).query)["state"][0] for _ in range(2))
    assert first != second
    assert [len(part) for part in first.split("-")] == [8, 4, 4, 4, 12]
    sign_in(client, double)
    assert double.faults == []  # "state_reused" among them had `te` sent the one of `ac`


def test_the_second_version_carries_pkce_and_the_hash_of_the_certificate(stand, client):
    stand(2)
    query = parse_qs(urlsplit(leave(client)).query)
    assert query["code_challenge_method"] == ["S256"]
    assert len(query["client_certificate_hash"][0]) == 64
    assert "code_challenge" not in parse_qs(urlsplit(_first(client, stand)).query)


def _first(client, stand):
    portal._portals.clear()
    stand(1)
    return leave(client)


NOW = int(time.time())


@pytest.mark.parametrize(
    ("forge_id", "forge_access", "code"),
    [
        ({"iss": "https://esia.gosuslugi.ru/"}, {}, "marker_issuer"),
        ({}, {"iss": "http://esia-portal1.test.gosuslugi.ru/"}, "marker_issuer"),
        ({"aud": "ANOTHER"}, {}, "marker_audience"),
        ({"aud": [CLIENT, "ANOTHER"]}, {}, "marker_audience"),
        ({}, {"client_id": "ANOTHER"}, "marker_audience"),
        ({"exp": NOW - 3600}, {}, "marker_time"),
        ({}, {"exp": NOW - 3600}, "marker_time"),
        ({"exp": None}, {}, "marker_time"),
        ({"exp": True}, {}, "marker_time"),
        ({"nbf": 4102444800}, {}, "marker_time"),
        ({"iat": 4102444800}, {}, "marker_time"),
        ({"sub": "1000300604"}, {}, "marker_person"),
        ({}, {"urn:esia:sbj_id": 1000300604}, "marker_person"),
        ({"urn:esia:sbj": None}, {}, "marker_person"),
        ({"sub": "../../1"}, {}, "marker_person"),
        ({"urn:esia:sid": "another"}, {}, "marker_session"),
    ],
)
def test_a_marker_that_says_another_thing_is_not_believed(stand, client, forge_id, forge_access, code):
    double = stand()
    double.forge_id, double.forge_access = forge_id, forge_access
    refused(sign_in(client, double), code)


@pytest.mark.parametrize("generation", [1, 2])
def test_a_marker_of_a_signer_nobody_named_is_not_believed(stand, client, generation):
    double = stand(generation)
    double.signs_with = (signer("rsa", "a stranger")[0], "RS256")
    refused(sign_in(client, double), "marker_signature")


@pytest.mark.parametrize("alg", ["none", "HS256", "RS512", "GOST3410_2012_256", "rs256", ""])
def test_the_algorithm_is_that_of_the_certificate_whatever_the_marker_says(stand, client, alg):
    double = stand()
    double.signs_with = (double.signs_with[0], alg)
    refused(sign_in(client, double), "marker_alg")


def test_a_marker_signed_by_the_certificate_as_a_secret_is_not_believed(stand, client, monkeypatch):
    import hashlib
    import hmac

    double = stand()
    secret = pem(signer("rsa", "markers")[1])
    monkeypatch.setattr(
        raw, "sign", _but_markers(raw.sign, lambda said: hmac.digest(secret, said, hashlib.sha256))
    )
    double.signs_with = (double.signs_with[0], "HS256")
    refused(sign_in(client, double), "marker_alg")


def _but_markers(sign, otherwise):
    return lambda key, said: otherwise(said) if said.startswith(b"eyJ") else sign(key, said)


def test_an_id_marker_does_not_pass_for_an_access_marker(stand, client):
    double = stand()
    double.header = {"sbt": "id"}
    refused(sign_in(client, double), "marker_kind")


@pytest.mark.parametrize(
    "marker", ["", "a.b", "a.b.c", "W10.W10.W10", "eyJhbGciOiJSUzI1NiJ9.bm9uZQ.AA", "é.é.é"]
)
def test_what_is_no_marker_is_not_believed(stand, client, marker, monkeypatch):
    double = stand()
    monkeypatch.setattr(double, "marker", lambda kind, claims: marker)
    refused(sign_in(client, double), "marker_form")


def test_a_changed_marker_is_not_believed(stand, client, monkeypatch):
    double = stand()
    real = double.marker

    def changed(kind, claims):
        head, _body, tail = real(kind, claims).split(".")
        return f"{head}.{base64url(json.dumps({**claims, 'extra': 1}).encode())}.{tail}"

    monkeypatch.setattr(double, "marker", changed)
    refused(sign_in(client, double), "marker_signature")


@pytest.mark.parametrize("kind", KEYS)
def test_while_the_signer_changes_either_certificate_is_believed(stand, client, tmp_path, kind):
    """The next certificate may stand in the same file or in one of its own; of another algorithm too."""
    fresh, certificate = signer(kind, "the next signer")
    (tmp_path / "next.pem").write_bytes(pem(certificate) + pem(signer("rsa", "one more")[1]))
    both = f"{tmp_path / 'markers.pem'}, {tmp_path / 'next.pem'}"
    double = stand(DOPUSK_ESIA_MARKER_CERTIFICATE=both)
    assert sign_in(client, double).status_code == 302
    double.signs_with = (fresh, MARKER_ALGORITHM[kind])
    client.post("/signin/leave/")
    assert sign_in(client, double).status_code == 302


@pytest.mark.parametrize("kind", KEYS)
def test_another_signer_put_into_the_file_is_believed_without_a_restart(stand, client, tmp_path, kind):
    double = stand()
    assert sign_in(client, double).status_code == 302
    client.post("/signin/leave/")
    fresh, certificate = signer(kind, "the next signer")
    double.signs_with = (fresh, MARKER_ALGORITHM[kind])
    assert sign_in(client, double).status_code == 403
    (tmp_path / "markers.pem").write_bytes(b"half a cert")
    assert sign_in(client, double).status_code == 403
    (tmp_path / "markers.pem").write_bytes(pem(certificate))
    assert sign_in(client, double).status_code == 302


def test_a_gost_signature_written_from_the_other_end_is_believed(stand, client, monkeypatch):
    kind = KEYS[-1]
    double = stand(markers=kind)
    if kind == "gost":
        turned = _but_markers(raw.sign, lambda said: signed(double.signs_with[0], said)[::-1])
        signed = raw.sign
        monkeypatch.setattr(raw, "sign", turned)
    assert sign_in(client, double).status_code == 302


def test_the_answer_to_another_request_is_not_taken(stand, client):
    double = stand()
    double.wrong_state = True
    refused(sign_in(client, double), "state_differs")


def test_an_answer_that_names_an_openid_provider_is_not_taken(stand, client):
    double = stand()
    answer = client.get("/signin/callback/", {**double.ac(leave(client)), "iss": site.PORTAL_URL})
    refused(answer, "answer_issuer")


def test_a_code_is_good_once(stand, client):
    double = stand(2)
    back = double.ac(leave(client))
    double.codes.clear()
    refused(client.get("/signin/callback/", back), "invalid_grant")


@pytest.mark.parametrize(
    ("card", "forge_id", "level"),
    [
        ({"trusted": False}, {}, "standard"),
        ({}, {"urn:esia:sbj": {"urn:esia:sbj:oid": 1000300603}}, "standard"),
        ({"trusted": False, "snils": None}, {}, "simplified"),
        ({}, {"urn:esia:sbj": {"urn:esia:sbj:oid": 1000300603, "urn:esia:sbj:is_tru": "false"}}, "standard"),
    ],
)
def test_an_unconfirmed_account_meets_the_usual_page(stand, client, card, forge_id, level):
    double = stand(DOPUSK_ESIA_ACCOUNT_URL="https://lk.example/")
    double.card, double.forge_id = card, forge_id
    answer = sign_in(client, double)
    assert (answer.status_code, answer.context["level"]) == (403, level)
    assert 'href="https://lk.example/"' in answer.content.decode()
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ({"snils": None}, "claims_incomplete"),
        ({"birthDate": "1986-14-03"}, "claims_malformed"),
        ({"snils": "112-233-445 00"}, "claims_malformed"),
        ({"lastName": ""}, "claims_incomplete"),
    ],
)
def test_a_card_without_what_we_need_is_refused(stand, client, card, code):
    double = stand()
    double.card = card
    refused(sign_in(client, double), code)


@pytest.mark.parametrize(
    "card", [{"contacts": None, "documents": None}, {"documents": {"elements": ["http://x/docs/1"]}}]
)
def test_what_was_not_granted_is_simply_absent(stand, client, card):
    double = stand()
    double.card = card
    assert sign_in(client, double).status_code == 302
    assert Person.objects.get().identity()["identity_document"] == {}


@pytest.mark.parametrize(
    ("error", "description", "code"),
    [
        ("access_denied", "ESIA-007004: the person refused", "access_denied"),
        ("access_denied", "ESIA-007019: OAuthErrorEnum.noGrants", "ESIA-007019"),
        ("access_denied", "", "access_denied"),
        ("<b>", "nothing", "&lt;b&gt;"),
    ],
)
def test_a_refusal_at_the_door_is_told_by_its_number(stand, client, error, description, code):
    stand()
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]
    back = {"error": error, "error_description": description, "state": state}
    refused(client.get("/signin/callback/", back), code)


def test_a_demand_for_confirmation_is_the_usual_page(stand, client):
    stand()
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]
    back = {"error": "access_denied", "error_description": "ESIA-007055: not confirmed", "state": state}
    answer = client.get("/signin/callback/", back)
    assert answer.status_code == 403
    assert 'data-code="unknown"' in answer.content.decode()


@pytest.mark.parametrize(
    ("place", "answer"),
    [
        ("te", (503, b"")),
        ("te", (429, b"")),
        ("te", (200, b"<html>")),
        ("te", (200, b"[]")),
        ("te", (400, {"error": "temporarily_unavailable", "error_description": "ESIA-007008: busy"})),
        ("te", (302, b"")),
        ("rs", (500, b"")),
        ("rs", (404, b"<html>")),
    ],
)
def test_an_esia_that_gives_no_usable_answer_is_explained(stand, client, place, answer):
    double = stand()
    double.answers = {TE[1] if place == "te" else f"/rs/prns/{double.oid}": answer}
    page = sign_in(client, double)
    assert page.status_code == 503
    assert "<code>portal_down</code>" in page.content.decode()


@pytest.mark.parametrize(
    ("place", "answer", "code"),
    [
        ("te", (400, {"error": "access_denied", "error_description": "ESIA-007053: wrong"}), "ESIA-007053"),
        ("te", (400, b"<html><body>ESIA-007005: no</body></html>"), "ESIA-007005"),
        ("rs", (401, {"code": "ESIA-005013", "message": "expired"}), "ESIA-005013"),
        ("rs", (403, [{"code": "ESIA-005029", "message": "no"}]), "ESIA-005029"),
    ],
)
def test_a_refusal_of_the_service_is_told_by_its_number(stand, client, place, answer, code):
    double = stand()
    double.answers = {TE[1] if place == "te" else f"/rs/prns/{double.oid}": answer}
    refused(sign_in(client, double), code)


def test_an_esia_that_hangs_is_not_waited_for_long(stand, client, monkeypatch):
    monkeypatch.setattr(line, "TIMEOUT", line.httpx.Timeout(0.3))
    double = stand()
    monkeypatch.setattr(double, "te", lambda *_: time.sleep(1) or (200, {}))
    assert sign_in(client, double).status_code == 503


def test_signing_out_leads_through_the_esia(stand, client):
    double = stand()
    sign_in(client, double)
    address = urlsplit(client.post("/signin/leave/").url)
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{double.address}/idp/ext/Logout"
    assert parse_qs(address.query) == {
        "client_id": [CLIENT],
        "redirect_url": [f"{site.CABINET_URL}/signin/signed-out/"],
    }


def test_forms_may_end_at_the_esia_and_where_it_leads(stand, client):
    double = stand(DOPUSK_ESIA_ORIGINS="https://login.example, https://lk.example")
    policy = client.get("/signin/signed-out/").headers["Content-Security-Policy"]
    assert f"form-action 'self' {double.address} https://login.example https://lk.example;" in policy


def test_the_issuer_is_the_one_real_markers_carry(stand):
    stand()
    assert portal.portal().issuer == ISSUER


def test_an_esia_sends_no_logout_tokens(stand, client):
    stand()
    answer = client.post("/signin/backchannel/", {"logout_token": "a.b.c"})
    assert (answer.status_code, answer.json()["error_description"]) == (400, "not_supported")
