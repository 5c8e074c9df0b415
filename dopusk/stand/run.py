"""`./dev run`: everything up until Ctrl-C."""

import argparse
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

from dopusk.kernel.sandbox import PEOPLE
from dopusk.stand.databases import CommandFailed
from dopusk.stand.environment import Addresses
from dopusk.stand.postgres import PostgresFailed
from dopusk.stand.signin import DIALECTS, NoEngine
from dopusk.stand.stand import CannotStart, Stand

ROOT = Path(__file__).resolve().parents[2]
SITES = {
    "portal": "identity portal: sign in, consents, activity log",
    "cabinet": "accreditation cabinet: apply, review, vote, verify",
    "registers": "stand-in for the state registers: data, API, faults, sandbox CA",
    "live": "live events for open pages",
}


def people() -> list[dict[str, str | None]]:
    """The demo people as `--json` tells them. totp_secret: base 32, of those who sign in in two steps; else null."""
    return [
        {
            "name": person.full_name,
            "role": str(person.role),
            "identifier": person.email,
            "password": person.password,
            "totp_secret": person.totp_secret or None,
        }
        for person in PEOPLE
    ]


def arguments(argv: list[str]) -> argparse.Namespace:
    """The command line of `./dev run`."""
    parser = argparse.ArgumentParser(
        prog="./dev run", description="Starts everything; Ctrl-C stops it cleanly."
    )
    parser.add_argument("--fresh", action="store_true", help="delete the stand's data first")
    parser.add_argument(
        "--state", type=_there, default=ROOT / ".dopusk" / "stand", help="where the data are kept"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback only)")
    parser.add_argument(
        "--port-base", type=int, default=8000, help="portal N, cabinet N+1, registers N+2, live N+3"
    )
    parser.add_argument(
        "--workers", type=int, help="synthetic people in the register, on first start (default 500)"
    )
    parser.add_argument(
        "--signin", choices=DIALECTS, default="oidc", help="how the cabinet signs people in (default: oidc)"
    )
    parser.add_argument("--json", action="store_true", help="print one line of JSON when everything serves")
    return parser.parse_args(argv)


def _there(text: str) -> Path:
    """A folder named on the command line is one of the folder it was typed in."""
    return Path(os.environ.get("DOPUSK_CALLED_FROM", "."), text).absolute()


def table(stand: Stand) -> str:
    """Addresses, people, passwords, what each can do."""
    rows = ["", "Dopusk is running. Everything here is a sandbox: no real person, no real register.", ""]
    rows += [f"  {stand.url(part):<24} {words}" for part, words in SITES.items()]
    rows += ["", f"  Sign in with the e-mail; the password of everyone is {PEOPLE[0].password}", ""]
    width = max(len(person.full_name) for person in PEOPLE)
    for person in PEOPLE:
        rows.append(f"  {person.email:<20} {person.full_name:<{width}}  {person.role:<12} {person.about}")
    return "\n".join([*rows, "", f"  Data: {stand.state}   Logs: {stand.state / 'logs'}   Stop: Ctrl-C", ""])


def main(argv: list[str]) -> int:
    """Run until interrupted. Exit code 0 after a clean stop, 2 when it cannot start."""
    options = arguments(argv)
    name = "localhost" if options.host in {"127.0.0.1", "localhost", "0.0.0.0", "::1"} else options.host  # noqa: S104 - compared, not bound
    began = time.monotonic()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())

    def say(line: str) -> None:
        print(line, file=sys.stderr if options.json else sys.stdout, flush=True)

    addresses = Addresses(options.port_base, name)
    stand = Stand(options.state, addresses, host=options.host, dialect=options.signin, say=say)
    try:
        stand.start(fresh=options.fresh, workers=options.workers)
    except (CannotStart, PostgresFailed, CommandFailed, NoEngine) as error:
        print(f"\n{error}", file=sys.stderr)
        if not isinstance(error, CannotStart) or stand.supervisor:
            stand.stop()
        return 2
    if options.json:
        urls = {part: stand.url(part) for part in ("portal", "cabinet", "registers")}
        print(json.dumps({"ready": True, **urls, "people": people()}, ensure_ascii=False), flush=True)
    else:
        say(table(stand))
        say(f"Ready in {time.monotonic() - began:.1f} s.")
    stop.wait()
    say("\nStopping …")
    stand.stop()
    say("Stopped.")
    return 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
