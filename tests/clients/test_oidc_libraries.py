"""npm `openid-client` and `oauth4webapi`: services built on libraries that forgive nothing."""

import pytest

from tests.clients.party import runs
from tests.clients.people import CALLBACK, SIGNED_OUT, Person
from tests.clients.registration import SECRET, registered

PROGRAMS = ["openid_client.mjs", "oauth4webapi.mjs"]


@pytest.fixture(scope="module")
def plain(stand) -> dict[str, object]:
    client_id = registered(stand, "strict-plain", redirect_uris=[CALLBACK], signed_out_uris=[SIGNED_OUT])
    return {
        "issuer": stand.portal,
        "clientId": client_id,
        "secret": SECRET,
        "redirectUri": CALLBACK,
        "scope": "openid profile email",
    }


@pytest.mark.parametrize("program", PROGRAMS)
def test_anna_signs_in_with_a_code_and_pkce(program, plain):
    seen = runs(program, plain, Person("anna"))
    assert seen["claims"]["aud"] == plain["clientId"]
    assert seen["userinfo"]["family_name"] == "Орлова"


@pytest.mark.parametrize("program", PROGRAMS)
def test_anna_leaves_through_the_portal_and_comes_back(program, plain):
    anna = Person("anna")
    seen = runs(program, {**plain, "signedOutUri": SIGNED_OUT}, anna)
    assert seen["signedOut"].startswith(f"{SIGNED_OUT}?state=after")
    anna.page = None
    assert anna.open(f"{plain['issuer']}/journal/").url.startswith(f"{plain['issuer']}/signin/")
