"""Filling the sandbox: dictionaries, clients, organisations, known people, and any number of synthetic ones."""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import nullcontext
from datetime import date

from django.db import connection, models, transaction

from dopusk.kernel.invalid import Invalid
from dopusk.registers.organisations.models import Organisation
from dopusk.registers.passports.models import Passport
from dopusk.registers.population import catalogue
from dopusk.registers.population.bulk import bare
from dopusk.registers.population.models import Population
from dopusk.registers.population.rules import COLUMNS, MOST_WORKERS, Plan, Writer, batches
from dopusk.registers.snils.models import Account
from dopusk.registers.workers import models as workers

TABLES: dict[str, type[models.Model]] = {
    "account": Account,
    "passport": Passport,
    "person": workers.Person,
    "prof": workers.EducationProf,
    "postgraduate": workers.EducationPostgraduate,
    "ext": workers.EducationExt,
    "cert": workers.EducationCert,
    "card": workers.Card,
    "accreditation": workers.Accreditation,
}
BATCH = 10_000  # workers; about 10 MB of lines
BARE_FROM = 20_000  # from so many on, keys and indexes are rebuilt rather than grown
MAKERS = 2  # processes that make lines while this one loads them
AHEAD = 3  # batches made while one is being loaded

Batch = dict[str, bytes]


def settle_organisations() -> None:
    """The eight organisations of every region; those that are there stay."""
    Organisation.objects.bulk_create(catalogue.organisations(), ignore_conflicts=True)


@transaction.atomic
def populate(workers_wanted: int, seed: int, today: date, tell: Callable[[int, int], None]) -> int:
    """Have so many synthetic workers. Returns how many were added; none are ever removed.

    Those that are there were made by their own seed and day, and what is added is made by the same: a second
    call with another seed raises `Invalid("population_seed_differs")`; more than the numbers allow,
    `Invalid("population_too_large")`. tell(done, whole) is called after each batch.
    """
    if workers_wanted > MOST_WORKERS:
        raise Invalid("population_too_large", most=MOST_WORKERS)
    population = _population(seed, today)
    if population.seed != seed:
        raise Invalid("population_seed_differs", seed=population.seed)
    start, stop = population.workers, workers_wanted
    if stop <= start:
        return 0
    _load(_plan(population), start, stop, tell)
    population.workers = stop
    population.save(update_fields=["workers"])
    return stop - start


def _population(seed: int, today: date) -> Population:
    Population.objects.bulk_create([Population(seed=seed, day=today)], ignore_conflicts=True)
    return Population.objects.select_for_update().get()


def _plan(population: Population) -> Plan:
    return Plan(
        seed=population.seed,
        day=population.day,
        professions=catalogue.professions(population.day),
        regions=catalogue.regions(),
        names=catalogue.name_lists(),
    )


def _load(plan: Plan, start: int, stop: int, tell: Callable[[int, int], None]) -> None:
    much = stop - start >= BARE_FROM
    tables = [model._meta.db_table for model in TABLES.values()]  # noqa: SLF001  Django's own documented _meta
    with bare(tables) if much else nullcontext():
        made = _made_aside(plan, start, stop) if much else _made_here(plan, start, stop)
        for done, batch in made:
            _copy(batch)
            tell(done - start, stop - start)


def _copy(batch: Batch) -> None:
    with connection.cursor() as cursor:
        for key, lines in batch.items():
            table = TABLES[key]._meta.db_table  # noqa: SLF001  Django's own documented _meta
            with cursor.copy(f"COPY {table} ({', '.join(COLUMNS[key])}) FROM STDIN") as copy:
                copy.write(lines)


def _made_here(plan: Plan, start: int, stop: int) -> Iterator[tuple[int, Batch]]:
    writer = Writer(plan)
    for low, high in batches(start, stop, BATCH):
        yield high, writer.batch(low, high)


_writer: Writer | None = None


def _begin(plan: Plan) -> None:
    global _writer
    _writer = Writer(plan)


def _make(low: int, high: int) -> Batch:
    assert _writer is not None
    return _writer.batch(low, high)


def _made_aside(plan: Plan, start: int, stop: int) -> Iterator[tuple[int, Batch]]:
    """Batches made by two other processes while this one loads; never more than AHEAD of them in memory.

    Forked children never touch the database connection they inherit and leave without closing it.
    """
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(MAKERS, mp_context=fork, initializer=_begin, initargs=(plan,)) as pool:
        waiting: deque[tuple[int, Future[Batch]]] = deque()
        for low, high in batches(start, stop, BATCH):
            waiting.append((high, pool.submit(_make, low, high)))
            if len(waiting) > AHEAD:
                done, future = waiting.popleft()
                yield done, future.result()
        while waiting:
            done, future = waiting.popleft()
            yield done, future.result()
