"""The main job with the cabinet as an information system of an ЕСИА: every dialect, chosen by settings alone."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from dopusk.stand.running import RunningStand
from dopusk.stand.signin import DIALECTS, MNEMONIC
from dopusk.stand.story import STEPS, Story, sign_in, until
from dopusk.stand.visitor import Visitor
from tests.journeys.portal import Database

ENDPOINTS = {"esia-v1": {"v1/ac", "v1/te", "rs"}, "esia-v2": {"v2/ac", "v3/te", "rs"}}
RSA = ["esia-v1", "esia-v2"]
GOST = ["esia-v1-gost", "esia-v2-gost"]


def examined(stand: RunningStand) -> list[dict[str, str]]:
    """What the portal's console says of the cabinet's requests."""
    query = {"client_id": MNEMONIC, "format": "json"}
    page = httpx.get(f"{stand.portal}/esia/console/", params=query, timeout=10).raise_for_status()
    found: list[dict[str, str]] = page.json()["diagnoses"]
    return found


def walk(dialect: str) -> None:
    stand = RunningStand(signin=dialect)
    try:
        story = Story(stand)
        # a thread of its own: a browser of an earlier test keeps an event loop running in this one
        with ThreadPoolExecutor(1) as pool:
            pool.submit(lambda: [act(story) for act in STEPS]).result()
        assert story.verify_answer["status"] == "in_force"
        requests = examined(stand)
        assert {one["endpoint"] for one in requests} == ENDPOINTS[DIALECTS[dialect][0]]
        assert {one["code"] for one in requests} == {""}  # nothing was refused
        assert Database(stand).one("SELECT count(*) FROM oidc_grant WHERE client_id = 'dopusk-cabinet'") == 0
        algorithm = Database(stand).one("SELECT algorithm FROM esia_certificate")
        assert algorithm == ("gost2012_256" if "gost" in dialect else "rsa")
        leave(stand, story.visitor("anna"))
    finally:
        stand.close()


def leave(stand: RunningStand, anna: Visitor) -> None:
    """Signed out of the cabinet she is signed out of the portal, and back on the page that says so."""
    anna.open(f"{stand.cabinet}/journal/")
    anna.submit(action="/signin/leave/")
    assert anna.now.url == f"{stand.cabinet}/signin/signed-out/"
    anna.open(f"{stand.cabinet}/journal/")
    assert anna.now.url.startswith(f"{stand.portal}/signin/")


@pytest.mark.parametrize("dialect", RSA)
def test_the_main_job_by_a_dialect_with_an_rsa_key(dialect: str) -> None:
    walk(dialect)


@pytest.mark.parametrize("dialect", GOST)
@pytest.mark.usefixtures("gost_engine")
def test_the_main_job_by_a_dialect_with_gost_keys_on_both_sides(dialect: str) -> None:
    walk(dialect)


def test_anna_is_who_she_was_when_the_deployment_changes_its_provider(tmp_path: Path) -> None:
    """First OpenID Connect, then an ЕСИА, on the same data: her draft is hers, and no second Анна appears."""
    state = tmp_path / "state"
    first = RunningStand(state)
    try:
        story = Story(first)
        sign_in(story, "anna")
        anna = story.visitor("anna")
        anna.open(f"{first.cabinet}/applications/new/")
        anna.submit()
        draft = anna.now.url.removeprefix(first.cabinet)
        base = int(first.portal.rsplit(":", 1)[1])
    finally:
        first.close()
    second = RunningStand(state, base=base, signin="esia-v1")
    try:
        story = Story(second)
        sign_in(story, "anna")
        page = story.visitor("anna").open(f"{second.cabinet}{draft}")
        assert page.url == f"{second.cabinet}{draft}"
        cabinet = Database(second, "cabinet")
        assert cabinet.one("SELECT count(*) FROM signin_person") == 1
        assert cabinet.one("SELECT count(DISTINCT issuer) FROM signin_subject") == 2
        unconfirmed(second)
    finally:
        second.close()
        second.remove()


def unconfirmed(stand: RunningStand) -> None:
    """Ксения, whose identity is not proved, is led to the portal's page that names the missing step."""
    ksenia = Visitor("ksenia")
    ksenia.open(f"{stand.cabinet}/signin/")
    values = {"identifier": "ksenia@example.org", "password": stand.password("ksenia@example.org")}
    ksenia.submit(values, action="/signin/", expect=403)
    assert "/proofing/missing/" in ksenia.now.url


def test_the_portal_changes_its_signer_and_the_cabinet_follows_without_a_restart() -> None:
    stand = RunningStand(signin="esia-v2")
    try:
        trusted = stand.state / "signin" / "markers.pem"
        before = "".join(trusted.read_text().split())
        assert signer(stand) in before
        story = Story(stand)
        sign_in(story, "anna")
        stand.dev("keys", "rotate", "--of", "esia", "--now")
        assert trusted.read_text().count("BEGIN CERTIFICATE") == 2
        until("the running portal signs by the new key", lambda: signer(stand) not in before)
        sign_in(story, "maria")
    finally:
        stand.close()


def signer(stand: RunningStand) -> str:
    """The certificate of the key that signs markers now, its PEM in one line."""
    page = httpx.get(f"{stand.portal}/sandbox/esia.pem", timeout=10).raise_for_status()
    return "".join(page.text.split("-----")[2].split())
