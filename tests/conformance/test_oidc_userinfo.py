"""Userinfo: exactly what the scopes open, while session, consent and token stand."""

import pytest
from django.db import connection

from dopusk.kernel import sandbox
from dopusk.portal.consents.rules import CLAIMS
from dopusk.portal.profile.actions import add_fact
from dopusk.portal.tests.browser import Browser, code_for, exchange, known, userinfo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]


COLLEGE = {"institution": "Тверской медицинский колледж", "specialty": "Сестринское дело"}
LICENCE = {"kind": "certificate", "number": "77-1", "issued_by": "Колледж", "issued_on": "2024-03-01"}
POST = {"employer": "Городская больница № 1", "post": "медицинская сестра", "since": "2015-09-01"}


def token_for(browser: Browser, who: str = "anna", **changes: str) -> str:
    return exchange(code_for(browser, who, **changes)).json()["access_token"]


def expected_of_anna() -> dict[str, object]:
    anna = sandbox.person("anna")
    return {
        "sub": str(known("anna").sub),
        "assurance_level": "confirmed",
        "family_name": "Орлова",
        "given_name": "Анна",
        "middle_name": "Сергеевна",
        "name": "Орлова Анна Сергеевна",
        "gender": "female",
        "birthdate": "1996-04-12",
        "snils": "00000060003",
        "inn": anna.inn,
        "email": "anna@example.org",
        "email_verified": True,
        "phone_number": "+79000000003",
        "phone_number_verified": True,
        "identity_document": {
            "type": "RF_PASSPORT",
            "series": "9900",
            "number": "000603",
            "issue_date": "2016-05-17",
            "issuer": "УМВД России по Тверской области",
            "issuer_code": "690-001",
        },
        "education": {"verified": False, "entries": [{**COLLEGE, "year": 2014, "document_number": "63 001"}]},
        "qualification": {"verified": False, "entries": [LICENCE]},
        "employment": {"verified": False, "entries": [POST]},
    }


@pytest.fixture(autouse=True)
def _anna_has_filled_in_her_profile(db):
    for section, content in (
        ("education", {**COLLEGE, "year": "2014", "document": "63 001"}),
        ("qualification", LICENCE),
        ("employment", POST),
        ("residence", {"region": "Тверская область", "locality": "Тверь", "house": "1"}),
    ):
        add_fact(known("anna").sub, section, content, session="")


@pytest.mark.parametrize("scope", CLAIMS)
def test_a_scope_opens_its_claims_and_no_others(scope):
    told = userinfo(token_for(Browser(), scope=f"openid {scope}")).json()
    wanted = {"sub", "assurance_level", *CLAIMS[scope]}
    everything = expected_of_anna()
    # by a password: the claim `certificate` is of sessions opened by a signature (certificates/tests/test_claims.py)
    assert told == {claim: everything[claim] for claim in wanted - {"certificate"}}


def test_all_scopes_open_everything():
    assert userinfo(token_for(Browser())).json() == expected_of_anna()


def test_who_has_written_nothing_is_told_of_without_an_empty_claim():
    told = userinfo(token_for(Browser(), "boris", scope="openid education employment")).json()
    assert set(told) == {"sub", "assurance_level"}


def test_a_contact_not_yet_verified_is_said_to_be_so():
    token = token_for(Browser(), scope="openid email phone")
    known("anna").identifiers.filter(kind="email").update(verified_at=None)
    told = userinfo(token).json()
    assert (told["email_verified"], told["phone_number_verified"]) == (False, True)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer " + "x" * 43, "Bearer <script>"]
)
def test_without_a_good_token_nothing_is_told(header):
    answer = Browser().get("/oidc/userinfo", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer ")
    assert "sub" not in answer.text


def test_a_token_in_the_address_is_not_taken():
    token = token_for(Browser())
    assert Browser().get("/oidc/userinfo", params={"access_token": token}).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE oidc_token SET expires_at = now()",
        "UPDATE oidc_grant SET revoked_at = now()",
        "UPDATE sessions_session SET ended_at = now()",
        "UPDATE sessions_session SET expires_at = now()",
        "DELETE FROM sessions_session",
        "UPDATE consents_consent SET revoked_at = now()",
    ],
)
def test_a_token_lives_no_longer_than_what_it_rests_on(change):
    token = token_for(Browser())
    assert userinfo(token).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute(change)
    assert userinfo(token).status_code == 401


def test_post_answers_as_get_does():
    token = token_for(Browser())
    answer = Browser().post("/oidc/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["sub"] == str(known("anna").sub)


def test_a_scope_taken_from_a_service_opens_nothing_from_then_on():
    """An operator has found that the cabinet needs no СНИЛС: what was granted before opens it no longer."""
    from dopusk.portal.tests.browser import ALL_SCOPES, cabinet_is_registered

    token = exchange(code_for(Browser())).json()["access_token"]
    assert userinfo(token).json()["snils"]
    cabinet_is_registered(scopes=[one for one in ALL_SCOPES.split() if one != "snils"])
    told = userinfo(token).json()
    assert ("snils" in told, bool(told["family_name"])) == (False, True)
