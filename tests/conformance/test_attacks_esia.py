"""Attacks on the ЕСИА dialect: what is overheard, altered, borrowed or turned down to an older form opens nothing."""

import base64
import hashlib
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from dopusk.portal.esia.models import System
from dopusk.portal.esia.tests.esia_client import (
    CALLBACK,
    Esia,
    forget,
    stamp,
)
from dopusk.portal.sessions.actions import end_all
from dopusk.portal.tests.browser import SECRET, Browser, code_for, exchange, known
from tests.conformance.dialect import (
    BOTH,
    asked_about_her,
    code_of,
    refused_at_ac,
    thief,
    two_systems,
)
from tests.conformance.hostile import addresses

pytestmark = pytest.mark.django_db
NOT_THIS_ADDRESS = {"ESIA-007011", "ESIA-007038"}  # another one, or one that cannot even be read


@pytest.fixture(autouse=True)
def _systems(db) -> None:
    two_systems()


# replay


@BOTH
def test_a_signed_request_overheard_an_hour_ago_opens_nothing(generation):
    esia = Esia(generation)
    assert refused_at_ac(esia.ac(timestamp=stamp(-timedelta(hours=1)))) == "ESIA-007015"
    code = esia.code()
    assert code_of(esia.post(esia.te(code, timestamp=stamp(-timedelta(hours=1))))) == "ESIA-007015"


@BOTH
def test_a_code_used_twice_gives_nothing_and_ends_what_the_first_use_gave(generation):
    esia = Esia(generation)
    code = esia.code()
    marker = esia.post(esia.te(code)).json()["access_token"]
    assert asked_about_her(marker).status_code == 200
    assert code_of(esia.post(esia.te(code))) == "ESIA-007011"
    assert asked_about_her(marker).status_code == 401


@BOTH
def test_the_very_same_te_request_sent_again_gives_nothing(generation):
    esia = Esia(generation)
    form = esia.te(esia.code())
    assert esia.post(form).status_code == 200
    assert code_of(esia.post(form)) == "ESIA-007011"


@BOTH
def test_a_refresh_token_used_twice_ends_the_whole_family(generation):
    esia = Esia(generation)
    first = esia.markers(access_type="offline")
    second = esia.post(esia.refresh(first["refresh_token"])).json()
    assert asked_about_her(second["access_token"]).status_code == 200
    assert code_of(esia.post(esia.refresh(first["refresh_token"]))) == "ESIA-007011"
    assert asked_about_her(second["access_token"]).status_code == 401
    assert code_of(esia.post(esia.refresh(second["refresh_token"]))) == "ESIA-007011"


# mix-up


@BOTH
def test_a_code_of_another_system_is_worth_nothing_and_stays_good_for_its_own(generation):
    esia = Esia(generation)
    code = esia.code()
    stealing = thief(generation)
    assert code_of(stealing.post(stealing.te(code))) == "ESIA-007011"
    assert esia.post(esia.te(code)).status_code == 200


@BOTH
def test_a_code_of_the_dialect_is_none_of_openid_connect(generation, cabinet):
    esia = Esia(generation)
    code = esia.code()
    assert exchange(code, redirect_uri=CALLBACK).json()["error"] == "invalid_grant"
    assert esia.post(esia.te(code)).status_code == 200


@BOTH
def test_a_code_of_openid_connect_is_none_of_the_dialect(generation, cabinet):
    code = code_for(Browser())
    esia = Esia(generation)
    assert code_of(esia.post(esia.te(code))) == "ESIA-007011"
    assert exchange(code).status_code == 200


def test_a_system_of_the_dialect_has_no_way_in_by_openid_connect():
    """Its client has no secret: an empty one is no proof."""
    for secret in ("", SECRET):
        answer = Browser().post(
            "/oidc/token",
            data={"grant_type": "authorization_code", "code": "x" * 43, "redirect_uri": CALLBACK},
            auth=("TESTIS", secret),
        )
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


# downgrade


def test_a_signature_of_v1_is_refused_where_v2_is_spoken():
    """PKCS#7 over the string of v1, sent to v2/ac and v3/te: strict systems get 007053."""
    old, new = Esia(1), Esia(2)
    query = {name: value[0] for name, value in parse_qs(urlsplit(old.ac()).query).items()}
    hash_ = new.te("x")["client_certificate_hash"]
    downgraded = httpx.QueryParams({**query, "client_certificate_hash": hash_})
    assert refused_at_ac(f"{new.ac_path}?{downgraded}") == "ESIA-007053"
    code = new.code()
    assert code_of(new.post({**old.te(code), "client_certificate_hash": hash_})) == "ESIA-007053"
    assert new.post(new.te(code)).status_code == 200


def test_a_bare_signature_of_v2_is_refused_where_v1_is_spoken():
    old, new = Esia(1), Esia(2)
    query = urlsplit(new.ac()).query
    assert refused_at_ac(f"{old.ac_path}?{query}") in {"ESIA-007053", "ESIA-007005"}
    code = old.code()
    assert code_of(old.post(new.te(code))) in {"ESIA-007053", "ESIA-007005"}


def test_a_system_that_gave_v1_up_is_not_served_by_it():
    System.objects.filter(client_id="TESTIS").update(v1=False)
    forget()
    assert refused_at_ac(Esia(1).ac()) == "ESIA-007005"
    new = Esia(2)
    code = new.code()
    assert code_of(Esia(1).post(Esia(1).te(code))) == "ESIA-007005"
    assert new.post(new.te(code)).status_code == 200


@pytest.mark.parametrize(("asked", "redeemed"), [(2, 1), (1, 2)], ids=["v2-at-te", "v1-at-v3-te"])
def test_a_code_is_redeemed_by_the_generation_that_asked_for_it(asked, redeemed):
    code = Esia(asked).code()
    other = Esia(redeemed)
    assert code_of(other.post(other.te(code))) == "ESIA-007011"


def test_pkce_once_promised_cannot_be_left_out():
    esia = Esia(2)
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    promised = {"code_challenge": challenge, "code_challenge_method": "S256"}
    assert code_of(esia.post(esia.te(esia.code(**promised)))) == "ESIA-007040"
    assert code_of(esia.post(esia.te(esia.code(**promised), code_verifier="w" * 43))) == "ESIA-007040"
    assert esia.post(esia.te(esia.code(**promised), code_verifier=verifier)).status_code == 200
    assert code_of(esia.post(esia.te(esia.code(), code_verifier=verifier))) == "ESIA-007039"


# redirects


@BOTH
def test_nobody_is_sent_to_a_hostile_address(generation):
    """Signed by the system's own key even so: with 007023 the person stays here (§4)."""
    browser, esia = Browser(), Esia(generation)
    for address in addresses(CALLBACK):
        answer = browser.get(esia.ac(redirect_uri=address))
        assert answer.status_code == 400, address
        assert not {"location", "refresh"} & answer.headers.keys(), address


@BOTH
def test_a_code_is_exchanged_for_no_other_address(generation):
    esia = Esia(generation)
    code = esia.code()
    for address in filter(None, addresses(CALLBACK)):
        assert code_of(esia.post(esia.te(code, redirect_uri=address))) in NOT_THIS_ADDRESS
    assert esia.post(esia.te(code)).status_code == 200


def test_leaving_goes_to_no_hostile_address():
    registered_address = "http://127.0.0.1:9/bye"
    for address in filter(None, addresses(registered_address)):
        answer = Browser().get("/idp/ext/Logout", params={"client_id": "TESTIS", "redirect_url": address})
        assert not answer.headers.get("location", "/").startswith(("http", "//", "\\")), address


# state


def test_a_state_used_at_ac_serves_no_second_time_at_v3_te():
    """§10, quirk 6: on v1 real clients do so, and may."""
    for generation, expected in ((1, 200), (2, 400)):
        esia = Esia(generation)
        state = "7a8c1e52-5a2f-4f0b-9b3e-1c7a3f5d9e20"
        answer = esia.post(esia.te(esia.code(state=state), state=state))
        assert answer.status_code == expected
        if expected == 400:
            assert code_of(answer) == "ESIA-007003"


@BOTH
def test_a_marker_ends_with_the_session_it_came_from(generation):
    """Whoever signs out everywhere leaves nothing behind for a thief of markers."""
    marker = Esia(generation).markers()["access_token"]
    assert asked_about_her(marker).status_code == 200
    end_all(known("anna").sub, actor="system", words="Вход закончен")
    assert asked_about_her(marker).status_code == 401
