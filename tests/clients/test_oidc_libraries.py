"""npm `openid-client` and `oauth4webapi`: services built on libraries that forgive nothing."""

import json
import shlex
import subprocess
import sys

import pytest
from joserfc.jwk import ECKey

from dopusk.stand.running import ROOT
from tests.clients.party import Failed, runs
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


@pytest.fixture(scope="module")
def documented(stand) -> dict[str, object]:
    """What the very line of docs/sandbox.md registers."""
    lines = (ROOT / "docs" / "sandbox.md").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith("./dev client add ")]
    words = shlex.split(line)
    done = subprocess.run(
        [sys.executable, *words, "--state", str(stand.state)],
        cwd=ROOT, env=stand._environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    return {
        "issuer": told["issuer"],
        "clientId": told["client_id"],
        "secret": told["client_secret"],
        "redirectUri": words[words.index("--redirect-uri") + 1],
        "scope": words[words.index("--scope") + 1],
    }


@pytest.mark.parametrize("program", PROGRAMS)
def test_anna_enters_a_service_registered_by_the_line_of_the_document(program, documented):
    seen = runs(program, documented, Person("anna"))
    assert seen["claims"]["aud"] == "my-app"
    assert (seen["userinfo"]["family_name"], "snils" in seen["userinfo"]) == ("Орлова", True)


@pytest.fixture(scope="module")
def whole(stand) -> dict[str, object]:
    """A service that uses all there is: pushed requests, a key instead of a secret, DPoP, refresh tokens."""
    key = ECKey.generate_key("P-256")
    kid = key.thumbprint()
    client_id = registered(
        stand,
        "strict-whole",
        secret="",
        auth_method="private_key_jwt",
        jwks={"keys": [{**key.as_dict(private=False), "kid": kid, "alg": "ES256", "use": "sig"}]},
        grant_types=["authorization_code", "refresh_token", "client_credentials"],
        scopes=["openid", "profile", "email", "offline_access", "prescriptions.read"],
        par_required=True,
        dpop_required=True,
        redirect_uris=[CALLBACK],
        signed_out_uris=[SIGNED_OUT],
    )
    return {
        "issuer": stand.portal,
        "clientId": client_id,
        "jwk": {**key.as_dict(private=True), "kid": kid},
        "redirectUri": CALLBACK,
        "signedOutUri": SIGNED_OUT,
        "scope": "openid profile email offline_access",
        "parameters": {"prompt": "consent"},
        "service": {"scope": "prescriptions.read"},
        **dict.fromkeys(("par", "dpop", "refresh", "introspect", "revoke"), True),
    }


@pytest.mark.parametrize("program", PROGRAMS)
def test_ksenia_uses_a_service_that_uses_all_there_is(program, whole):
    """PAR, private_key_jwt, DPoP, refresh rotation, introspection, revocation, client_credentials, logout."""
    seen = runs(program, whole, Person("ksenia"))
    assert "urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A" in seen["address"]
    assert "redirect_uri" not in seen["address"]
    assert seen["tokenType"] == "dpop"  # the library's word, whatever the case
    assert seen["refreshed"]["rotated"] is True
    assert seen["refreshed"]["userinfo"]["sub"] == seen["claims"]["sub"] == seen["userinfo"]["sub"]
    assert seen["introspected"]["active"] is True
    assert seen["introspected"]["cnf"]["jkt"]
    assert seen["revoked"]["introspected"] == {"active": False}
    assert seen["service"]["scope"] == "prescriptions.read"
    assert seen["signedOut"].startswith(SIGNED_OUT)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_service_that_wants_rs256_gets_it(program, stand):
    told = {
        "issuer": stand.portal,
        "clientId": registered(stand, "strict-rs256", redirect_uris=[CALLBACK], id_token_alg="RS256"),
        "secret": SECRET,
        "redirectUri": CALLBACK,
        "scope": "openid profile",
        "idTokenAlg": "RS256",
    }
    assert runs(program, told, Person("anna"))["userinfo"]["given_name"] == "Анна"


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_library_that_expects_another_algorithm_does_not_take_ours(program, plain):
    """The check is theirs; that it bites shows that the others passed it."""
    with pytest.raises(Failed) as refused:
        runs(program, {**plain, "idTokenAlg": "PS256"}, Person("anna"))
    assert "alg" in str(refused.value)


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_answer_of_another_issuer_is_not_taken_for_ours(program, plain):
    """RFC 9207: the mix-up attack fails at the library, because the portal always says who it is."""

    class Mixed(Person):
        def arrives(self, address: str) -> str:
            arrived = super().arrives(address)
            assert "iss=" in arrived
            return arrived.replace("iss=http", "iss=https")

    with pytest.raises(Failed) as refused:
        runs(program, plain, Mixed("anna"))
    assert "iss" in str(refused.value)
