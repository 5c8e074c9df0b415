"""Clients of the real ЕСИА, written by others years ago, at the stand-in: two go through, one must be refused."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import serialization

from tests.clients.party import Failed, runs
from tests.clients.people import Person
from tests.clients.standin import StandIn, standing
from tests.journeys.alone import rsa_pair

SCOPE = "openid fullname birthdate gender snils inn email mobile contacts id_doc addresses"
GOST = "GOST3410_2012_256"
ANNAS = 1000300603


@pytest.fixture(scope="module")
def esia() -> Iterator[StandIn]:
    with standing(systems={"STROGAYA": {}, "MYAGKAYA": {"lenient": True}}) as found:
        yield found


def test_esia_connector_goes_through_the_whole_flow_and_checks_the_marker(esia):
    """Detached CMS with signed attributes; it verifies signature, `aud` and `iss` of the id marker by PyJWT 1."""
    seen = runs("service_in_python.py", esia.told("STROGAYA", scope=SCOPE), Person("anna"))
    assert seen["oid"] == ANNAS
    assert (seen["main"]["lastName"], seen["main"]["snils"]) == ("Орлова", "000-000-600 03")
    assert {one["type"] for one in seen["contacts"]["elements"]} >= {"EML", "MBT"}
    assert "RF_PASSPORT" in {one["type"] for one in seen["documents"]["elements"]}
    assert seen["addresses"]["size"] == len(seen["addresses"]["elements"])


def test_esia_connector_takes_no_marker_that_another_key_signed(esia):
    """The check is theirs; that it bites shows that the other test passed it."""
    key = serialization.load_pem_private_key(rsa_pair(esia.folder, "other").key.read_bytes(), None)
    other = esia.folder / "other.pub"
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    other.write_bytes(key.public_key().public_bytes(serialization.Encoding.PEM, form))
    told = esia.told("STROGAYA", scope=SCOPE, checkKeyFile=str(other))
    with pytest.raises(Failed) as refused:
        runs("service_in_python.py", told, Person("anna"))
    assert refused.value.name == "IncorrectMarkerError"


def test_npm_esia_goes_through_the_whole_flow(esia):
    """Attached CMS without signed attributes, unpadded; addresses of REST end in a slash."""
    seen = runs("esia.mjs", esia.told("STROGAYA", scope=SCOPE), Person("anna"))
    assert seen["oid"] == ANNAS
    assert (seen["main"]["firstName"], seen["answer"]["token_type"]) == ("Анна", "Bearer")
    assert (seen["contacts"]["size"] >= 2, seen["documents"]["size"] >= 1) == (True, True)


@pytest.mark.parametrize("system", ["STROGAYA", "MYAGKAYA"], ids=["strict", "lenient"])
def test_passport_esia_is_refused_at_te_and_the_diagnosis_says_why(esia, system):
    """The library overwrites its signature at te with the literal option `clientSecret`: nobody may let that through.

    Its hour between midnight and one is «24», and zones west of UTC get a «+»: it stands where neither is so.
    """
    zone = "Etc/GMT-3" if 0 < (datetime.now(UTC).hour + 3) % 24 < 23 else "Etc/GMT-6"
    told = esia.told(system, scope="openid fullname", secret="secret")
    with pytest.raises(Failed) as refused:
        runs("passport_esia.mjs", told, Person("anna"), zone=zone)
    latest = esia.diagnoses(system)[0]
    assert (latest["endpoint"], latest["ok"], latest["code"]) == ("v1/te", False, "scope_missing")
    assert refused.value.told["message"][:11] == latest["esia_code"] == "ESIA-007013"
    assert latest["report"]["also"] == ["secret_form"]
    assert esia.advice(latest["id"])


@pytest.mark.usefixtures("gost_engine")
def test_npm_esia_reads_a_marker_signed_by_gost():
    """It looks into the marker without checking it; the header says by what it is signed."""
    with standing("--auto-login", "000-000-600-03", "--token-alg", GOST) as esia:
        seen = runs("esia.mjs", esia.told(scope=SCOPE), Person("anna"))
    assert (seen["oid"], seen["main"]["lastName"]) == (ANNAS, "Орлова")
    header = seen["answer"]["access_token"].split(".")[0]
    assert json.loads(base64.urlsafe_b64decode(header + "=="))["alg"] == GOST
