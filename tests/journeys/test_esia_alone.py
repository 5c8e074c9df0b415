"""`./dev esia` as an integrator runs it: by its command line, from a program without browser."""

import base64
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from dopusk.stand.postgres import Cluster
from dopusk.stand.stand import free_base
from tests.journeys.alone import CALLBACK, MNEMONIC, System, claims, refused, running

READY_SECONDS = 20 * max(
    1.0, os.getloadavg()[0] / (os.cpu_count() or 1)
)  # of a machine that does nothing else


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> System:
    """The integrator's own system."""
    return System.made(tmp_path_factory.mktemp("system"))


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """A folder of its own, gone afterwards with what belongs to it."""
    yield tmp_path / "esia"
    Cluster((tmp_path / "esia").absolute()).remove()


@pytest.fixture
def own(system: System, state: Path) -> list[str]:
    """The command line of the issue, with the integrator's files."""
    return [
        "--port", str(free_base()), "--state", str(state), "--client", MNEMONIC,
        "--certificate", str(system.pair.certificate), "--redirect-uri", "http://127.0.0.1:9/other",
        "--redirect-uri", CALLBACK,
    ]  # fmt: skip


def holds(marker: str, address: str) -> bool:
    """Whether the published certificate's key signed a marker."""
    signer = x509.load_pem_x509_certificate(httpx.get(f"{address}/sandbox/esia.pem").content).public_key()
    public = serialization.load_pem_public_key(httpx.get(f"{address}/sandbox/esia.pub").content)
    assert isinstance(signer, rsa.RSAPublicKey)
    assert isinstance(public, rsa.RSAPublicKey)
    assert signer.public_numbers() == public.public_numbers()
    said, _, signature = marker.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    try:
        signer.verify(raw, said.encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def test_boris_enters_headless_and_what_he_got_outlives_a_restart(system: System, own: list[str]) -> None:
    with running(*own, "--auto-login", "000-000-600-01") as first:
        assert first.took < READY_SECONDS
        told = system.markers(
            first.address, grant_type="authorization_code", code=system.code(first.address)
        ).json()
        assert claims(told["access_token"])["urn:esia:sbj_id"] == 1_000_300_601
        assert claims(told["id_token"])["iss"] == "http://esia.gosuslugi.ru/"
        assert holds(told["access_token"], first.address)
        assert holds(told["id_token"], first.address)
    with running(*own, "--auto-login", "000-000-600-13", "--iss", "http://esia.test/") as second:
        assert holds(told["access_token"], second.address)
        person = httpx.get(
            f"{second.address}/rs/prns/1000300601",
            headers={"Authorization": f"Bearer {told['access_token']}"},
        )
        assert (person.status_code, person.json()["snils"]) == (200, "000-000-600 01")
        renewed = system.markers(
            second.address, grant_type="refresh_token", refresh_token=told["refresh_token"]
        )
        assert renewed.status_code == 200, renewed.text
        fresh = renewed.json()["access_token"]
        assert (claims(fresh)["iss"], claims(fresh)["urn:esia:sbj_id"]) == (
            "http://esia.test/",
            1_000_300_601,
        )
        again = system.markers(
            second.address, grant_type="authorization_code", code=system.code(second.address)
        ).json()
        assert claims(again["id_token"])["urn:esia:sbj"]["urn:esia:sbj:lvl"] == "P"


def test_without_auto_login_a_page_offers_the_sixteen(system: System, own: list[str]) -> None:
    with running(*own) as run, httpx.Client(base_url=run.address, follow_redirects=True) as browser:
        request = system.signed(response_type="code", access_type="online")
        page = browser.get("/aas/oauth2/ac", params=request)
        assert (page.url.path, page.text.count("data-oid=")) == ("/sandbox/people/", 16)


def test_faults_come_on_demand_and_its_own_clock_is_its_own(system: System, own: list[str]) -> None:
    faults = ["te:status=503", "prns:drop=3", "ac:skew=600"]
    with running(*own, *[part for one in faults for part in ("--fault", one)]) as run:
        assert system.markers(run.address, grant_type="authorization_code", code="x").status_code == 503
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(f"{run.address}/rs/prns/1000300601")
        request = system.signed(response_type="code", access_type="online")
        answer = httpx.get(f"{run.address}/aas/oauth2/ac", params=request)
        assert "ESIA-007015" in parse_qs(urlsplit(answer.headers["location"]).query)["error_description"][0]


def test_it_says_what_is_wrong_with_its_command_line(system: System, tmp_path: Path) -> None:
    state = ["--state", str(tmp_path / "never")]
    rubbish = tmp_path / "rubbish.pem"
    rubbish.write_text("-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----\n")
    client = [*state, "--client", MNEMONIC, "--redirect-uri", CALLBACK]
    assert str(tmp_path / "nowhere.pem") in refused(*client, "--certificate", str(tmp_path / "nowhere.pem"))
    assert "X.509" in refused(*client, "--certificate", str(rubbish))
    assert "private key" in refused(*client, "--certificate", str(system.pair.key))
    assert "openssl req -x509" in refused(*client)
    assert "--redirect-uri" in refused(*state, "--client", MNEMONIC, "--certificate", str(rubbish))
    assert "--client" in refused(*state, "--redirect-uri", CALLBACK)
    assert "fault_endpoint" in refused(*state, "--fault", "token:status=503")
    assert "000-000-600-16" in refused(*state, "--auto-login", "000-000-600-17")
    assert "without http://" in refused(*state, "--name", "http://esia:18111")
    assert not (tmp_path / "never").exists()


def test_an_address_nobody_may_come_back_to_and_a_scope_there_is_not_are_told(own: list[str]) -> None:
    said = refused(*own, "--redirect-uri", "ftp://127.0.0.1:9/cb")
    assert "ALONE is not registered: ftp://127.0.0.1:9/cb is not a whole address" in said
    assert "seed_esia" not in said
    said = refused(*own, "--scope", "openid fulname")
    assert "there is no scope fulname; there are openid, fullname, birthdate" in said


def test_a_system_in_a_container_reaches_it_by_its_name_and_is_come_back_to(
    system: System, own: list[str]
) -> None:
    back = "http://app:3000/cb"
    everywhere = "0.0.0.0"  # noqa: S104 - in a test, for its length
    beyond = ["--host", everywhere, "--name", "esia", "--redirect-uri", back]
    with running(*own, *beyond, "--auto-login", "000-000-600-01", name="esia") as run:
        assert run.address == f"http://esia:{own[1]}"
        near = f"http://127.0.0.2:{own[1]}"  # not the address it listens on by default
        request = system.signed(response_type="code", access_type="online", redirect_uri=back)
        answer = httpx.get(f"{near}/aas/oauth2/ac", params=request, headers={"Host": f"esia:{own[1]}"})
        assert answer.headers["location"].startswith(f"{back}?")
        assert "code=" in answer.headers["location"]
        assert httpx.get(f"{near}/sandbox/people/", headers={"Host": "other"}).status_code == 400


def test_it_tells_whom_earlier_starts_registered_who_enters_and_what_will_fail(own: list[str]) -> None:
    with running(*own) as first:
        assert "from before" not in first.said()
    later = ["--auto-login", "000-000-600-03", "--fault", "te:status=503@0.2"]
    with running(*own[:4], *later) as second:
        said = second.said()
    assert f"from before:\n    {MNEMONIC} → http://127.0.0.1:9/other, {CALLBACK}" in said
    assert "000-000-600-03" in said
    assert "te:status=503@0.2" in said


def test_a_port_taken_and_a_folder_taken_are_told(own: list[str], tmp_path: Path) -> None:
    with running(*own) as run:
        port = own[1]
        assert f"Port {port} is taken" in refused("--port", port, "--state", str(tmp_path / "other"))
        assert "running already" in refused("--port", str(int(port) + 5), *own[2:4])
        assert httpx.get(f"{run.address}/health/ready/").status_code == 200


def test_a_folder_that_was_deleted_begins_anew(system: System, own: list[str], state: Path) -> None:
    for _ in range(2):
        with running(*own, "--auto-login", "000-000-600-02") as run:
            assert system.code(run.address)
        shutil.rmtree(state)


def test_a_system_that_was_granted_little_and_wants_the_confirmed(system: System, own: list[str]) -> None:
    little = ["--scope", "openid fullname", "--level", "confirmed", "--auto-login", "000-000-600-09"]
    with running(*own, *little) as run:
        asked = [
            system.signed(response_type="code", access_type="online", scope=one)
            for one in ("snils", "openid")
        ]
        answers = [httpx.get(f"{run.address}/aas/oauth2/ac", params=one) for one in asked]
        told = [parse_qs(urlsplit(one.headers["location"]).query)["error_description"][0] for one in answers]
        assert [one[:11] for one in told] == ["ESIA-007019", "ESIA-007055"]


def test_without_a_system_it_says_how_to_register_one(state: Path) -> None:
    with running("--port", str(free_base()), "--state", str(state)) as run:
        assert "--client MNEMONIC" in run.said()
