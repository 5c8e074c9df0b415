"""`./dev token new | list | revoke`: tokens to try signing with, their certificates from the stand that runs."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dopusk.agent import tongue
from dopusk.agent.configuration import Misconfigured, load
from dopusk.agent.tongue import said
from dopusk.kernel.sandbox import PEOPLE
from dopusk.stand.databases import Marks
from dopusk.stand.environment import Addresses
from dopusk.stand.softhsm import SoftHsmMissing
from dopusk.stand.tokens import BRANCHES, LONGEST_LABEL, Drawer, NoCertificate
from dopusk.trust import gost

ROOT: Final = Path(__file__).resolve().parents[2]
PIN, SO_PIN = "12345678", "87654321"
NEXT: Final = (
    """\
Дальше:
  ./dev agent install     один раз: программа и расширение браузера
  ./dev agent check       чего ещё не хватает
  {portal}/certificates/add/      войдите как {identifier} и добавьте сертификат
  {portal}/signin/signature/      после этого по нему входят
""",
    """\
Next:
  ./dev agent install     once: the program and the browser's extension
  ./dev agent check       what is still missing
  {portal}/certificates/add/      sign in as {identifier} and add the certificate
  {portal}/signin/signature/      from then on, sign in by it
""",
)


def main(argv: Sequence[str]) -> int:
    """One command; its exit code."""
    given = _arguments(argv)
    drawer = Drawer(given.state)
    try:
        tongue.choose(load().language)
        match given.command:
            case "new":
                return _new(drawer, given)
            case "revoke":
                made = drawer.revoke(given.token, given.reason)
                whose = f"{made.label} ({made.serial})"
                gone = said(f"Сертификат токена {whose} отозван", f"The certificate of {whose} is revoked")
                print(f"{gone}: {given.reason}")
                return 0
            case _:
                return _list(drawer)
    except gost.EngineMissing:
        needed = said("Для ГОСТ нужен его модуль:", "GOST needs its engine:")
        print(f"{needed} sudo apt-get install libengine-gost-openssl", file=sys.stderr)
    except (NoCertificate, SoftHsmMissing, Misconfigured) as failure:
        print(failure, file=sys.stderr)
    return 1


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev token", description="Tokens to try signing with.")
    commands = parser.add_subparsers(dest="command", required=True)
    new = commands.add_parser("new", help="a token with a key and a certificate of the stand's authority")
    new.add_argument("--person", required=True, choices=[one.key for one in PEOPLE], help="whose it is")
    new.add_argument("--authority", choices=BRANCHES, default="ec", help="the algorithm (default: ec)")
    new.add_argument("--label", default="", help="what the token is called (default: as the person)")
    new.add_argument("--pin", default=PIN, help=f"4 to 32 letters (default: {PIN})")
    new.add_argument("--so-pin", default=SO_PIN, help=f"the administrator's (default: {SO_PIN})")
    new.add_argument("--folder", action="store_true", help="files under a PIN, no SoftHSM (GOST always is)")
    commands.add_parser("list", help="those made so far")
    revoke = commands.add_parser("revoke", help="revoke or suspend the certificate of a token")
    revoke.add_argument("token", help="its serial number or label, as `list` shows them")
    revoke.add_argument("--reason", default="keyCompromise", help="RFC 5280's; certificateHold suspends")
    for one in commands.choices.values():
        one.add_argument(
            "--state", type=_there, default=ROOT / ".dopusk" / "stand", help="the stand's folder"
        )
    given = parser.parse_args(argv)
    if given.command == "new":
        given.label = given.label or given.person
        if len(given.label.encode()) > LONGEST_LABEL:
            parser.error("--label: at most 32 bytes, that is 16 Russian letters")
        if not all(4 <= len(pin) <= 32 and pin.isascii() for pin in (given.pin, given.so_pin)):
            parser.error("--pin, --so-pin: 4 to 32 Latin letters and digits")
    return given


def _there(text: str) -> Path:
    return Path(os.environ.get("DOPUSK_CALLED_FROM", "."), text).absolute()


def _new(drawer: Drawer, given: argparse.Namespace) -> int:
    person = next(one for one in PEOPLE if one.key == given.person)
    made = drawer.make(
        person, given.authority, label=given.label, pin=given.pin, so_pin=given.so_pin, folder=given.folder
    )
    number = said("номер", "serial")
    print(f"{made.label}  {number} {made.serial}  {person.full_name}  {made.authority}")
    pins = said(
        f"ПИН-код {given.pin}, администратора {given.so_pin}. Токен учебный: настоящий ключ он не убережёт.",
        f"PIN {given.pin}, the administrator's {given.so_pin}. A toy: no protected store for a real key.",
    )
    print(f"{pins}\n")
    portal = Addresses(int(Marks(given.state).values["base"])).url("portal")
    print(said(*NEXT).format(identifier=person.email, portal=portal), end="")
    return 0


def _list(drawer: Drawer) -> int:
    made = drawer.made()
    if not made:
        print(said("Токенов пока нет:", "No tokens yet:"), "./dev token new --person anna")
    for one in made:
        state = f"  {said('отозван', 'revoked')}" if one.revoked else ""
        number = said("номер", "serial")
        print(
            f"{one.label}  {number} {one.serial}  {one.person}  {one.authority}  {one.place or 'SoftHSM'}{state}"
        )
    return 0
