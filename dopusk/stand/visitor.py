"""A person at a browser without JavaScript: follows links, fills forms in, presses buttons. Real HTTP, real cookies."""

from dataclasses import dataclass
from urllib.parse import urljoin

import httpx
from lxml import html

ERRORS = "//*[contains(concat(' ', @class, ' '), ' govuk-error-summary ')]//li"


class Unexpected(Exception):
    """The page is not what the person expected; the message says what stood there."""


@dataclass
class Page:
    """An answer as a person sees it."""

    url: str
    status: int
    content: bytes
    headers: httpx.Headers

    @property
    def document(self) -> html.HtmlElement:
        """The parsed page."""
        return html.document_fromstring(self.content, base_url=self.url)

    @property
    def text(self) -> str:
        """The words of the page's main part, spaces folded."""
        main = self.document.xpath("//main") or [self.document]
        return " ".join(" ".join(main[0].itertext()).split())

    @property
    def heading(self) -> str:
        """The first heading."""
        found = self.document.xpath("//h1")
        return " ".join(found[0].text_content().split()) if found else ""

    def errors(self) -> list[str]:
        """The lines of the error summary."""
        return [" ".join(item.text_content().split()) for item in self.document.xpath(ERRORS)]

    def links(self) -> dict[str, str]:
        """Words of each link → its absolute address (the first of equal words)."""
        found: dict[str, str] = {}
        for link in self.document.xpath("//a[@href]"):
            found.setdefault(" ".join(link.text_content().split()), urljoin(self.url, link.get("href")))
        return found


class Visitor:
    """One person's browser. name: for messages. Redirects are followed, cookies kept."""

    def __init__(self, name: str, *, trace_id: str = "") -> None:
        self.name = name
        headers = {"User-Agent": "dopusk-walk", "Accept": "text/html", "Accept-Language": "ru"}
        if trace_id:
            headers["X-Trace-Id"] = trace_id
        self.client = httpx.Client(follow_redirects=True, timeout=30, headers=headers, max_redirects=20)
        self.page: Page | None = None

    def open(self, url: str, *, expect: int = 200) -> Page:
        """GET an address, absolute or relative to the page in view."""
        target = urljoin(self.page.url, url) if self.page else url
        return self._see(self.client.get(target), expect)

    def follow(self, words: str) -> Page:
        """Press the link whose text contains these words."""
        for text, address in self.now.links().items():
            if words in text:
                return self.open(address)
        raise Unexpected(f"{self.name}: no link «{words}» on {self.now.url}: {self.now.text[:400]}")

    def submit(
        self,
        values: dict[str, str | list[str]] | None = None,
        *,
        action: str = "",
        files: dict[str, tuple[str, bytes, str]] | None = None,
        expect: int = 200,
    ) -> Page:
        """Send a form of the page in view with what stands in it, changed by `values`.

        action: part of the address of the form meant, when the page has several; the page's main form else.
        """
        form = self._form(action)
        fields: dict[str, str | list[str]] = {}
        for key, value in form.form_values():
            fields[key] = [*_listed(fields[key]), value] if key in fields else value
        fields |= values or {}
        target = urljoin(self.now.url, form.get("action") or self.now.url)
        headers = {"Referer": self.now.url, "Origin": "/".join(self.now.url.split("/")[:3])}
        answer = self.client.post(target, data=fields, files=files or None, headers=headers)
        return self._see(answer, expect)

    def option(self, name: str, words: str) -> str:
        """The value of the radio button or checkbox of this name whose label contains these words."""
        for box in self.now.document.xpath(f"//input[@name='{name}']"):
            label = self.now.document.xpath(f"//label[@for='{box.get('id')}']")
            if label and words in label[0].text_content():
                return str(box.get("value"))
        raise Unexpected(
            f"{self.name}: no choice «{words}» of {name} on {self.now.url}: {self.now.text[:600]}"
        )

    @property
    def now(self) -> Page:
        """The page in view."""
        if self.page is None:
            raise Unexpected(f"{self.name} has opened no page yet")
        return self.page

    def has_form(self, action: str) -> bool:
        """Whether a form of the page in view leads to such an address."""
        return any(action in (form.get("action") or self.now.url) for form in self._forms())

    def _forms(self) -> list[html.FormElement]:
        return [form for form in self.now.document.forms if (form.get("method") or "get").lower() == "post"]

    def _form(self, action: str) -> html.FormElement:
        main = [form for form in self._forms() if form.xpath("ancestor::main")]
        for form in [*main, *self._forms()] if action else main:
            if action in (form.get("action") or self.now.url):
                return form
        raise Unexpected(f"{self.name}: no form to «{action}» on {self.now.url}: {self.now.text[:400]}")

    def _see(self, answer: httpx.Response, expect: int) -> Page:
        self.page = Page(str(answer.url), answer.status_code, answer.content, answer.headers)
        if answer.status_code != expect:
            raise Unexpected(
                f"{self.name}: {answer.request.method} {answer.url} answered {answer.status_code}, "
                f"expected {expect}; trace {answer.headers.get('X-Trace-Id', '-')}; {self.page.text[:600]}"
            )
        return self.page


def _listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]
