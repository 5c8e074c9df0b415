"""Who signs people in, as the environment says; the site's settings take it over: `globals().update(chosen())`.

`DOPUSK_SIGNIN` is `oidc` (the default: the portal by OpenID Connect), `esia-v1` (an ЕСИА by `/aas/oauth2/ac` and `/te`:
secrets are CMS) or `esia-v2` (`/v2/ac` and `/v3/te`: raw signatures). RSA or GOST is told by the certificate.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from dopusk.trust import certificates, gost, raw
from dopusk.trust.certificates import Certificate
from dopusk.web import environment
from dopusk.web.environment import Misconfigured

DIALECTS = ("oidc", "esia-v1", "esia-v2")
PRODUCTION_ISSUER = "http://esia.gosuslugi.ru/"  # http and the slash are right: so it stands in real markers
MARKERS = "DOPUSK_ESIA_MARKER_CERTIFICATE"
PROBE = b"dopusk"

log = logging.getLogger(__name__)

# an RSA key as it was parsed, or the PEM of a GOST key
Key = rsa.RSAPrivateKey | bytes


@dataclass(frozen=True)
class Esia:
    """An ЕСИА as this system meets it.

    generation: 1 or 2. address: without a trailing slash. client: the mnemonic. marker_files: certificates whose
    signature under markers is believed; several while the signer changes. account: page where a person
    confirms who she is. origins: sites a sign-out may lead through.
    """

    generation: int
    address: str
    issuer: str
    client: str
    certificate: Certificate
    key: Key
    marker_files: tuple[str, ...]
    account: str
    origins: tuple[str, ...]

    @property
    def gost(self) -> bool:
        """Whether the system signs with a GOST key."""
        return isinstance(self.key, bytes)


class Chosen(TypedDict):
    """ESIA: None when the portal signs people in by OpenID Connect, as the client CLIENT_ID."""

    ESIA: Esia | None
    CLIENT_ID: str
    CLIENT_SECRET: str


def chosen() -> Chosen:
    """The settings. Raises Misconfigured: an unknown dialect, a missing file, a key of another certificate…"""
    dialect = environment.text("DOPUSK_SIGNIN", "oidc")
    if dialect not in DIALECTS:
        raise Misconfigured(f"DOPUSK_SIGNIN must be one of {', '.join(DIALECTS)}, not {dialect!r}")
    if dialect == "oidc":
        return {
            "ESIA": None,
            "CLIENT_ID": environment.text("DOPUSK_CABINET_CLIENT_ID"),
            "CLIENT_SECRET": environment.secret("DOPUSK_CABINET_CLIENT_SECRET"),
        }
    return {"ESIA": esia(1 if dialect == "esia-v1" else 2), "CLIENT_ID": "", "CLIENT_SECRET": ""}


def esia(generation: int) -> Esia:
    """What DOPUSK_ESIA_… say."""
    address = environment.url("DOPUSK_ESIA_URL")
    certificate = _one_certificate("DOPUSK_ESIA_CERTIFICATE")
    origin = "/".join(address.split("/")[:3])
    return Esia(
        generation=generation,
        address=address,
        issuer=_word("DOPUSK_ESIA_ISSUER", PRODUCTION_ISSUER),
        client=_word("DOPUSK_ESIA_CLIENT"),
        certificate=certificate,
        key=_key("DOPUSK_ESIA_KEY", certificate),
        marker_files=_marker_files(),
        account=environment.text("DOPUSK_ESIA_ACCOUNT_URL", address),
        origins=(origin, *environment.text("DOPUSK_ESIA_ORIGINS", "").replace(",", " ").split()),
    )


def _word(name: str, default: str | None = None) -> str:
    value = environment.text(name, default)
    if not re.fullmatch(r"[!-~]+", value):
        raise Misconfigured(f"{name} must be one word in Latin letters and signs, not {value!r}")
    return value


def _content(name: str, path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Misconfigured(f"{name}: {path} cannot be read: {error.strerror}") from error


def _one_certificate(name: str) -> Certificate:
    found = _certificates(name, environment.text(name))
    if len(found) != 1:
        raise Misconfigured(f"{name} must name a file with one certificate, it holds {len(found)}")
    if found[0].not_after < datetime.now(UTC):
        log.error("the certificate in %s ended on %s: signing in will be refused", name, found[0].not_after)
    return found[0]


def _marker_files() -> tuple[str, ...]:
    """Parted by commas, each with one certificate or more: the signer's next one is added beforehand."""
    paths = tuple(path.strip() for path in environment.text(MARKERS).split(",") if path.strip())
    if not paths:
        raise Misconfigured(f"{MARKERS} names no file")
    for certificate in signers(paths):
        if certificate.not_after < datetime.now(UTC):
            log.warning(
                "a certificate in %s ended on %s: is there a newer one?", MARKERS, certificate.not_after
            )
    return paths


def signers(paths: Sequence[str]) -> tuple[Certificate, ...]:
    """The certificates in these files, as they are now. Raises Misconfigured.

    The key is what is trusted: a signer that goes on past the last day of its certificate is believed.
    """
    return tuple(certificate for path in paths for certificate in _certificates(MARKERS, path))


def _certificates(name: str, path: str) -> list[Certificate]:
    content = _content(name, path)
    end = b"-----END CERTIFICATE-----"
    parts = [part + end for part in content.split(end)[:-1]] if end in content else [content]
    try:
        return [certificates.read(part.strip()) for part in parts]
    except certificates.NotACertificate as error:
        raise Misconfigured(f"{name}: {path} holds no certificate in PEM or DER") from error


def _key(name: str, certificate: Certificate) -> Key:
    """The private key of the certificate, shown by a signature made and verified."""
    path = environment.text(name)
    content = _content(name, path)
    key: Key
    if certificate.algorithm == "rsa":
        try:
            parsed = serialization.load_pem_private_key(content, None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise Misconfigured(f"{name}: {path} holds no unencrypted RSA key in PEM") from error
        if not isinstance(parsed, rsa.RSAPrivateKey):
            raise Misconfigured(f"{name}: {path} holds no RSA key, and the certificate's is one")
        key = parsed
    elif certificate.algorithm == "gost2012_256":
        if not gost.available():
            raise Misconfigured(
                f"{name}: a GOST key needs the engine: apt-get install libengine-gost-openssl"
            )
        key = content
    else:
        raise Misconfigured(
            f"DOPUSK_ESIA_CERTIFICATE: keys must be RSA or GOST R 34.10-2012 (256), not {certificate.algorithm}"
        )
    try:
        fits = raw.verify(certificate, PROBE, raw.sign(key, PROBE))
    except ValueError:
        fits = False
    if not fits:
        raise Misconfigured(
            f"{name}: {path} does not hold the key of the certificate DOPUSK_ESIA_CERTIFICATE"
        )
    return key
