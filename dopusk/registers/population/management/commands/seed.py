"""`python -m dopusk.registers seed [--workers N] [--seed S]`: fill the sandbox."""

import resource
import sys
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from dopusk.kernel.invalid import Invalid
from dopusk.registers.clients import actions as clients
from dopusk.registers.dictionaries import actions as dictionaries
from dopusk.registers.population import actions, known

EVERY_SECONDS = 2.0


class Progress:
    """One line now and then: how many are done and how fast."""

    def __init__(self) -> None:
        self.started = self.said = time.monotonic()

    def tell(self, done: int, whole: int) -> None:
        """Say it, unless it was said a moment ago."""
        now = time.monotonic()
        if done < whole and now - self.said < EVERY_SECONDS:
            return
        self.said = now
        rate = done / max(now - self.started, 0.001)
        sys.stderr.write(f"  {done:>9,} из {whole:,} работников, {rate:,.0f} в секунду\n".replace(",", " "))
        sys.stderr.flush()


class Command(BaseCommand):
    help = "Fill the registers: dictionaries, clients, known people, N synthetic workers. Idempotent; sandbox only."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many, and by which seed."""
        parser.add_argument(
            "--workers", type=int, default=500, help="synthetic workers to have (default 500)"
        )
        parser.add_argument(
            "--seed", type=int, default=1, help="number that decides who they are (default 1)"
        )

    def handle(self, *args: object, **options: object) -> None:
        """Fill, telling what is being done."""
        if not settings.SANDBOX:
            raise CommandError("В рабочем режиме учебных людей не бывает: DOPUSK_SANDBOX=0")
        today, started = timezone.localdate(), time.monotonic()
        changed = dictionaries.load_all()
        self.stdout.write("Справочники: " + (", ".join(changed) or "без изменений"))
        self.stdout.write("Ключи доступа: " + ", ".join(clients.admit(settings.CLIENT_TOKENS)))
        actions.settle_organisations()
        self.stdout.write(f"Известные люди: добавлено {known.settle(today)}")
        workers, seed = options["workers"], options["seed"]
        assert isinstance(workers, int)
        assert isinstance(seed, int)
        try:
            added = actions.populate(workers, seed, today, Progress().tell)
        except Invalid as refused:
            raise CommandError(f"{refused.code} {refused.detail}") from refused
        seconds = time.monotonic() - started
        self.stdout.write(f"Учебные работники: добавлено {added}, {seconds:.1f} с, память {_peak_mb()} МБ")


def _peak_mb() -> int:
    """Peak memory of this process and its two children, were all at their largest at once. Linux counts in KiB."""
    mine, largest_child = (
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return (mine + actions.MAKERS * largest_child) // 1024
