"""`python -m dopusk.portal keys list | rotate [--alg ALG] [--of FAMILY] [--now]`: the keys that sign for services."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dopusk.portal.oidc import rings


class Command(BaseCommand):
    help = (
        "Shows the published signing keys, or brings in the next ones; running portals follow within seconds."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, and of which keys."""
        acts = parser.add_subparsers(dest="what", required=True)
        acts.add_parser(
            "list", help="the published keys: of OpenID Connect, and of the markers of the dialect"
        )
        rotate = acts.add_parser(
            "rotate", help="publish the next key; it signs when services have learnt of it"
        )
        algs = sorted({alg for family in rings.FAMILIES.values() for alg in family.algs})
        rotate.add_argument("--alg", choices=algs, help="only keys of this algorithm (default: all in use)")
        rotate.add_argument("--of", choices=sorted(rings.FAMILIES), help="only keys of this family")
        rotate.add_argument(
            "--now",
            action="store_true",
            help="sign with the next key at once: for a sandbox, and for a key that got out",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a key."""
        if options["what"] == "list":
            for name, ring in rings.FAMILIES.items():
                for one in ring.published():
                    until = f" until {_moment(one.until)}" if one.until else ""
                    line = f"{name} {one.alg} {one.kid} signs from {_moment(one.signs_from)}{until}"
                    self.stdout.write(line)
            return
        families = [options["of"]] if options["of"] else list(rings.FAMILIES)
        try:
            done = rings.rotate(options["alg"], families, now=options["now"])
        except LookupError:
            raise CommandError("none of these families signs with this algorithm") from None
        for family, rotations in done.items():
            for made in rotations:
                waits = "" if made.fresh else " (was on its way already)"
                starts = _moment(made.signs_from.timestamp())
                self.stdout.write(f"{family} {made.alg} {made.kid} signs from {starts}{waits}")
        self.stdout.write("Running portals follow within seconds; nothing has to be started again.")


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
