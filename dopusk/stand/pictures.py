"""`./dev pictures`: the screenshots of the README, taken anew from a private stand on which the main job is walked."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright._impl._api_structures import SetCookieParam  # the public module does not give the type out
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from dopusk.stand import story
from dopusk.stand.running import RunningStand

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
SIZE: ViewportSize = {"width": 1280, "height": 960}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--hide-scrollbars",
]


@contextmanager
def window(browser: Browser, told: story.Story, key: str) -> Iterator[Page]:
    """A window in which one of the people is signed in, with the cookies of her walk."""
    context = browser.new_context(viewport=SIZE, locale="ru-RU", timezone_id="Europe/Moscow")
    jar = list(told.visitor(key).client.cookies.jar) if key in told.visitors else []
    cookies: list[SetCookieParam] = [
        {"name": one.name, "value": one.value or "", "domain": "localhost", "path": "/"} for one in jar
    ]
    context.add_cookies(cookies)
    yield context.new_page()
    context.close()


def take(browser: Browser, told: story.Story, key: str, address: str, name: str) -> None:
    """One page as the person sees it, the first screenful."""
    with window(browser, told, key) as page:
        page.goto(address)
        page.screenshot(path=FOLDER / f"{name}.png")
        print(f"{name}.png  {address}", flush=True)


def main(_argv: list[str]) -> int:
    """Walk, stop where a picture is to be taken, go on."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    stand = RunningStand()
    told = story.Story(stand)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            for act in story.STEPS:
                if act is story.anna_uploads:
                    take(browser, told, "anna", told.application, "application")
                if act is story.anna_submits:
                    take(browser, told, "anna", f"{told.application}preflight/", "preflight")
                if act is story.boris_closes:
                    take(browser, told, "boris", told.sitting, "meeting")
                if act is not story.the_signature_holds:  # needs an event loop of its own, and shows nothing
                    act(told)
                if act is story.anna_signs_in:
                    take(browser, told, "anna", f"{stand.portal}/", "portal-home")
                if act is story.anybody_verifies:
                    take(browser, told, "stranger", told.verify_url, "certificate-verify")
            browser.close()
    finally:
        stand.close()
    return 0
