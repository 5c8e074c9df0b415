"""A page that asks for a signature, in a real browser with scripted stand-ins for the programs that sign.

The part, its scripts and the policy of headers are the product's own; only the site behind them is played: it serves
the exact bytes and takes the form. Certificates and signatures are real.
"""

import base64
import mimetypes
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib.staticfiles import finders
from django.template import engines
from django.utils import translation
from playwright.sync_api import BrowserContext, Page, Request, Route

from dopusk.kernel.signable import Signable
from dopusk.trust import cms
from dopusk.trust.certificates import Certificate
from dopusk.web.design import context
from dopusk.web.requests import content_security_policy

ORIGIN = "https://portal.example.org"
CHALLENGE = UUID("6f1c1f0e-6f4e-4a2f-8f0e-2a2f5d1c9b11")
NOW = datetime.now(UTC).replace(microsecond=0)
CONTENT = Signable(
    "Вход на портал", ORIGIN, NOW, NOW + timedelta(minutes=10), CHALLENGE, ("Фамилия: Орлова", "Имя: Анна")
).write()
AGENT_ID = "abcdefghijklmnopabcdefghijklmnop"
PAGE = """{% extends "design/page.html" %}{% block title %}Подписание{% endblock %}
{% block heading %}Вход по электронной подписи{% endblock %}
{% block content %}<form method="post" action="/signed/" enctype="multipart/form-data" data-signing>
<input type="hidden" name="challenge" value="{{ challenge }}"><input type="hidden" name="signature" value="">
{% include "signing/parts/signer_block.html" %}
<h2 class="govuk-heading-m">Подписать файлом</h2>
<div class="govuk-form-group"><label class="govuk-label" for="by-file">Файл подписи</label>
<input class="govuk-file-upload" type="file" id="by-file" name="signature_file"></div>
<button class="govuk-button govuk-button--secondary" type="submit">Отправить файл</button></form>{% endblock %}"""


@dataclass
class Site:
    """What stands behind the page. content_status: of the answer with the bytes; 0 for none at all. lost: not served.
    lasts: how long the text can still be signed when the page comes.

    vendors: addresses of КриптоПро's and Рутокен's scripts on this site, in this order, with their text.
    """

    page: Page
    vendors: dict[str, str] = field(default_factory=dict)
    content_status: int = 200
    language: str = "ru"
    lost: tuple[str, ...] = ()
    lasts: timedelta = timedelta(minutes=10)
    sent: list[dict[str, bytes]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self) -> Page:
        """The page with the form, as somebody comes to it."""
        self.page.route(f"{ORIGIN}/**", self._answer)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if "Policy" in said.text else None
        )
        self.page.goto(f"{ORIGIN}/page/")
        return self.page

    def signature(self, signers: list[Certificate]) -> cms.Verdict:
        """The verdict on the one signature that came."""
        (form,) = self.sent
        assert form["challenge"].decode() == str(CHALLENGE)
        return cms.verify(base64.b64decode(form["signature"]), CONTENT, signers)

    def _answer(self, route: Route, request: Request) -> None:
        path = urlsplit(request.url).path
        if path == "/page/":
            headers = {"Content-Security-Policy": content_security_policy([]), "X-Frame-Options": "DENY"}
            route.fulfill(body=self._rendered(), content_type="text/html; charset=utf-8", headers=headers)
        elif path == "/content/":
            if self.content_status:
                route.fulfill(
                    status=self.content_status, body=CONTENT, content_type="text/plain; charset=utf-8"
                )
            else:
                route.abort()
        elif path == "/signed/":
            self.sent.append(_fields(request))
            route.fulfill(
                body="<!DOCTYPE html><html lang=ru><title>т</title><h1>Принято</h1>",
                content_type="text/html; charset=utf-8",
            )
        elif path in self.vendors:
            route.fulfill(body=self.vendors[path], content_type="text/javascript")
        else:
            found = finders.find(path.removeprefix("/static/"))
            if found and path not in self.lost:
                route.fulfill(
                    body=Path(str(found)).read_bytes(),
                    content_type=mimetypes.guess_type(path)[0] or "text/plain",
                )
            else:
                route.fulfill(status=404, body="")

    def _rendered(self) -> str:
        vendors = {
            f"{name}_url": path for path, name in zip(self.vendors, ("cadesplugin", "rutoken"), strict=False)
        }
        signing = {
            "content_url": "/content/", "agent_id": AGENT_ID, "help_url": "/help/",
            "good_until": datetime.now(UTC) + self.lasts, **vendors,
        }  # fmt: skip
        with translation.override(self.language):
            return (
                engines["django"]
                .from_string(PAGE)
                .render({**context.page(), "signing": signing, "challenge": CHALLENGE, "button": "Войти"})
            )


def _fields(request: Request) -> dict[str, bytes]:
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    parts = message_from_bytes(head + (request.post_data_buffer or b""))
    assert parts.is_multipart()
    return {
        str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
        for part in parts.get_payload()
    }


def new_site(context: BrowserContext, programs: object, **more: object) -> Site:
    """A page in this window with these programs in its browser."""
    page = context.new_page()
    programs.move_into(page)
    return Site(page, **more)
