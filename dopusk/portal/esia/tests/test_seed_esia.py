"""What `./dev esia` registers by the management command, and what the settings refuse outside a sandbox."""

import json
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from dopusk.portal.clients.models import Client
from dopusk.portal.esia.models import Certificate, PersonNumber, System
from dopusk.portal.esia.tests.esia_client import rsa_pair

pytestmark = pytest.mark.django_db
ROW = {
    "client_id": "ALONE",
    "redirect_uris": ["http://127.0.0.1:9/cb"],
    "token_alg": "RS256",
    "lenient": False,
}


@pytest.fixture
def seed(tmp_path):
    """Runs the command on rows of systems; each has the certificates of these names."""

    def run(*names: str, **changes: object) -> None:
        path = tmp_path / "systems.json"
        ders = [rsa_pair(name)[1].hex() for name in names]
        path.write_text(json.dumps([{**ROW, "certificates": ders, **changes}]))
        call_command("seed_esia", "--systems", path, stdout=sys.stderr)

    return run


def _working() -> set[str]:
    return {one.subject for one in Certificate.objects.filter(system_id="ALONE", disabled_at=None)}


def test_the_sixteen_and_a_system(seed):
    seed("первый")
    assert PersonNumber.objects.count() == 16
    client = Client.objects.get(pk="ALONE")
    assert (client.auth_method, client.redirect_uris) == ("esia", ROW["redirect_uris"])
    assert {"openid", "fullname", "usr_org"} <= set(client.scopes)


def test_its_certificates_are_those_named_last(seed):
    seed("первый", "второй")
    assert len(_working()) == 2
    seed("второй")
    assert _working() == {"CN=второй"}
    seed("первый")
    assert _working() == {"CN=первый"}


def test_what_a_row_says_beyond_the_usual(seed):
    seed("первый", scopes=["openid"], level="confirmed", v2=False, numeric_sub=True, lenient=True)
    system = System.objects.select_related("client").get(pk="ALONE")
    assert (system.v1, system.v2, system.numeric_sub, system.lenient) == (True, False, True, True)
    assert (system.client.scopes, system.client.required_level) == (["openid"], "confirmed")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"redirect_uris": ["ftp://a/"]}, "address_form"),
        ({"level": "highest"}, "highest"),
        ({"token_alg": "none"}, "token_alg"),
        ({"scopes": ["openid", "fulname"]}, "scope_unknown"),
    ],
)
def test_what_cannot_be_is_told_with_the_name_of_the_system(seed, changes, code):
    with pytest.raises(CommandError, match=f"^ALONE is not registered: .*{code}"):
        seed("первый", **changes)
    assert not Client.objects.exists()


def test_an_unknown_scope_is_refused_with_those_that_there_are(seed):
    with pytest.raises(CommandError, match=r"fulname.* fullname, .* id_doc, .*org_ogrn"):
        seed("первый", scopes=["openid", "fulname"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOPUSK_ESIA_AUTO_LOGIN", "000-000-600-01"),
        ("DOPUSK_ESIA_FAULTS", "te:status=503"),
        ("DOPUSK_ESIA_OFFERS_PEOPLE", "1"),
    ],
)
def test_the_settings_of_the_stand_in_do_not_start_a_portal_outside_the_sandbox(name, value):
    real = {"DOPUSK_SANDBOX": "0", "DOPUSK_PORTAL_OPERATOR": "a", "DOPUSK_PORTAL_SUPPORT": "b", name: value}
    done = subprocess.run(
        [sys.executable, "-c", "import dopusk.portal.settings"],
        env={**os.environ, **real}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "DOPUSK_ESIA_AUTO_LOGIN, _FAULTS and _OFFERS_PEOPLE exist in sandbox mode only" in done.stderr


@pytest.mark.parametrize("told", [{"DOPUSK_ALONE": "0"}, {"DOPUSK_ALONE": "1", "DOPUSK_SANDBOX": "0"}])
def test_plain_addresses_of_services_are_for_the_stand_in_alone(told):
    own = {"DOPUSK_PORTAL_OPERATOR": "a", "DOPUSK_PORTAL_SUPPORT": "b", "DOPUSK_PLAIN_HTTP_CLIENTS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", "import dopusk.portal.settings"],
        env={**os.environ, **own, **told}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "DOPUSK_PLAIN_HTTP_CLIENTS exists for the sandbox's stand-in alone" in done.stderr
