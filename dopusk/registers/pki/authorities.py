"""The authorities that vouch for people: keys in ``<STATE>/pki/people``, founded at first use, opened once a process.

Two roots: one of EC, under which an RSA and an EC authority issue, and one of GOST with one under it. Where
OpenSSL has no GOST engine that part is not founded: ``gost.EngineMissing``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from django.conf import settings
from django.utils import timezone

from dopusk.registers.pki.office import ORGANISATION
from dopusk.registers.pki.rules import Branch
from dopusk.trust import gost
from dopusk.trust.certificates import pem
from dopusk.trust.certificates import read as certificate_of
from dopusk.trust.issuers import Issuer, Pointers
from dopusk.trust.keys import KeyFolder, Kind
from dopusk.trust.ocsp import Responder
from dopusk.trust.sealing import Sealer
from dopusk.trust.signing_keys import SigningKey, signing_key
from dopusk.trust.subjects import office_name

ROOT, GOST_ROOT = "root", "gost-root"
ROOT_OF: Final = {Branch.EC: ROOT, Branch.RSA: ROOT, Branch.GOST: GOST_ROOT}
NAMES: Final[dict[str, str]] = {
    ROOT: "Учебный головной УЦ",
    GOST_ROOT: "Учебный головной УЦ ГОСТ",
    Branch.EC: "Учебный удостоверяющий центр EC",
    Branch.RSA: "Учебный удостоверяющий центр RSA",
    Branch.GOST: "Учебный удостоверяющий центр ГОСТ",
}
_RESPONDER: Final = "Учебная служба статусов"


@dataclass(frozen=True)
class Authority:
    """One that issues to people, who answers about its certificates, and the root above it (DER)."""

    issuer: Issuer
    responder: Responder
    root: bytes
    pointers: Pointers

    @property
    def chain(self) -> tuple[bytes, bytes]:
        """What goes along with a certificate it issued, the root last (DER)."""
        return self.issuer.certificate, self.root


@cache
def root(name: str) -> Issuer:
    """The root of this name; whoever comes first founds it."""
    kept = _folder()
    key = _key(kept, name, "gost" if name == GOST_ROOT else "ec")
    made = _once(
        kept, name, lambda now: Issuer.found(key, office_name(NAMES[name], ORGANISATION), now).certificate
    )
    return Issuer(key, made)


@cache
def authority(branch: Branch) -> Authority:
    """The authority of this branch; whoever comes first founds it. Raises gost.EngineMissing."""
    kept, above, own = _folder(), root(ROOT_OF[branch]), pointers(branch)
    key, answering = (_key(kept, name, branch.value) for name in (branch.value, f"{branch}-ocsp"))
    name = office_name(NAMES[branch], ORGANISATION)
    above_at = pointers(ROOT_OF[branch])
    certificate = _once(
        kept,
        branch.value,
        lambda now: above.subordinate(key, name, now, above_at).certificate,
        within=above_at.revoked.encode(),
    )
    issuer = Issuer(key, certificate)
    who = office_name(f"{_RESPONDER} {branch.upper()}", ORGANISATION)
    responder = _once(kept, f"{branch}-ocsp", lambda now: issuer.responder(answering.spki, who, now))
    return Authority(issuer, Responder(issuer, answering, responder), above.certificate, own)


def pointers(name: str) -> Pointers:
    """The public addresses of a root or a branch; a root has nobody who answers about single certificates."""
    there = f"{settings.REGISTERS_URL}/pki"
    asked = "" if name in {ROOT, GOST_ROOT} else f"{there}/ocsp/{name}"
    return Pointers(issuer=f"{there}/{name}.cer", revoked=f"{there}/{name}.crl", ocsp=asked)


def branches() -> tuple[Branch, ...]:
    """Those that can issue here: without the engine there is no GOST."""
    return tuple(branch for branch in Branch if branch is not Branch.GOST or gost.available())


def roots() -> tuple[bytes, ...]:
    """The roots that people's signatures lead to (DER)."""
    return tuple(root(name).certificate for name in ((ROOT, GOST_ROOT) if gost.available() else (ROOT,)))


def forget() -> None:
    """Open everything anew at the next use."""
    root.cache_clear()
    authority.cache_clear()


def _folder() -> KeyFolder:
    return KeyFolder(settings.STATE / "pki" / "people", Sealer(settings.SEALING_KEY))


def _key(kept: KeyFolder, name: str, kind: str) -> SigningKey:
    if kind == "gost":
        return signing_key(kept.secret(name, gost.new_key))
    plain: Kind = "rsa" if kind == "rsa" else "ec"
    return signing_key(kept.key(name, plain))


def _once(kept: KeyFolder, name: str, make: Callable[[datetime], bytes], *, within: bytes = b"") -> bytes:
    """The certificate (DER) of this name, made if it is not there yet.

    within: what has to stand in it. A stand that moved to other addresses gets a new one, of the same key and name.
    """
    file = f"{name}.pem"
    held = kept.read(file) or kept.write_once(file, pem(make(timezone.now())))
    found = certificate_of(held).der
    if within not in found:
        found = make(timezone.now())
        kept.replace(file, pem(found))
    return found
