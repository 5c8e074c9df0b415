"""The portal ends Анна's session here when hers there is over; what is no good logout token ends nothing."""

import base64
import json
import threading
import time
import uuid

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from joserfc import jws, jwt
from joserfc.jwk import ECKey

from dopusk.cabinet.signin import access, actions, logout_rules, portal, presence, tasks
from dopusk.cabinet.signin.models import EndedLogin, KeptForm, Presence
from dopusk.cabinet.signin.tests import people
from dopusk.cabinet.signin.tests.provider import Provider
from dopusk.cabinet.signin.tests.test_signin import sign_in
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db
SID = "7a1f5d8e-1111-4000-8000-000000000001"
FORM = "/applications/00000000-0000-4000-8000-000000000001/steps/contacts/"


@pytest.fixture
def provider():
    made = Provider()
    made.forge = {"sid": SID}
    yield made.install()
    portal._portals.clear()


def token(provider, header=None, **changes):
    """A logout token of the portal, changed; None takes a claim away."""
    now = int(time.time())
    claims = {
        "iss": provider.issuer, "aud": settings.CLIENT_ID, "iat": now, "exp": now + 120, "jti": str(uuid.uuid4()),
        "events": {logout_rules.EVENT: {}}, "sub": people.sub_of("anna"), "sid": SID, **changes,
    }  # fmt: skip
    claims = {name: value for name, value in claims.items() if value is not None}
    made = {"alg": "ES256", "kid": "first", "typ": "logout+jwt", **(header or {})}
    return jwt.encode({name: value for name, value in made.items() if value}, claims, provider.signing_key)


def tell(logout_token):
    """The portal's own call: no cookie, no CSRF token."""
    browser = Client(enforce_csrf_checks=True)
    return browser.post(reverse("signin:backchannel"), {"logout_token": logout_token})


def signed_in(client):
    return client.get("/journal/").status_code == 200


def test_the_end_of_the_session_at_the_portal_ends_it_here(provider, client):
    sign_in(client, provider)
    answer = tell(token(provider))
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert client.get("/journal/").url == "/signin/?next=%2Fjournal%2F"
    entry = Entry.objects.latest("number")
    assert (entry.act, entry.subject, entry.actor) == ("signin.ended", people.sub_of("anna"), "system")
    assert entry.session
    assert not Presence.objects.exists()


def test_what_was_typed_meanwhile_is_kept(provider, client):
    sign_in(client, provider)
    tell(token(provider))
    answer = client.post(FORM, {"phone": "900"}, headers={"referer": f"http://testserver{FORM}"})
    assert answer.url == f"/signin/?next={FORM.replace('/', '%2F')}"
    assert KeptForm.objects.count() == 1


def test_other_sessions_of_hers_and_of_others_go_on(provider, client):
    sign_in(client, provider)
    elsewhere, maria = Client(), Client()
    provider.forge = {"sid": "another"}
    sign_in(elsewhere, provider)
    provider.claims = people.claims("maria")
    provider.forge = {"sid": "hers"}
    sign_in(maria, provider)
    tell(token(provider))
    assert [signed_in(one) for one in (client, elsewhere, maria)] == [False, True, True]


def test_a_token_without_a_session_ends_all_of_the_account(provider, client):
    sign_in(client, provider)
    elsewhere, maria = Client(), Client()
    provider.forge = {"sid": "another"}
    sign_in(elsewhere, provider)
    provider.claims = people.claims("maria")
    sign_in(maria, provider)
    tell(token(provider, sid=None))
    assert [signed_in(one) for one in (client, elsewhere, maria)] == [False, False, True]


def test_a_token_with_a_session_alone_ends_it(provider, client):
    sign_in(client, provider)
    tell(token(provider, sub=None))
    assert not signed_in(client)


def test_a_session_of_one_and_the_name_of_another_end_nothing(provider, client):
    sign_in(client, provider)
    assert tell(token(provider, sub=people.sub_of("maria"))).status_code == 200
    assert signed_in(client)


def test_a_session_nobody_has_here_is_no_fault(provider):
    assert tell(token(provider, sid="unknown")).status_code == 200


NOW = int(time.time())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": "https://evil.example"}, "logout_issuer"),
        ({"iss": None}, "logout_issuer"),
        ({"aud": "another"}, "logout_audience"),
        ({"aud": None}, "logout_audience"),
        ({"iat": NOW - 3600}, "logout_issued"),
        ({"iat": NOW + 3600}, "logout_issued"),
        ({"iat": None}, "logout_issued"),
        ({"exp": NOW - 60}, "logout_expired"),
        ({"exp": NOW + 7 * 86400}, "logout_expired"),
        ({"exp": None}, "logout_expired"),
        ({"events": None}, "logout_events"),
        ({"events": {}}, "logout_events"),
        ({"events": {logout_rules.EVENT: "yes"}}, "logout_events"),
        ({"events": [logout_rules.EVENT]}, "logout_events"),
        ({"sub": None, "sid": None}, "logout_subject"),
        ({"sid": ""}, "logout_subject"),
        ({"sid": 17}, "logout_subject"),
        ({"sid": "a\0b"}, "logout_subject"),
        ({"sub": "s" * 300}, "logout_subject"),
        ({"nonce": "n"}, "logout_nonce"),
        ({"jti": None}, "logout_jti"),
        ({"jti": ""}, "logout_jti"),
    ],
)
def test_a_token_that_says_another_thing_ends_nothing(provider, client, changes, code):
    sign_in(client, provider)
    answer = tell(token(provider, **changes))
    assert (answer.status_code, answer["Cache-Control"]) == (400, "no-store")
    assert answer.json() == {"error": "invalid_request", "error_description": code}
    assert signed_in(client)
    assert not EndedLogin.objects.exists()


@pytest.mark.parametrize("kind", ["at+jwt", "id", "dpop+jwt"])
def test_a_token_of_another_type_ends_nothing(provider, client, kind):
    sign_in(client, provider)
    assert tell(token(provider, {"typ": kind})).json()["error_description"] == "logout_type"
    assert signed_in(client)


@pytest.mark.parametrize("kind", ["logout+jwt", "application/logout+jwt", "JWT", ""])
def test_the_type_may_be_left_out(provider, client, kind):
    sign_in(client, provider)
    assert tell(token(provider, {"typ": kind})).status_code == 200


def test_her_id_token_is_no_logout_token(provider, client):
    sign_in(client, provider)
    raw = jwt.encode(
        {"alg": "ES256", "kid": "first"},
        {"iss": provider.issuer, "aud": settings.CLIENT_ID, "sub": people.sub_of("anna"), "sid": SID,
         "iat": NOW, "exp": NOW + 600, "nonce": "n", "jti": "j"},
        provider.key,
    )  # fmt: skip
    assert tell(raw).json()["error_description"] == "logout_events"
    assert signed_in(client)


@pytest.mark.parametrize("raw", ["", "a.b", "a.b.c", "x" * 20000, "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_token_ends_nothing(provider, raw):
    assert tell(raw).json()["error_description"] == "logout_token"


def test_a_token_of_another_key_ends_nothing(provider, client):
    sign_in(client, provider)
    provider.signing_key = ECKey.generate_key("P-256")
    assert tell(token(provider)).status_code == 400
    assert signed_in(client)


def test_unknown_keys_are_looked_for_once_in_a_while_only(provider):
    provider.signing_key = ECKey.generate_key("P-256")
    for _ in range(5):
        tell(token(provider, {"kid": str(uuid.uuid4())}))
    assert provider.asked.count("/oidc/jwks") == 2


def test_a_token_is_taken_once(provider, client):
    sign_in(client, provider)
    raw = token(provider)
    assert tell(raw).status_code == 200
    assert tell(raw).json()["error_description"] == "logout_replayed"


def test_a_sign_in_still_under_way_does_not_outlive_its_session(provider, client):
    tell(token(provider))
    answer = sign_in(client, provider)
    assert answer.status_code == 403
    assert "<code>signin_stale</code>" in answer.content.decode()
    assert access.KEY not in client.session
    assert not Presence.objects.exists()


def test_a_portal_that_gives_no_keys_is_asked_to_come_again(provider):
    provider.down = {"*"}
    answer = tell("eyJhbGciOiJFUzI1NiJ9.e30.AA")
    assert (answer.status_code, answer["Cache-Control"]) == (503, "no-store")


def test_only_a_post_is_taken(client):
    assert client.get(reverse("signin:backchannel")).status_code == 405


def test_signing_out_here_leaves_nothing_behind(provider, client):
    sign_in(client, provider)
    client.post("/signin/leave/")
    assert not Presence.objects.exists()


def test_what_has_run_out_is_swept_away(provider, client, monkeypatch):
    sign_in(client, provider)
    tell(token(provider, sid="unknown"))
    tasks.purge(timestamp=0)
    assert (Presence.objects.count(), EndedLogin.objects.count()) == (1, 1)
    later = timezone.now() + presence.KEPT
    monkeypatch.setattr(timezone, "now", lambda: later)
    tasks.purge(timestamp=0)
    assert (Presence.objects.count(), EndedLogin.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_the_end_of_a_session_and_its_beginning_at_once_never_leave_it_open():
    """Whichever is first: either it never begins, or it is found and ended."""
    people.person("anna")
    issuer = portal.portal().issuer
    for turn in range(8):
        sid, gate = f"race-{turn}", threading.Barrier(2)
        ends = int(time.time()) + 100

        def begin(sid=sid, gate=gate):
            with transaction.atomic():
                gate.wait()
                presence.began(f"key-{sid}", sid, people.sub_of("anna"))
            connection.close()

        def end(sid=sid, gate=gate, ends=ends):
            gate.wait()
            actions.end_by_provider(logout_rules.Notice(sid, "", f"jti-{sid}", ends), issuer)
            connection.close()

        threads = [threading.Thread(target=act) for act in (begin, end)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert not Presence.objects.filter(sid=sid).exists()


def part(text):
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


RUBBISH = [
    "", "\0", "é", "a.b.c", "..", "a" * 9000,
    *(f"{part('[' * depth)}.{part('{}')}.x" for depth in (500, 1500, 2900)),
    *(f"{part(header)}.{part('{}')}.x" for header in (
        "[]", "1", "null", '"a"', "{}", '{"alg":1}', '{"alg":[]}', '{"alg":"ES256","kid":1}',
        '{"alg":"ES256","kid":"first","crit":1}', '{"alg":"ES256","kid":"first","b64":false}',
        '{"alg":"none"}', '{"alg":"HS256","kid":"first"}', "1" * 5000)),
]  # fmt: skip


@pytest.mark.parametrize("raw", RUBBISH, ids=range(len(RUBBISH)))
def test_rubbish_is_refused(provider, client, raw):
    sign_in(client, provider)
    assert tell(raw).status_code == 400
    assert signed_in(client)


@pytest.mark.parametrize(
    "said", ["[]", "1", "null", "[" * 2000, '{"iss":', '{"exp":' + "1" * 5000 + "}", "{}"]
)
def test_rubbish_that_the_portal_has_signed_is_refused(provider, client, said):
    sign_in(client, provider)
    raw = jws.serialize_compact(
        {"alg": "ES256", "kid": "first", "typ": "logout+jwt"}, said, provider.signing_key
    )
    assert tell(raw).status_code == 400


@pytest.mark.parametrize(
    "claims",
    [
        {"sid": "a\0b"}, {"sub": "\0"}, {"jti": "\0"}, {"sub": "\ud800"}, {"exp": float("nan")}, {"exp": float("inf")},
        {"iat": float("nan")}, {"exp": 10**300}, {"iss": ["a"]}, {"aud": {}}, {"events": []},
        {"events": {logout_rules.EVENT: 1}}, {"sid": 7}, {"sub": None, "sid": None}, {"exp": "soon"}, {"exp": True},
    ],
    ids=str,
)  # fmt: skip
def test_claims_that_make_no_sense_are_refused(provider, client, claims):
    sign_in(client, provider)
    now = int(time.time())
    body = {
        "iss": provider.issuer, "aud": settings.CLIENT_ID, "iat": now, "exp": now + 120, "jti": "one",
        "events": {logout_rules.EVENT: {}}, "sub": people.sub_of("anna"), "sid": SID, **claims,
    }  # fmt: skip
    header = {"alg": "ES256", "kid": "first", "typ": "logout+jwt"}
    raw = jws.serialize_compact(
        header, json.dumps({k: v for k, v in body.items() if v is not None}), provider.signing_key
    )
    assert tell(raw).status_code == 400
    assert signed_in(client)
