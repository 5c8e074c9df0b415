"""`./dev agent …`, and the program the browser starts: `python -m dopusk.agent COMMAND …`."""

import argparse
import os
import sys
from collections.abc import Sequence

from dopusk.agent.browsers import BROWSERS


def main(arguments: Sequence[str]) -> int:
    """One command; its exit code."""
    if arguments[:1] == ["host"]:
        from dopusk.agent import host

        return host.main(arguments[1:])
    parser = argparse.ArgumentParser(prog="./dev agent", description="Signing by a token in the browser.")
    commands = parser.add_subparsers(dest="command", required=True)
    install = commands.add_parser("install", help="put it where browsers find it")
    install.add_argument(
        "--origin", action="append", default=[], help="a site that may ask, https://name[:port]"
    )
    install.add_argument("--browser", choices=[*BROWSERS, "all"], default="all")
    install.add_argument("--pinentry", help="the program that asks for the PIN, if not `pinentry`")
    install.add_argument("--tty", help="the terminal it asks on where there is no screen: --tty $(tty)")
    remove = commands.add_parser("uninstall", help="take it away again")
    for one in (install, remove):
        one.add_argument("--system", action="store_true", help="for every user of this machine (as root)")
    check = commands.add_parser("check", help="what is missing, and what to do about it")
    check.add_argument("--origin", action="append", default=[], help="a site that is to be allowed")
    commands.add_parser(
        "tokens", help="tokens and certificates that are seen, tries of the PIN that are left"
    )
    unlock = commands.add_parser("unlock", help="a new PIN by the administrator's PIN")
    unlock.add_argument("serial", help="as `tokens` shows it")
    given = parser.parse_args(arguments)

    from dopusk.agent import commands as doing
    from dopusk.agent import tongue
    from dopusk.agent.configuration import Misconfigured, load
    from dopusk.agent.refusals import Refused

    try:
        tongue.choose(load().language)
    except Misconfigured:  # the command itself says what is wrong, in the system's language
        tongue.choose("")
    try:
        match given.command:
            case "install":
                return doing.install(given)
            case "uninstall":
                return doing.uninstall(system=given.system)
            case "check":
                return doing.check(given.origin)
            case "tokens":
                return doing.tokens()
            case _:
                return doing.unlock(given.serial)
    except Misconfigured as wrong:
        print(wrong, file=sys.stderr)
    except Refused as refused:
        print(doing.explained(refused), file=sys.stderr)
    return 1


def until_nobody_reads(arguments: Sequence[str]) -> int:
    """One command whose reader may leave before its end, as `head` does."""
    try:
        code = main(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Python flushes once more as it ends
        return 128 + 13  # as a program that SIGPIPE ended
    return code


if __name__ == "__main__":
    sys.exit(until_nobody_reads(sys.argv[1:]))
