"""The command line of `./dev esia`: what it asks for, checked before anything is started."""

import argparse
import json
import os
import re
from pathlib import Path
from typing import Any, Final

from dopusk.kernel import faults
from dopusk.kernel.invalid import Invalid
from dopusk.trust import certificates, gost

ROOT = Path(__file__).resolve().parents[2]
LEVELS: Final = ("simplified", "standard", "confirmed")
FURTHER: Final = ("name", "scopes", "level", "v1", "v2", "numeric_sub")  # of a row of --systems, if wanted
ALGORITHMS: Final = ("RS256", "GOST3410_2012_256")
TEST_SNILS: Final = re.compile(r"000-?000-?600[ -]?(0[1-9]|1[0-6])")
LONGEST_CERTIFICATE: Final = 64 * 1024  # bytes
MNEMONIC: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")
LOOPBACK: Final = "127.0.0.1"
HOST_NAME: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
HOW_TO_REGISTER: Final = "To register one: ./dev esia --client MNEMONIC --certificate cert.pem --redirect-uri http://127.0.0.1:9/cb"
FAULT_FORM: Final = (
    "ENDPOINT:KIND=VALUE[@PROBABILITY], ENDPOINT one of ac te prns orgs logout, KIND=VALUE one of "
    "status=503 delay=2 skew=600 drop=0 garbage=html|truncated|empty"
)
SYSTEMS_HELP: Final = (
    "further systems: a JSON list of objects with client, certificates and redirect_uris (lists), and if wanted "
    "token_alg, lenient, name, scopes (a list), level, v1, v2, numeric_sub; paths are relative to the file"
)


class Unusable(Exception):
    """What is wrong with the command line, and what to do."""


def parse(argv: list[str]) -> argparse.Namespace:
    """The options. Ends the process with a usage message where argparse does."""
    parser = argparse.ArgumentParser(
        prog="./dev esia",
        description="The ЕСИА stand-in alone. Prints `ready http://localhost:PORT` when it serves; Ctrl-C stops it.",
    )
    add = parser.add_argument
    state = ROOT / ".dopusk" / "esia"
    add("--port", type=_port, default=18111, help="default: 18111")
    add(
        "--host",
        default=LOOPBACK,
        metavar="ADDRESS",
        help="to listen on; 0.0.0.0: all (default: loopback only)",
    )
    add(
        "--name",
        type=_name,
        help="by which others reach it, for its links (default: localhost, or that address)",
    )
    add("--state", type=_there, default=state, metavar="DIR", help="what outlives a restart is here")
    add("--fresh", action="store_true", help="delete that first")
    _of_system(parser.add_argument_group("the system that calls it"))
    behaviour = parser.add_argument_group("how it behaves").add_argument
    whom = "answer ac at once as this test person (000-000-600-01 … -16), no page"
    behaviour("--auto-login", metavar="СНИЛС", help=whom)
    behaviour("--fault", action="append", default=[], metavar="FAULT", help=FAULT_FORM)
    behaviour(
        "--iss", metavar="ISS", help="of markers; default: the production string http://esia.gosuslugi.ru/"
    )
    return parser.parse_args(argv)


def _of_system(group: "argparse._ArgumentGroup") -> None:
    add = group.add_argument
    several: dict[str, Any] = {"action": "append", "default": []}
    add("--client", metavar="MNEMONIC", help="its mnemonic")
    add("--certificate", type=_there, metavar="FILE", help="PEM or DER; repeatable", **several)
    add("--redirect-uri", metavar="URI", help="where people come back to, whole; repeatable", **several)
    add("--token-alg", choices=ALGORITHMS, default=ALGORITHMS[0], help="what signs its markers (RS256)")
    add("--scope", metavar="SCOPES", help="what it was granted, parted by spaces (all); else ESIA-007019")
    add("--level", choices=LEVELS, default=LEVELS[0], help="below it nobody is let in (ESIA-007055)")
    add("--only", choices=("v1", "v2"), help="the one generation of the protocol it may speak (both)")
    add("--lenient", action="store_true", help="accept the known deviations of real clients")
    add("--systems", type=_there, metavar="FILE.json", help=SYSTEMS_HELP)


def environment(wanted: argparse.Namespace) -> dict[str, str]:
    """What the portal is told beyond what every stand tells it. Raises Unusable."""
    told = {"DOPUSK_ESIA_OFFERS_PEOPLE": "1", "DOPUSK_ESIA_SIGNER": wanted.token_alg}
    if wanted.auto_login:
        if not TEST_SNILS.fullmatch(wanted.auto_login.strip()):
            raise Unusable(
                f"--auto-login {wanted.auto_login} is no test person. They are 000-000-600-01 to 000-000-600-16."
            )
        told["DOPUSK_ESIA_AUTO_LOGIN"] = wanted.auto_login.strip()
    for text in wanted.fault:
        try:
            faults.parse(text)
        except Invalid as invalid:
            raise Unusable(f"--fault {text} is refused ({invalid.code}). Write {FAULT_FORM}.") from None
    if wanted.fault:
        told["DOPUSK_ESIA_FAULTS"] = " ".join(wanted.fault)
    if wanted.iss:
        told["DOPUSK_ESIA_ISSUER"] = wanted.iss
    return told


def systems(wanted: argparse.Namespace) -> list[dict[str, Any]]:
    """What to register, as `seed_esia --systems` reads it; certificates as PEM or DER in hex. Raises Unusable."""
    found = []
    if wanted.client:
        found.append(
            _system(
                wanted.client, wanted.certificate, wanted.redirect_uri,
                token_alg=wanted.token_alg, lenient=wanted.lenient, level=wanted.level,
                **({"scopes": wanted.scope.split()} if wanted.scope else {}),
                **({"v1": wanted.only == "v1", "v2": wanted.only == "v2"} if wanted.only else {}),
            )
        )  # fmt: skip
    elif wanted.certificate or wanted.redirect_uri:
        raise Unusable(f"--certificate and --redirect-uri belong to a system. {HOW_TO_REGISTER}")
    if wanted.systems:
        found += _listed(wanted.systems)
    return found


def _listed(path: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(_content(path, "--systems"))
        return [
            _system(
                row["client"],
                [path.parent / one for one in row["certificates"]],
                row["redirect_uris"],
                token_alg=row.get("token_alg", ALGORITHMS[0]),
                lenient=bool(row.get("lenient", False)),
                **{name: row[name] for name in FURTHER if name in row},
            )
            for row in rows
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unusable(
            f"--systems {path} is not as it should be ({error!r}). It is {SYSTEMS_HELP}."
        ) from None


def _system(
    client: str, paths: list[Path], redirect_uris: list[str], *, token_alg: str, lenient: bool, **more: Any
) -> dict[str, Any]:
    if not MNEMONIC.fullmatch(client):
        raise Unusable(f"--client {client} is no mnemonic: up to 100 Latin letters, digits, _ . -")
    if not paths:
        raise Unusable(
            f"{client} has no certificate: add --certificate cert.pem. To make one for development: openssl req -x509 "
            f"-newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 365 -subj /CN={client}"
        )
    if not redirect_uris:
        raise Unusable(
            f"{client} has nowhere to come back to: add --redirect-uri, the address exactly as Your system sends it"
        )
    if token_alg not in ALGORITHMS:
        raise Unusable(f"{client}: token_alg is one of {', '.join(ALGORITHMS)}, not {token_alg}")
    if token_alg == ALGORITHMS[1] and not gost.available():
        raise Unusable(
            "Markers signed by GOST need OpenSSL's engine, which is not here. "
            "Install it: sudo apt-get install -y openssl libengine-gost-openssl. Or take --token-alg RS256."
        )
    made = [_certificate(path).hex() for path in paths]
    return {
        "client_id": client, "redirect_uris": redirect_uris, "certificates": made, "token_alg": token_alg,
        "lenient": lenient, **more,
    }  # fmt: skip


def _certificate(path: Path) -> bytes:
    content = _content(path, "--certificate")
    if b"PRIVATE KEY" in content and b"BEGIN CERTIFICATE" not in content:
        raise Unusable(f"{path} is a private key. Keep it; --certificate takes the certificate.")
    try:
        return certificates.read(content).der
    except certificates.NotACertificate:
        raise Unusable(
            f"{path} is no X.509 certificate in PEM or DER. Look at it: openssl x509 -in {path} -noout -subject"
        ) from None


def _content(path: Path, option: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LONGEST_CERTIFICATE)
    except OSError as error:
        raise Unusable(f"{option} {path} cannot be read: {os.strerror(error.errno or 0)}.") from None


def _there(text: str) -> Path:
    """A file named on the command line is one of the folder it was typed in."""
    return Path(os.environ.get("DOPUSK_CALLED_FROM", "."), text).absolute()


def name(wanted: argparse.Namespace) -> str:
    """The host in its links: told, or seen from the address it listens on."""
    if wanted.name:
        return str(wanted.name)
    if wanted.host in {LOOPBACK, "localhost", "0.0.0.0", "::", "::1"}:  # noqa: S104 - compared, not bound
        return "localhost"
    return f"[{wanted.host}]" if ":" in wanted.host else str(wanted.host)


def _name(text: str) -> str:
    if not HOST_NAME.fullmatch(text):
        raise argparse.ArgumentTypeError("a name is that of a host, without http:// and port")
    return text


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65532:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65532")
    return int(text)
