"""An information system for tests: it signs as the reference says (§3) and walks the whole flow."""

import base64
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from dopusk.kernel import sandbox
from dopusk.portal.accounts.rules import Level
from dopusk.portal.clients import models as clients
from dopusk.portal.clients.models import Client
from dopusk.portal.esia import systems
from dopusk.portal.esia.models import Certificate, System
from dopusk.portal.tests.browser import Browser, known, parameters, path_of
from dopusk.trust import certificates, cms, gost, raw

MNEMONIC: Final = "TESTIS"
CALLBACK: Final = "http://127.0.0.1:9/cb?from=esia"
SCOPE: Final = "openid fullname snils"
GRANTED: Final = (
    *SCOPE.split(),
    "birthdate",
    "email",
    "mobile",
    "id_doc",
    "usr_org",
    "org_shortname",
    "prm_chg",
)
PATHS: Final = {
    "v1/ac": "/aas/oauth2/ac",
    "v2/ac": "/aas/oauth2/v2/ac",
    "v1/te": "/aas/oauth2/te",
    "v3/te": "/aas/oauth2/v3/te",
}
OF_V2: Final = ("client_id", "scope", "scope_org", "timestamp", "state", "redirect_uri")


def certified(key: rsa.RSAPrivateKey, name: str) -> bytes:
    """A certificate (DER) of an RSA key by itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begins = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


@cache
def rsa_pair(name: str = "Тестовая система") -> tuple[rsa.RSAPrivateKey, bytes]:
    """An RSA key and its certificate, the same for a whole run."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key, certified(key, name)


@cache
def gost_pair() -> tuple[bytes, bytes]:
    """A GOST key and its certificate, the same for a whole run. Raises gost.EngineMissing."""
    key = gost.new_key()
    return key, gost.self_signed(key, {"CN": "Тестовая система"}, days=30)


def registered(
    *ders: bytes,
    mnemonic: str = MNEMONIC,
    scopes: tuple[str, ...] = GRANTED,
    required_level: Level = Level.SIMPLIFIED,
    **system: Any,
) -> System:
    """A system with these certificates (by default the RSA one) in the database."""
    client = Client.objects.create(
        client_id=mnemonic,
        name="Тестовая система",
        secret_hash=b"",
        redirect_uris=[CALLBACK],
        signed_out_uris=["http://127.0.0.1:9/bye"],
        scopes=list(scopes),
        auth_method="esia",
        required_level=required_level.value,
    )
    made = System.objects.create(client=client, **system)
    for der in ders or (rsa_pair()[1],):
        read, found = certificates.read(der), certificates.fingerprints(der)
        Certificate.objects.create(
            system=made,
            der=der,
            sha256=found["sha256"],
            streebog256=found["streebog256"],
            subject=read.subject,
            algorithm=read.algorithm,
            not_before=read.not_before,
            not_after=read.not_after,
        )
    forget()
    return made


def forget() -> None:
    """Registrations changed in the database are seen at once."""
    clients.forget()
    systems.forget()


def stamp(shift: timedelta = timedelta()) -> str:
    """`timestamp` of now, in Moscow."""
    return (datetime.now(UTC) + timedelta(hours=3) + shift).strftime("%Y.%m.%d %H:%M:%S +0300")


@dataclass
class Esia:
    """A client of one generation of the protocol; `pair`: its key and certificate."""

    generation: int = 1
    mnemonic: str = MNEMONIC
    pair: tuple[Any, bytes] = field(default_factory=rsa_pair)
    attached: bool = False
    attributes: bool = True

    @property
    def ac_path(self) -> str:
        """Where a code is asked for."""
        return PATHS["v1/ac" if self.generation == 1 else "v2/ac"]

    @property
    def te_path(self) -> str:
        """Where markers are."""
        return PATHS["v1/te" if self.generation == 1 else "v3/te"]

    def signed(self, values: dict[str, str], names: tuple[str, ...] = ()) -> dict[str, str]:
        """The request with `client_secret` and, for raw signatures, `client_certificate_hash` (§3)."""
        key, certificate = self.pair
        if self.generation == 1:
            text = "".join(values.get(name, "") for name in ("scope", "timestamp", "client_id", "state"))
            made = cms.sign(
                key, certificate, text.encode(), attached=self.attached, attributes=self.attributes
            )
            return {**values, "client_secret": base64.urlsafe_b64encode(made).decode()}
        text = "".join(values.get(name, "") for name in names or OF_V2)
        found = certificates.fingerprints(certificate)
        hash_ = found["streebog256" if isinstance(key, bytes) else "sha256"]
        secret = base64.urlsafe_b64encode(raw.sign(key, text.encode())).rstrip(b"=").decode()
        return {**values, "client_secret": secret, "client_certificate_hash": hash_}

    def ac(self, **changes: str | None) -> str:
        """The address of a request for a code; None leaves a parameter out, after signing what is there."""
        values = {
            "client_id": self.mnemonic,
            "scope": SCOPE,
            "scope_org": "",
            "response_type": "code",
            "state": str(uuid.uuid4()),
            "timestamp": stamp(),
            "redirect_uri": CALLBACK,
            "access_type": "online",
        }
        return f"{self.ac_path}?{urlencode(self._made(values, changes))}"

    def te(self, code: str, /, **changes: str | None) -> dict[str, str]:
        """The form of a request for markers by a code."""
        values = {
            "client_id": self.mnemonic,
            "scope": SCOPE,
            "scope_org": "",
            "grant_type": "authorization_code",
            "code": code,
            "state": str(uuid.uuid4()),
            "timestamp": stamp(),
            "redirect_uri": CALLBACK,
            "token_type": "Bearer",
        }
        return self._made(values, changes, (*OF_V2, "code"))

    def refresh(self, token: str, /, *, variant: str = "A", **changes: str | None) -> dict[str, str]:
        """The form of a request for markers by a refresh token."""
        values = {
            "client_id": self.mnemonic,
            "scope": SCOPE,
            "grant_type": "refresh_token",
            "refresh_token": token,
            "state": str(uuid.uuid4()),
            "timestamp": stamp(),
        }
        if variant == "A":
            return self._made({**values, "redirect_uri": CALLBACK, "token_type": "Bearer"}, changes)
        names = ("client_id", "scope", "timestamp", "state", "refresh_token")
        made = self._made(values, changes, names)
        made.pop("client_certificate_hash", None)
        return made

    def service(self, oid: int, /, **changes: str | None) -> dict[str, str]:
        """The form of a request of the system for itself: consent refresh."""
        values = {
            "client_id": self.mnemonic,
            "scope": f"prm_chg?oid={oid}",
            "grant_type": "client_credentials",
            "state": str(uuid.uuid4()),
            "timestamp": stamp(),
            "redirect_uri": CALLBACK,
            "token_type": "Bearer",
        }
        return self._made(values, changes, ("client_id", "scope", "timestamp", "state", "redirect_uri"))

    def _made(
        self, values: dict[str, str], changes: dict[str, str | None], names: tuple[str, ...] = ()
    ) -> dict[str, str]:
        changed = {**values, **{name: value for name, value in changes.items() if value is not None}}
        made = self.signed(changed, names)
        after = ("client_secret", "client_certificate_hash")  # said outright, they are not ours
        made |= {name: value for name in after if (value := changes.get(name)) is not None}
        return {
            name: value for name, value in made.items() if name not in changes or changes[name] is not None
        }

    def code(self, browser: Browser | None = None, who: str = "anna", **changes: str | None) -> str:
        """A fresh code: signed in, agreed, sent back."""
        return entered(browser or Browser(), self.ac(**changes), who)["code"]

    def post(self, form: dict[str, str]) -> httpx.Response:
        """A call to te."""
        return Browser().post(self.te_path, data=form)

    def markers(
        self, browser: Browser | None = None, who: str = "anna", **changes: str | None
    ) -> dict[str, Any]:
        """What te gives for a fresh code; te names the scope ac named."""
        scope = {name: changes[name] for name in ("scope", "scope_org") if name in changes}
        answer = self.post(self.te(self.code(browser, who, **changes), **scope))
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


def entered(browser: Browser, address: str, who: str = "anna", decision: str = "allow") -> dict[str, str]:
    """Follow a request for a code through our pages; the parameters that came to the redirect address."""
    answer = browser.get(address)
    if path_of(answer) == "/signin/":
        known(who)
        answer = browser.sign_in(sandbox.person(who).email, next_path=next_of(answer))
        assert answer.status_code == 303
        answer = browser.get(answer.headers["location"])
    if path_of(answer) == "/consents/give/":
        page = browser.get(answer.headers["location"])
        answer = browser.submit(page, "/consents/give/", decision=decision)
        answer = browser.get(answer.headers["location"])
    assert answer.headers["location"].startswith(CALLBACK.partition("?")[0]), answer.headers["location"]
    return parameters(answer)


def next_of(answer: httpx.Response) -> str:
    """Where our page leads back to."""
    return parameters(answer)["next"]


def said(values: dict[str, str]) -> tuple[str, str]:
    """`error` and ESIA-NNNNNN of a refusal."""
    return values["error"], values["error_description"][:11]
