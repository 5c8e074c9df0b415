"""A browser and a service for tests, over the portal's whole WSGI application, and the people everyone knows."""

import base64
import contextlib
import hashlib
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection

from dopusk.kernel import sandbox
from dopusk.portal import statement
from dopusk.portal.accounts import passwords
from dopusk.portal.accounts.actions import known_identity, open_account
from dopusk.portal.accounts.models import Account
from dopusk.portal.accounts.rules import Level
from dopusk.portal.clients.actions import register
from dopusk.portal.clients.rules import Registration
from dopusk.portal.consents.rules import CLAIMS
from dopusk.portal.front import ROUTES
from dopusk.portal.wire import Front

PORTAL, CABINET = "http://localhost:8000", "http://localhost:8001"
CALLBACK, SIGNED_OUT = f"{CABINET}/signin/callback/", f"{CABINET}/signin/signed-out/"
CLIENT, SECRET = "dopusk-cabinet", "s" * 43
ALL_SCOPES = " ".join(CLAIMS)
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


def hashes_cost_nothing(settings: Any) -> None:
    """For fixtures: Argon2id at test cost."""
    settings.TEST_COST_PASSWORDS = True
    passwords._hasher.cache_clear()
    passwords._nobodys.cache_clear()


def known(key: str) -> Account:
    """The account of a known person, opened on first call."""
    person = sandbox.person(key)
    found = Account.objects.known_as(*known_identity(person).known_by()).first()
    return found or open_account(known_identity(person), person.password, demo=True)


def cabinet_is_registered(**changes: Any) -> Registration:
    """Register the cabinet as the seed does."""
    values = {
        "name": "Кабинет аккредитации",
        "secret": SECRET,
        "redirect_uris": [CALLBACK],
        "signed_out_uris": [SIGNED_OUT],
        "scopes": list(CLAIMS),
        "required_level": Level.CONFIRMED,
        **changes,
    }
    return register(CLIENT, **values).registration()


@contextlib.contextmanager
def one_connection() -> Iterator[None]:
    """As django.test.Client does: the test's transaction lives through the request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


@contextlib.contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement sent to the database meanwhile, by the ORM or by ourselves."""
    sent: list[str] = []

    def through_django(execute: Any, sql: str, *rest: Any) -> Any:
        sent.append(sql)
        return execute(sql, *rest)

    def straight(sql: str, *rest: Any) -> Any:
        sent.append(sql)
        return real(sql, *rest)

    real = statement._send
    statement._send = straight  # type: ignore[assignment]  # the same, seen from outside
    try:
        with connection.execute_wrapper(through_django):
            yield sent
    finally:
        statement._send = real


class Browser(httpx.Client):
    """A person's browser: keeps cookies, follows nothing by itself."""

    def __init__(self, address: str = "198.51.100.7", agent: str = "Firefox/140 Linux") -> None:
        app = Front(ROUTES, get_wsgi_application())
        super().__init__(
            transport=httpx.WSGITransport(app=app, remote_addr=address),
            base_url=PORTAL,
            headers={"User-Agent": agent},
        )

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """One request inside the test's transaction."""
        with one_connection():
            return super().send(request, **options)

    def submit(self, page: httpx.Response, action: str, **fields: str) -> httpx.Response:
        """Send a form of the page: its hidden fields and these."""
        form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page.text, re.DOTALL)
        assert form, f"no form {action} on {page.url}"
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))
        hidden = {name: value.replace("&amp;", "&").replace("&#x27;", "'") for name, value in hidden.items()}
        return self.post(action, data={**hidden, **fields})

    def sign_in(
        self, identifier: str, password: str = sandbox.PASSWORD, next_path: str = "/"
    ) -> httpx.Response:
        """Open the sign-in page and fill it in."""
        page = self.get("/signin/", params={"next": next_path})
        return self.submit(page, "/signin/", identifier=identifier, password=password)


def authorization(**changes: str | None) -> str:
    """The address of an authorization request of the cabinet; None leaves a parameter out."""
    values = {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": CALLBACK,
        "scope": ALL_SCOPES,
        "state": "a state & its tail",
        "nonce": "n-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    return "/oidc/authorize?" + urlencode(
        {name: value for name, value in values.items() if value is not None}
    )


def parameters(response: httpx.Response) -> dict[str, str]:
    """The query of the address a response leads to."""
    return {
        name: values[0] for name, values in parse_qs(urlsplit(response.headers["location"]).query).items()
    }


def check_of(told: dict[str, Any]) -> str:
    """The code of the check, with which every description begins."""
    code, _, saying = str(told["error_description"]).partition(": ")
    assert saying, f"{code} does not say what to do"
    return code


def path_of(response: httpx.Response) -> str:
    """The path (with host, if another) a response leads to."""
    parts = urlsplit(response.headers["location"])
    return f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else parts.path


def code_for(browser: Browser, who: str = "anna", **changes: str | None) -> str:
    """A fresh code: signed in, agreed, sent back to the cabinet."""
    address = authorization(**changes)
    answer = browser.get(address)
    if path_of(answer) == "/signin/":
        known(who)
        answer = browser.sign_in(sandbox.person(who).email, next_path=address)
        assert answer.status_code == 303
        answer = browser.get(answer.headers["location"])
    if path_of(answer) == "/consents/give/":
        page = browser.get(answer.headers["location"])
        answer = browser.submit(page, "/consents/give/", decision="allow")
        answer = browser.get(answer.headers["location"])
    assert path_of(answer) == CALLBACK, answer.headers["location"]
    return parameters(answer)["code"]


def exchange(
    code: str, *, auth: tuple[str, str] | None = (CLIENT, SECRET), **changes: str | None
) -> httpx.Response:
    """The cabinet's call to the token endpoint."""
    values = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        **changes,
    }
    data = {name: value for name, value in values.items() if value is not None}
    basic = httpx.BasicAuth(*auth) if auth else httpx.Auth()
    return Browser().post("/oidc/token", data=data, auth=basic)


def userinfo(token: str) -> httpx.Response:
    """The cabinet's call to userinfo."""
    return Browser().get("/oidc/userinfo", headers={"Authorization": f"Bearer {token}"})
