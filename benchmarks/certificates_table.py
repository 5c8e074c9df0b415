"""Millions of certificates for a benchmark, in the cabinet's real schema, loaded once by COPY and kept.

Only the certificates are there: their applications and holders are left out (foreign keys are not enforced
while loading), because the question of verification touches one index of one table.
"""

import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import psycopg

from dopusk.kernel import names
from dopusk.stand.environment import Addresses, compose
from dopusk.stand.postgres import Cluster

ROOT = Path(__file__).resolve().parents[1]
STATE = ROOT / ".dopusk" / "bench"
DATABASE = "dopusk_cabinet"
SERVER = {
    "shared_buffers": "1GB",
    "max_connections": "100",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
}  # durable: fsync and synchronous_commit stay on
FIRST = 7726_000_000_000  # the number of certificate i is FIRST + i
CODE_FIRST, CODE_STEP, CODES = 100_000_000_000, 2_654_435_761, 900_000_000_000
SPECIALTIES = (
    "Сестринское дело", "Терапия", "Педиатрия", "Лечебное дело", "Акушерское дело", "Анестезиология-реаниматология",
    "Стоматология общей практики", "Лабораторная диагностика", "Фармация", "Управление и экономика фармации",
    "Организация здравоохранения и общественное здоровье", "Общая врачебная практика (семейная медицина)",
    "Рентгенология", "Неврология", "Кардиология", "Физическая и реабилитационная медицина", "Скорая медицинская помощь",
    "Сестринское дело в педиатрии", "Медико-профилактическое дело", "Психиатрия-наркология",
)  # fmt: skip
COLUMNS = (
    "number", "code", "application_id", "holder_id", "holder_mask", "specialty_key", "specialty_name", "kind",
    "valid_from", "valid_until", "state", "issued_at", "protocol_number", "protocol_on",
)  # fmt: skip
LAST = (
    "Орлова",
    "Кузнецова",
    "Лебедев",
    "Павлова",
    "Никитин",
    "Зайцев",
    "Соколова",
    "Морозов",
    "Ли",
    "Белова",
)
FIRST_NAMES = ("Анна", "Мария", "Виктор", "Галина", "Степан", "Борис", "Вера", "Григорий", "Ольга", "Ксения")
PATRONYMICS = ("Сергеевна", "Ивановна", "Андреевич", "Петровна", "Олегович", "Николаевич", "Михайловна")


def number(index: int) -> str:
    """The register number of certificate `index`, 1 … rows."""
    return str(FIRST + index)


def code(index: int) -> str:
    """Its code: digits only, so that pgbench's integers can name it; as long as a real one."""
    return str(CODE_FIRST + index * CODE_STEP % CODES)


def begin(cluster: Cluster) -> tuple[dict[str, str], str]:
    """Start the server; what processes are told of it, and the address of the cabinet's (migrated) database."""
    STATE.mkdir(parents=True, exist_ok=True)
    cluster.start(SERVER)
    told = compose(STATE, Addresses(), cluster.url())
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as link:
        _create(link)
        failure = _migrate(told)
        if (
            "IntegrityError" in failure
        ):  # the kept rows have no applications: a new migration may stumble over them
            link.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
            _create(link)
            failure = _migrate(told)
    if failure:
        raise RuntimeError(f"the cabinet's migrations fail:\n{failure[-2000:]}")
    return told, cluster.url(DATABASE)


def _create(link: psycopg.Connection[tuple[object, ...]]) -> None:
    if not link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
        link.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8'")


def _migrate(told: dict[str, str]) -> str:
    """What the command said if it failed, else nothing."""
    migrate = [sys.executable, "-m", "dopusk.cabinet", "migrate", "--verbosity", "0"]
    done = subprocess.run(migrate, cwd=ROOT, env=told, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


def fill(database: str, rows: int, say: Callable[[str], None]) -> None:
    """See that the table holds `rows` certificates; nothing to do if it holds them already."""
    with psycopg.connect(database, autocommit=True) as link:
        if _kept(link) == rows:
            return
        say(f"Loading {rows:,} certificates by COPY, once …")
        began = time.monotonic()
        link.execute("TRUNCATE certificates_certificate RESTART IDENTITY")
        _load(link, rows)
        loaded = time.monotonic() - began
        link.execute("VACUUM (ANALYZE) certificates_certificate")
        link.execute("CHECKPOINT")
        link.execute(f"COMMENT ON TABLE certificates_certificate IS 'rows {rows}'")
        say(f"  in {loaded:.0f} s ({rows / loaded:,.0f} rows/s, all indexes in place); kept for the next run")


def _kept(link: psycopg.Connection[tuple[object, ...]]) -> int:
    row = link.execute("SELECT obj_description('certificates_certificate'::regclass)").fetchone()
    return int(str(row[0]).removeprefix("rows ")) if row and row[0] else 0


def _load(link: psycopg.Connection[tuple[object, ...]], rows: int) -> None:
    link.execute("SET session_replication_role = replica")
    statement = f"COPY certificates_certificate ({', '.join(COLUMNS)}) FROM STDIN"
    with link.cursor() as cursor, cursor.copy(statement) as copy:
        for block in _blocks(rows):
            copy.write(block)
    link.execute("RESET session_replication_role")


def _blocks(rows: int) -> Iterator[bytes]:
    today = date.today()  # noqa: DTZ011 - a day more or less changes nothing here
    starts = [today - timedelta(days=back) for back in range(6 * 365)]
    terms = [f"{day}\t{day + timedelta(days=5 * 365)}" for day in starts]
    stamps = [f"{day} 10:00:00+03\t1\t{day}" for day in starts]
    masks = [
        names.mask(last, first, third) for last in LAST for first in FIRST_NAMES for third in PATRONYMICS
    ]
    for low in range(1, rows + 1, 10_000):
        lines = []
        for index in range(low, min(low + 10_000, rows + 1)):
            spread = index * 2_654_435_761 >> 7
            day = spread % len(starts)
            state = "revoked" if spread % 100 == 0 else "suspended" if spread % 200 == 1 else "active"
            lines.append(
                f"{number(index)}\t{code(index)}\t{uuid.UUID(int=index)}\tperson-{index:08d}\t"
                f"{masks[spread % len(masks)]}\t34.02.01\t{SPECIALTIES[spread % len(SPECIALTIES)]}\tperiodic\t"
                f"{terms[day]}\t{state}\t{stamps[day]}\n"
            )
        yield "".join(lines).encode()
