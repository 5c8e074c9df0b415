"""People at browsers of their own, sent to the portal by services that do not exist beyond their addresses."""

import httpx

from dopusk.kernel import sandbox
from dopusk.stand.visitor import ERRORS, Unexpected, Visitor

APP = "http://127.0.0.1:9"  # the discard port: nobody listens there, the browser shows a page of its own
CALLBACK, SIGNED_OUT = f"{APP}/cb", f"{APP}/out"
DOCUMENTED = "http://localhost:3000"  # where docs/sandbox.md has an integrator's own service


def _blank(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, html="<main>The service's own page</main>")


class Person(Visitor):
    """A demo person who does what the portal asks: signs in by password, agrees. key: as in kernel.sandbox."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.client = httpx.Client(
            follow_redirects=True,
            timeout=30,
            headers=self.client.headers,
            mounts={one: httpx.MockTransport(_blank) for one in (APP, DOCUMENTED)},
        )

    def arrives(self, address: str) -> str:
        """Open the address, do what is asked on the way, and say where it ended."""
        self.page = None
        self.open(address)
        if self.has_form("/signin/"):
            person = sandbox.person(self.name)
            self.submit({"identifier": person.email, "password": person.password}, action="/signin/")
        if self.has_form("/sandbox/people/"):
            self.submit({"person": sandbox.person(self.name).snils}, action="/sandbox/people/")
        if self.has_form("/consents/give/"):
            self.submit({"decision": "allow"}, action="/consents/give/")
        if self.now.document.xpath(ERRORS):
            raise Unexpected(f"{self.name} at {self.now.url}: {self.now.errors()}")
        return self.now.url
