"""`./dev token`, then `./dev agent install`, then the portal: as docs/signing.md tells whoever tries signing."""

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dopusk.stand.running import ROOT, RunningStand
from tests.journeys.conftest import enter_portal
from tests.journeys.signing import PIN, Machine
from tests.journeys.test_signing_by_token import sign, signed_in

VIKTOR = "viktor"


class Tries:
    """Somebody's computer and what he types at its terminal."""

    def __init__(self, stand: RunningStand, folder: Path) -> None:
        self.stand, self.machine = stand, Machine(folder)

    def token(self, *arguments: str, fails: bool = False) -> str:
        """What `./dev token …` prints."""
        command = [
            sys.executable,
            "-m",
            "dopusk.stand",
            "token",
            *arguments,
            "--state",
            str(self.stand.state),
        ]
        done = subprocess.run(
            command, cwd=ROOT, env=self.machine.environment, capture_output=True, text=True, check=False
        )
        assert bool(done.returncode) is fails, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def viktor(stand: RunningStand, tmp_path: Path) -> Tries:
    return Tries(stand, tmp_path)


def test_tokens_are_made_shown_and_revoked(viktor: Tries) -> None:
    viktor.token("new", "--person", VIKTOR, "--label", "Виктор EC")
    viktor.token("new", "--person", VIKTOR, "--label", "Виктор RSA", "--authority", "rsa")
    viktor.token("new", "--person", VIKTOR, "--label", "Виктор, в папке у окна", fails=True)  # too long
    viktor.token("new", "--person", VIKTOR, "--folder")
    viktor.token("new", "--person", VIKTOR)
    listed = viktor.token("list")
    for label in ("Виктор EC", "Виктор RSA", VIKTOR, f"{VIKTOR}-2"):
        assert f"{label}  serial" in listed
    seen = viktor.machine.run("tokens")
    assert seen.count("Лебедев Виктор Андреевич") == 4
    assert "revoked" not in listed
    viktor.token("revoke", "Виктор EC")
    viktor.token("revoke", "Виктор EC", fails=True)
    viktor.token("revoke", "no such", fails=True)
    assert viktor.token("list").count("revoked") == 1


def test_a_stand_that_is_not_there_is_said(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dopusk.stand", "token", "new", "--person", "anna"]
    done = subprocess.run(
        [*command, "--state", str(tmp_path / "no")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "./dev run" in done.stderr
    assert not (tmp_path / "no").exists()


@pytest.mark.usefixtures("gost_engine")
def test_viktor_enters_by_a_gost_key_in_a_folder(
    stand: RunningStand, viktor: Tries, browser: Browser
) -> None:
    viktor.token("new", "--person", VIKTOR, "--authority", "gost", "--label", "ГОСТ")
    context = viktor.machine.browser(browser.browser_type)
    page = context.new_page()
    page.goto(f"{stand.portal}/certificates/add/")
    enter_portal(stand, page, VIKTOR)
    page.wait_for_url("**/certificates/add/**")
    viktor.machine.pins.types(PIN)
    sign(page, "ГОСТ")
    expect(page.locator("main [data-certificate], main [data-standing=good]").first).to_be_visible()
    context.clear_cookies()
    page.goto(f"{stand.portal}/signin/signature/")
    viktor.machine.pins.types(PIN)
    sign(page, "ГОСТ")
    signed_in(page, stand)
    context.close()
