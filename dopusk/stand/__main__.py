"""The part of `./dev` that needs the installed packages: `python -m dopusk.stand COMMAND …`."""

import argparse
import importlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SITES = ("portal", "cabinet", "registers")
FILES = ("--jwks", "--certificate")  # options whose value is a file
BENCHES = ("verify", "login", "token", "certificate", "live")


def on_the_stand(arguments: list[str]) -> tuple[Path, list[str]]:
    """Split off --state DIR; the rest belongs to the command."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--state", type=there, default=ROOT / ".dopusk" / "stand")
    known, rest = parser.parse_known_args(arguments)
    return known.state, rest


def there(text: str) -> Path:
    """A file or folder named on the command line is one of the folder it was typed in, not of ours."""
    return Path(os.environ.get("DOPUSK_CALLED_FROM", "."), text).absolute()


def found_from_there(arguments: list[str]) -> list[str]:
    """The values of options that name files, made absolute."""
    before = ["", *arguments]
    return [
        str(there(one)) if option in FILES else one for option, one in zip(before, arguments, strict=False)
    ]


def with_stand(state: Path, commands: list[tuple[str, list[str]]], *, signers_change: bool = False) -> int:
    """The same of a stand that is there: a folder typed wrong makes no new one, and help needs none at all."""
    from dopusk.stand.databases import Marks

    if {"-h", "--help"} & set(commands[0][1]):
        return helped(*commands[0])
    if not Marks(state).path.exists():
        print(
            f"No stand at {state}. Make it with ./dev run or ./dev esia --state {state}, or name another by --state.",
            file=sys.stderr,
        )
        return 2
    return with_database(state, commands, signers_change=signers_change)


def helped(site: str, arguments: list[str]) -> int:
    """The help of a management command: by settings that lead to no database."""
    from dopusk.stand.environment import Addresses, compose

    with tempfile.TemporaryDirectory(prefix="dopusk-help-") as nowhere:
        environment = compose(Path(nowhere), Addresses(), "postgresql://nobody@127.0.0.1:1/")
        command = [sys.executable, "-m", f"dopusk.{site}", *arguments]
        return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode


def with_database(state: Path, commands: list[tuple[str, list[str]]], *, signers_change: bool = False) -> int:
    """Run management commands on the stand's data, whether the stand runs or not.

    commands: (site, arguments). signers_change: whom the cabinet may believe is told to it again afterwards.
    """
    from dopusk.stand.databases import Marks
    from dopusk.stand.environment import Addresses
    from dopusk.stand.esia import EsiaStand, port_of
    from dopusk.stand.stand import Stand

    alone = port_of(state)  # a folder of `./dev esia`
    addresses = Addresses(int(Marks(state).values.get("base", "8000")))
    stand: Stand | EsiaStand = (
        Stand(state, addresses, say=lambda line: print(line, file=sys.stderr, flush=True))
        if alone is None
        else EsiaStand(state, alone)
    )
    running = stand.cluster is None or stand.cluster.running()
    try:
        stand.prepare()
        code = max(
            subprocess.run(
                [sys.executable, "-m", f"dopusk.{site}", *arguments],
                env=stand.environment,
                cwd=ROOT,
                check=False,
            ).returncode
            for site, arguments in commands
        )
        if signers_change and isinstance(stand, Stand):
            stand.choose_signin()
        return code
    finally:
        if not running:
            stand.stop()


def main(command: str, arguments: list[str]) -> int:
    """One command; its exit code."""
    match command:
        case "run" | "walk" | "pictures" | "esia" | "token":
            return int(importlib.import_module(f"dopusk.stand.{command}").main(arguments))
        case "seed":
            state, rest = on_the_stand(arguments)
            return with_database(state, [("registers", ["seed", *rest])])
        case "journal":
            state, rest = on_the_stand(arguments)
            return with_stand(state, [(site, ["journal", *rest]) for site in SITES])
        case "keys":
            state, rest = on_the_stand(arguments)
            return with_stand(state, [("portal", ["keys", *rest])], signers_change=True)
        case "client":
            state, rest = on_the_stand(arguments)
            return with_stand(state, [("portal", ["client", *found_from_there(rest)])])
        case "manage":
            state, rest = on_the_stand(arguments)
            if len(rest) < 2 or rest[0] not in SITES:
                print(
                    f"./dev manage SITE COMMAND …, where SITE is one of {', '.join(SITES)}", file=sys.stderr
                )
                return 2
            return with_stand(state, [(rest[0], rest[1:])])
        case "manage-test" | "types":
            return on_the_test_server(command, arguments)
        case "bench":
            return bench(arguments)
    print(f"there is no command {command!r}", file=sys.stderr)
    return 2


def on_the_test_server(command: str, arguments: list[str]) -> int:
    """makemigrations and mypy need settings, but no data."""
    from dopusk.stand import testing  # noqa: F401 - starts the throw-away server and sets the environment

    site, *rest = arguments
    os.environ["DJANGO_SETTINGS_MODULE"] = f"dopusk.{site}.settings"
    if command == "manage-test":
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-m", f"dopusk.{site}", *rest], check=False
        ).returncode
    mypy = [
        sys.executable,
        "-m",
        "mypy",
        "--cache-dir",
        f".mypy_cache/{site}",
        "--exclude",
        rest[0],
        "dopusk",
    ]
    return subprocess.run(mypy, cwd=ROOT, check=False).returncode


def bench(arguments: list[str]) -> int:
    """One benchmark by name, or all."""
    names = [name for name in arguments if name in BENCHES] or list(BENCHES)
    options = [argument for argument in arguments if argument not in BENCHES]
    return max(
        subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}", *options], cwd=ROOT, check=False
        ).returncode
        for name in names
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
