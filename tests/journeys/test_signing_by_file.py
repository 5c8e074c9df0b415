"""Signing in from a telephone without any script: the text downloaded, signed by openssl, the signature uploaded."""

import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import BrowserContext, Page, expect

from dopusk.kernel import sandbox
from dopusk.stand.running import RunningStand
from dopusk.stand.tokens import Registers, new_key
from dopusk.trust import certificates
from tests.journeys.conftest import enter_portal, fits
from tests.journeys.portal import look

Window = Callable[..., BrowserContext]
PHONE = {"width": 360, "height": 740}
MARIA = "maria"
_HEX = re.compile(r"[0-9a-f]{32}")


class Signer:
    """A key and its certificate in files, and openssl: any program will do."""

    def __init__(
        self, stand: RunningStand, folder: Path, key: str, work: Mapping[str, str] | None = None
    ) -> None:
        who = sandbox.person(key)
        self.registers, self.folder = Registers.of(stand.state), folder
        private, request = new_key("ec", who.full_name)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        issued = self.registers.issue(request, who, "ec", work=work)
        self.serial = issued.serial
        written = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "key.pem").write_bytes(written)
        (folder / "certificate.pem").write_bytes(certificates.pem(issued.chain[0]))

    def answer(self, page: Page, *, spoil: bytes = b"") -> None:
        """Download the text, sign it by the very line the page shows, upload the signature."""
        with page.expect_download() as begun:
            page.locator("main a[download]").click()
        name = begun.value.suggested_filename
        begun.value.save_as(self.folder / name)
        if spoil:
            (self.folder / name).write_bytes((self.folder / name).read_bytes() + spoil)
        line = page.locator("main code", has_text="openssl cms").first.text_content() or ""
        assert line.startswith("openssl cms -sign ")
        subprocess.run(line.split(), cwd=self.folder, check=True, capture_output=True)
        page.locator("[name=signature_file]").set_input_files(self.folder / f"{name}.p7s")
        page.locator("main form[data-signing] button[type=submit]").last.click()


@pytest.fixture
def signer(stand: RunningStand, tmp_path: Path) -> Signer:
    """Мария's key, certified by the stand's own authority."""
    return Signer(stand, tmp_path, MARIA)


@pytest.fixture
def phone(window: Window) -> Page:
    """A telephone whose browser runs no scripts."""
    return window(java_script_enabled=False, viewport=PHONE).new_page()


def refused(page: Page, code: str) -> None:
    """The page says this code, and the number for support."""
    expect(page.locator("main .dk-problem__trace code").first).to_have_text(code)
    expect(page.locator("main .dk-problem__trace code").nth(1)).to_have_text(_HEX)


def test_maria_adds_her_certificate_and_signs_in_by_it_without_any_script(
    stand: RunningStand, phone: Page, window: Window, signer: Signer
) -> None:
    # not added yet: she is told, signs in by password, adds it, and goes on to where she was going
    phone.goto(f"{stand.portal}/signin/?next=/journal/")
    phone.locator("a[href^='/signin/signature/']").click()
    signer.answer(phone)
    refused(phone, "certificate_required")
    fits(phone)
    phone.locator("main [data-code=certificate_required] a.govuk-button").click()
    enter_portal(stand, phone, MARIA)
    phone.wait_for_url("**/certificates/add/**")
    signer.answer(phone, spoil=b"!")
    refused(phone, "other_content")
    signer.answer(phone)
    phone.wait_for_url(f"{stand.portal}/journal/")
    expect(phone.locator("main")).to_contain_text("Добавлен сертификат электронной подписи")
    phone.locator("form[action='/signout/'] button").click()

    # from the cabinet, by the signature alone, and back there
    phone.goto(f"{stand.cabinet}/signin/?next=/")
    phone.locator("a[href^='/signin/signature/']").click()
    signer.answer(phone)
    allow = phone.locator("button[name=decision][value=allow]")
    expect(phone.locator("main")).to_be_visible()
    if allow.count():
        allow.click()
    phone.wait_for_url(f"{stand.cabinet}/**")

    # with scripts, in a wide window: the same pages hold for everybody
    wide = window(storage_state=phone.context.storage_state()).new_page()
    wide.goto(f"{stand.portal}/certificates/")
    look(wide)
    wide.locator("main [data-certificate] a").first.click()
    expect(wide.locator("[data-standing=good]")).to_be_visible()
    look(wide)

    # revoked by its issuer: known at once, and nobody enters by it
    signer.registers.revoke(signer.serial)
    wide.locator("form[action$='/check/'] button").click()
    expect(wide.locator("[data-standing=revoked]")).to_be_visible()
    look(wide)
    wide.locator("a[href$='/block/']").click()
    look(wide)
    wide.locator("[name=reason][value=stolen]").check()
    wide.locator("main form button[type=submit]").first.click()
    expect(wide.locator("[data-standing=blocked]")).to_be_visible()
    other = window(java_script_enabled=False, viewport=PHONE).new_page()
    other.goto(f"{stand.portal}/signin/signature/")
    signer.answer(other)
    refused(other, "revoked_before")
