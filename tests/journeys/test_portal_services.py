"""Олег connects a service on the operator's pages; the secret he is shown opens the token endpoint at once."""

import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dopusk.stand.running import RunningStand
from tests.journeys import portal
from tests.journeys.portal import look, said, wrong

Window = Callable[..., BrowserContext]
SUBMIT = "main form[novalidate] button[type=submit].govuk-button"


@pytest.fixture
def oleg(homeland: RunningStand, window: Window) -> Page:
    """Олег at his desk, entered with a code."""
    return portal.operator(homeland, window().new_page())


def refusal(stand: RunningStand, client_id: str, secret: str) -> str:
    """What the token endpoint says to a service that brings a code nobody gave it."""
    form = {"grant_type": "authorization_code", "code": "x", "redirect_uri": "https://clinic.example/cb"}
    form["code_verifier"] = "v" * 43
    answer = httpx.post(f"{stand.portal}/oidc/token", data=form, auth=(client_id, secret), timeout=30)
    return str(answer.json()["error"])


def certificate(folder: Path) -> Path:
    """A certificate such as a system brings."""
    made = folder / "clinic.pem"
    command = [
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(folder / "key.pem"),
        "-out", str(made), "-subj", "/CN=Clinic", "-days", "30",
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return made


def test_oleg_registers_a_service_mends_what_was_wrong_and_disables_it(
    homeland: RunningStand, oleg: Page, tmp_path: Path
) -> None:
    oleg.locator("main a[href='/desk/services/']").click()
    look(oleg)
    oleg.locator("main a[href='/desk/services/new/']").click()
    look(oleg)
    oleg.locator("[name=name]").fill("Портал клиники")
    oleg.locator("[name=client_id]").fill("clinic-portal")
    oleg.locator("[name=redirect_uris]").fill("https://clinic.example/cb\nhttp://clinic.example/cb2")
    oleg.locator(SUBMIT).click()
    wrong(oleg, "redirect_uris")
    look(oleg)
    expect(oleg.locator("[name=name]")).to_have_value("Портал клиники")
    oleg.locator("[name=redirect_uris]").fill("https://clinic.example/cb")
    oleg.locator(SUBMIT).click()
    said(oleg, "secret_shown")
    look(oleg)
    secret = oleg.locator("[data-secret]").inner_text()
    assert refusal(homeland, "clinic-portal", secret) == "invalid_grant"
    assert refusal(homeland, "clinic-portal", "x" * 43) == "invalid_client"

    oleg.locator("main a[href='/desk/services/of/clinic-portal/']").click()
    look(oleg)
    assert secret not in oleg.content()
    oleg.locator("main a[href$='/clinic-portal/esia/']").click()
    look(oleg)
    oleg.locator("[name=file]").set_input_files(certificate(tmp_path))
    oleg.locator(SUBMIT).click()
    expect(oleg.locator("[data-certificate=good]")).to_be_visible()
    look(oleg)

    oleg.locator("main a[href$='/clinic-portal/disable/']").click()
    look(oleg)
    oleg.locator("main form button.govuk-button").click()
    expect(oleg.locator("[data-state=disabled]")).to_be_visible()
    oleg.wait_for_timeout(6_000)  # what other processes remember is read anew after five seconds
    assert refusal(homeland, "clinic-portal", secret) == "invalid_client"


def test_the_command_on_a_running_stand_adds_a_service_and_brings_in_the_next_key(
    homeland: RunningStand,
) -> None:
    told = homeland.dev(
        "client", "add", "--id", "ci", "--name", "CI", "--redirect-uri", "https://clinic.example/cb"
    )
    secret = re.search(r'"client_secret": "([^"]+)"', told)
    assert secret
    assert refusal(homeland, "ci", secret[1]) == "invalid_grant"
    kid = homeland.dev("keys", "rotate", "--of", "oidc", "--alg", "ES256").split()[2]
    ends = time.monotonic() + 15
    while kid not in httpx.get(f"{homeland.portal}/oidc/jwks", timeout=30).text:
        assert time.monotonic() < ends, "the running portal has not noticed the next key"
        time.sleep(0.25)
