"""Whatever strangers and services send to the provider's addresses is answered, and never by a failure of ours."""

import base64
import io
from http import HTTPStatus

import pytest
from django.core.wsgi import get_wsgi_application

from dopusk.kernel import sandbox
from dopusk.portal.front import ROUTES
from dopusk.portal.tests.browser import Browser, known, one_connection
from dopusk.portal.wire import Front
from tests.conformance.party import PHARMACY, REQUEST, SECRET, pharmacy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]
BASIC = "Basic " + base64.b64encode(f"{PHARMACY}:{SECRET}".encode()).decode()
FORM = "application/x-www-form-urlencoded"
FAILURE = HTTPStatus.INTERNAL_SERVER_ERROR
SERVICES = ("/oidc/token", "/oidc/par", "/oidc/introspect", "/oidc/revoke")
ADDRESSES = (*SERVICES, "/oidc/userinfo", "/oidc/authorize")
# beginnings of what is no token
HEADERS = (
    "[]", "1", "null", "NaN", "1" * 5000, '{"alg":[]}', '{"alg":"ES256"}', '{"alg":"none"}', '{"alg":"ES256","kid":1}',
    '{"alg":"ES256","b64":false}', '{"alg":"ES256","jwk":1}',
    '{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":1,"y":2}}',
    '{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":["EC"],"crv":{},"x":"AA","y":"AA"}}',
    '{"typ":"dpop+jwt","alg":"RS256","jwk":{"kty":"RSA","n":"AA","e":"AA"}}',
)  # fmt: skip


def part(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


RUBBISH = (
    "", "\0", "é", "\xff\xfe", "a" * 9000, "..", "=.=.=",
    *(f"{part('[' * depth)}.{part('{}')}.x" for depth in (900, 3000)),
    *(f"{part('{}')}.{part('[' * depth)}.x" for depth in (900, 3000)),
    *(f"{part(header)}.{part('{}')}.eA" for header in HEADERS),
)  # fmt: skip


def asks(
    path: str, body: bytes = b"", *, query: str = "", kind: str = FORM, method: str = "POST", **headers: str
) -> int:
    """The status of a raw WSGI request: what no HTTP client would let out."""
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body), "wsgi.url_scheme": "http",
        "SERVER_NAME": "localhost", "SERVER_PORT": "8000", "HTTP_HOST": "localhost:8000",
        "REMOTE_ADDR": "198.51.100.7", "wsgi.errors": io.StringIO(), "SERVER_PROTOCOL": "HTTP/1.1",
        **{f"HTTP_{name}": value for name, value in headers.items()},
    }  # fmt: skip
    said: list[str] = []
    with one_connection():
        list(SITE(environ, lambda status, _: said.append(status)))
    return int(said[0][:3])


SITE = Front(ROUTES, get_wsgi_application())


@pytest.fixture(autouse=True)
def _pharmacy(db):
    pharmacy()
    known("anna")


def form(**values: str) -> str:
    return "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in values.items())


def _escaped(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


@pytest.mark.parametrize("header", ["AUTHORIZATION", "DPOP", "COOKIE", "X_TRACE_ID"])
@pytest.mark.parametrize("path", ADDRESSES)
def test_no_header_makes_us_fail(path, header):
    schemes = ("", "Basic ", "Bearer ", "DPoP ") if header == "AUTHORIZATION" else ("",)
    shown = BASIC if path in SERVICES else f"DPoP {'a' * 43}"
    body = b"token=a&grant_type=client_credentials"
    failed = [
        scheme + value
        for scheme in schemes
        for value in RUBBISH
        if asks(path, body, **{"AUTHORIZATION": shown, header: scheme + value}) >= FAILURE
    ]
    assert failed == []


NAMES = (
    "client_id", "redirect_uri", "scope", "state", "nonce", "prompt", "max_age", "login_hint", "ui_locales",
    "id_token_hint", "request_uri", "again", "code", "code_verifier", "grant_type", "refresh_token", "token",
    "client_assertion", "\0", "é", "",
)  # fmt: skip


@pytest.mark.parametrize("path", ADDRESSES)
def test_no_parameter_makes_us_fail(path):
    well = {**REQUEST, "client_id": PHARMACY, "token": "a", "grant_type": "authorization_code", "code": "a"}
    failed = []
    for name in NAMES:
        shown = {} if name == "client_assertion" else {"AUTHORIZATION": BASIC}
        for value in RUBBISH:
            given = form(**{**well, name: value})
            method = "GET" if path == "/oidc/authorize" else "POST"
            if asks(path, given.encode(), query=given, method=method, **shown) >= FAILURE:
                failed.append((name, value))
    assert failed == []


def test_no_page_of_ours_fails():
    browser = Browser()
    browser.sign_in(sandbox.person("anna").email)
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    asked = [
        ("/oidc/logout", "id_token_hint"), ("/oidc/logout", "client_id"), ("/oidc/logout", "state"),
        ("/oidc/logout", "post_logout_redirect_uri"), ("/signin/", "next"), ("/signin/", "login_hint"),
        ("/consents/give/", "next"),
    ]  # fmt: skip
    failed = [
        (path, name, value)
        for path, name in asked
        for value in RUBBISH
        if asks(path, query=form(**{name: value}), method="GET", COOKIE=cookie) >= FAILURE
    ]
    assert failed == []


@pytest.mark.parametrize(
    "kind", ["", "application/json", "multipart/form-data", "é", f"{FORM};charset=utf-16"]
)
@pytest.mark.parametrize("path", [*ADDRESSES, "/oidc/logout"])
def test_no_body_makes_us_fail(path, kind):
    bodies = (b"{}", b"\xff\xfe\x00", b"a=" + b"b" * 20000, b"&" * 5000, b"a=1&" * 60, b"%zz=%", b"=&=&=")
    assert [body for body in bodies if asks(path, body, kind=kind, AUTHORIZATION=BASIC) >= FAILURE] == []
