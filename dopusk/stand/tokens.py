"""Certificates of the sandbox's authority for keys made here: on tokens of SoftHSM, or in folders (GOST)."""

import base64
import json
import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import httpx
from cryptography import x509

from dopusk.agent import configuration, folders
from dopusk.agent.files import write_whole
from dopusk.agent.tongue import said
from dopusk.kernel.sandbox import Person
from dopusk.stand.databases import Marks
from dopusk.stand.environment import Addresses
from dopusk.stand.softhsm import SoftHsm
from dopusk.trust import authority, certificates, gost, keys
from dopusk.trust.certificates import Certificate
from dopusk.trust.keys import PrivateKey

Branch = Literal["ec", "rsa", "gost"]
BRANCHES: Final = ("ec", "rsa", "gost")
LONGEST_LABEL: Final = 32  # bytes, of PKCS#11
_SECONDS: Final = 30


class NoCertificate(Exception):
    """The sandbox's authority issued or revoked nothing; the message says why and what to do."""


@dataclass(frozen=True)
class Made:
    """A token that was made for somebody. certificate: its number, 40 hexadecimal digits. place: folder, or ""."""

    person: str
    label: str
    serial: str
    authority: str
    certificate: str
    place: str = ""
    revoked: bool = False


@dataclass(frozen=True)
class Issued:
    """chain: from the person's certificate up, without the root (DER)."""

    serial: str
    chain: tuple[bytes, ...]


class Registers:
    """The authority of a stand that runs. address: of its registers. bearer: the access of the cabinet."""

    def __init__(self, address: str, bearer: str) -> None:
        self._address, self._headers = address, {"Authorization": f"Bearer {bearer}"}

    @classmethod
    def of(cls, state: Path) -> "Registers":
        """Of the stand that keeps its data there."""
        marks, secrets = Marks(state), state / "secrets.json"
        if not secrets.exists() or "base" not in marks.values:
            raise NoCertificate(
                said(
                    f"Стенда в {state} нет. Запустите его: ./dev run, или назовите другой: --state.",
                    f"No stand at {state}. Start it with ./dev run, or name another by --state.",
                )
            )
        addresses = Addresses(int(marks.values["base"]))
        return cls(
            addresses.url("registers"), json.loads(secrets.read_text())["DOPUSK_CABINET_REGISTERS_TOKEN"]
        )

    def issue(
        self,
        csr: str,
        person: Person,
        branch: Branch,
        *,
        days: int = 365,
        work: Mapping[str, str] | None = None,
    ) -> Issued:
        """A certificate of a known person for the key that signed the request (PEM). work: organisation, title…"""
        owner = {
            "lastName": person.last_name,
            "firstName": person.first_name,
            "patronymic": person.patronymic,
            "snils": person.snils,
            "inn": person.inn,
            "email": person.email,
            **(work or {}),
        }
        asked = {"csr": csr, "profile": "person", "authority": branch, "owner": owner, "days": days}
        answer = self._post("certificates", asked)
        pems = [answer["certificate"], *answer["chain"]]
        chain = [certificates.read(one.encode()) for one in pems]
        return Issued(answer["serialNumber"], tuple(one.der for one in chain if not _is_root(one)))

    def revoke(self, serial: str, reason: str = "unspecified") -> None:
        """certificateHold suspends."""
        self._post(f"certificates/{serial}/revoke", {"reason": reason})

    def restore(self, serial: str) -> None:
        """End a suspension."""
        self._post(f"certificates/{serial}/restore", {})

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = httpx.post(
                f"{self._address}/api/pki/{path}", json=body, headers=self._headers, timeout=_SECONDS
            )
        except httpx.TransportError:
            raise NoCertificate(
                said(
                    f"Регистры по адресу {self._address} не отвечают. Стенд работает? Запустите его: ./dev run",
                    f"The registers do not answer at {self._address}. Is the stand running? Start it with ./dev run",
                )
            ) from None
        if answer.is_error:
            raise NoCertificate(f"{self._address}/api/pki/{path}: {answer.status_code} {answer.text[:300]}")
        told: dict[str, Any] = answer.json()
        return told


def new_key(branch: Branch, common_name: str) -> tuple[PrivateKey | bytes, str]:
    """A fresh key and a request (PEM) signed by it. gost.EngineMissing for GOST without its engine."""
    if branch == "gost":
        made = gost.new_key()
        body = base64.encodebytes(gost.request(made, common_name)).decode()
        return made, f"-----BEGIN CERTIFICATE REQUEST-----\n{body}-----END CERTIFICATE REQUEST-----\n"
    key = keys.new(branch, rsa_bits=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    return key, authority.request(key, name)


class Drawer:
    """The tokens of one stand, in `tokens` of its folder."""

    def __init__(self, state: Path) -> None:
        self._state, self._folder = state, state / "tokens"
        self._list = self._folder / "made.json"

    def made(self) -> list[Made]:
        """Those made so far."""
        return [Made(**one) for one in json.loads(self._list.read_text())] if self._list.exists() else []

    def make(
        self, person: Person, branch: Branch, *, label: str, pin: str, so_pin: str, folder: bool
    ) -> Made:
        """A token with a key and a certificate for it; the agent of this user learns of it.

        It is called by the label, with a number behind it when another one is called so already.
        """
        label = self._numbered(label)
        key, csr = new_key(branch, person.full_name)
        issued = Registers.of(self._state).issue(csr, person, branch)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder or isinstance(key, bytes):
            place = self._free(label)
            serial = os.urandom(8).hex()
            pems = [certificates.pem(one) for one in issued.chain]
            folders.write(place, label=label, serial=serial, chain=pems, key=key, pin=pin, so_pin=so_pin)
        else:
            place = None
            box = SoftHsm(self._folder / "softhsm")
            serial = box.make(label, pin, so_pin)
            box.put(serial, pin, key=key, certificates=issued.chain)
        made = Made(person.key, label, serial, branch, issued.serial, str(place or ""))
        self._write([*self.made(), made])
        self._tell_agent(place)
        return made

    def revoke(self, serial: str, reason: str) -> Made:
        """The certificate of a token, by the token's serial number or label."""
        found = [one for one in self.made() if serial in {one.serial, one.label}]
        if not found:
            raise NoCertificate(
                said(
                    f"Токена {serial} нет; все показывает ./dev token list",
                    f"No token is called {serial}; ./dev token list shows them all",
                )
            )
        if len(found) > 1:
            serials = ", ".join(one.serial for one in found)
            raise NoCertificate(
                said(
                    f"Токенов с названием {serial} несколько; назовите номер: {serials}",
                    f"{len(found)} tokens are called {serial}; name one by its serial number: {serials}",
                )
            )
        Registers.of(self._state).revoke(found[0].certificate, reason)
        revoked = replace(found[0], revoked=True)
        self._write([revoked if one == found[0] else one for one in self.made()])
        return revoked

    def _numbered(self, label: str) -> str:
        taken = {one.label for one in self.made()}
        names = [label, *(f"{label}-{number}" for number in range(2, 1000))]
        free = next(name for name in names if name not in taken)
        if len(free.encode()) > LONGEST_LABEL:
            raise NoCertificate(
                said(
                    f"Токен {label} уже есть; дайте новому другое название: --label",
                    f"A token is called {label} already; give the new one another --label",
                )
            )
        return free

    def _free(self, label: str) -> Path:
        plain = unicodedata.normalize("NFC", label)
        base = re.sub(r"[^\w-]+", "-", plain).strip("-").lower() or "token"
        names = [base, *(f"{base}-{number}" for number in range(2, 1000))]
        return next(path for name in names if not (path := self._folder / name).exists())

    def _write(self, made: list[Made]) -> None:
        written = json.dumps([asdict(one) for one in made], ensure_ascii=False, indent=1)
        write_whole(self._list, written + "\n")

    def _tell_agent(self, place: Path | None) -> None:
        told = configuration.load(configuration.config_file())
        if place is not None:
            told = replace(told, folders=(*told.folders, str(place)))
        else:
            module = SoftHsm(self._folder / "softhsm").module()
            if module not in told.modules:
                told = replace(told, modules=(*told.modules, module))
        configuration.save(told)


def _is_root(certificate: Certificate) -> bool:
    return certificate.subject_der == certificate.issuer_der
