"""An authority of a test's own, whose lists nobody can fetch: for what needs a certificate and no stand."""

from datetime import UTC, datetime
from typing import Final

from cryptography import x509

from dopusk.kernel.sandbox import Person
from dopusk.trust import keys
from dopusk.trust.issuers import Issuer, Pointers
from dopusk.trust.signing_keys import signing_key
from dopusk.trust.subjects import Subject

_POINTERS: Final = Pointers(
    "http://127.0.0.1:9/ca.cer", "http://127.0.0.1:9/ca.crl", "http://127.0.0.1:9/ocsp"
)


class Authority:
    """A root and an authority under it that issues. key: of the latter, one of ours or GOST PKCS#8 PEM."""

    def __init__(self, key: keys.PrivateKey | bytes | None = None) -> None:
        now = datetime.now(UTC)
        root = Issuer.found(signing_key(keys.new()), _name("Корень"), now)
        self.root = root.certificate
        self.issuer = root.subordinate(signing_key(key or keys.new()), _name("УЦ"), now, _POINTERS)

    def person(self, key: keys.PrivateKey | bytes, whose: Person) -> bytes:
        """Her certificate, DER."""
        subject = Subject(whose.last_name, whose.first_name, whose.patronymic, whose.snils)
        return self.issuer.person(signing_key(key).spki, subject, datetime.now(UTC), _POINTERS)


def _name(common: str) -> bytes:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)]).public_bytes()
