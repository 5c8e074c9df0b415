"""The console in a real browser: accessible, within 320 px, without scripts, in both schemes."""

import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import sync_playwright

from dopusk.portal.esia.console import diagnosis
from dopusk.portal.esia.errors import EsiaFault
from dopusk.portal.esia.tests.signed_requests import OTHER, OWN, V1, V2, VALUES, stamp, v1_ac, v2_ac, v3_te

pytestmark = pytest.mark.django_db(transaction=True)

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def recorded(case, *signature, **sent):
    """The page of a judged request."""
    verdict = case.judged(*signature, **sent)
    kept = diagnosis.record(case.endpoint, "DOPUSK", verdict.fault, verdict.report)
    return reverse("esia:console_diagnosis", args=[kept])


def pages():
    """One page of each kind."""
    v1, v2 = v1_ac(), v2_ac()
    redirect = {
        "given": "http://127.0.0.1:9/cb/",
        "registered": [VALUES["redirect_uri"], "https://example.org/"],
    }
    scope = {"given": ["openid", "inn"], "granted": ["openid", "fullname"]}
    told = [
        ("v2/ac", EsiaFault("007023", "redirect_unregistered", "redirect_uri"), {"redirect_uri": redirect}),
        ("v2/ac", EsiaFault("007019", "scope_not_granted", "inn"), {"scope": scope}),
        (
            "rs",
            EsiaFault("005029", "rs_scope", "contacts"),
            {"path": "/rs/prns/1/ctts", "scopes": ["openid"]},
        ),
        ("v2/ac", EsiaFault("007006", "scope_unknown", "fio"), {"scope": {**scope, "given": ["fio"]}}),
        ("v1/te", EsiaFault("007008", "fault_on_demand", "--fault te:status=503@0.25"), {}),
        ("v1/te", EsiaFault("007038", "te_method", "GET"), {"notes": ["note_scope", "note_state"]}),
    ]
    return {
        "string": recorded(v2, v2.signature(v2.joined(*V1))),
        "attached": recorded(v1, OWN.pkcs7(v1.joined(*V1, scope="openid"), attached=True)),
        "hash": recorded(v2, client_certificate_hash=OWN.hashes["pem_sha256"]),
        "stranger": recorded(v1, OTHER.pkcs7(v1.string)),
        "clock": recorded(v1_ac().of(timestamp=stamp(-4000))),
        "literal": recorded(v3_te(), "clientSecret"),
        "code": recorded(v3_te(), v3_te().signature(v3_te().joined(*V2))),
        "accepted": recorded(v1),
        "plus": recorded(v2, timestamp=VALUES["timestamp"].replace("+", " ")),
        "astray": "/aas/oauth2/v3/ac-somewhere-very-far-away-from-anything-that-there-is",
        "all": reverse("esia:console") + "?only=all",
        **{
            fault.code: reverse(
                "esia:console_diagnosis", args=[diagnosis.record(endpoint, "DOPUSK", fault, report)]
            )
            for endpoint, fault, report in told
        },
        "list": reverse("esia:console"),
        "nothing": reverse("esia:console") + "?client_id=NOBODY",
    }


def looked(url, addresses, *, width, scheme, scripts=True, shots=None):
    """What axe finds on each page, and how far it juts out."""

    def work():
        found = {}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,
                locale="ru-RU",
                java_script_enabled=scripts,
            )
            page = context.new_page()
            said = []
            page.on("console", lambda one: said.append(one.text) if "Policy" in one.text else None)
            for name, address in addresses.items():
                page.goto(url + address)
                if shots:
                    page.screenshot(path=f"{shots}/{name}-{width}-{scheme}.png", full_page=True)
                if scripts:
                    violations = Axe().run(page, options=WCAG).response["violations"]
                    found[name] = [(one["id"], one["nodes"][0]["target"]) for one in violations]
                    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                    if over > 0:
                        found[name].append(("overflow", over))
                else:
                    found[name] = [] if page.locator("h1").is_visible() else ["no heading"]
            browser.close()
        return {name: faults for name, faults in found.items() if faults}, said

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_every_page_of_the_console_is_accessible_and_fits(live_server, settings, width, scheme):
    settings.SANDBOX = True
    assert looked(live_server.url, pages(), width=width, scheme=scheme) == ({}, [])


def test_the_console_needs_no_scripts(live_server, settings):
    settings.SANDBOX = True
    assert looked(live_server.url, pages(), width=320, scheme="light", scripts=False) == ({}, [])
