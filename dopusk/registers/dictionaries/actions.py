"""Loading dictionaries from their data files."""

import csv
import hashlib
import json
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from dopusk.registers.dictionaries.models import Dictionary, Entry
from dopusk.registers.dictionaries.rules import Name, Row, read

DATA = Path(__file__).parent / "data"


def rows_of(name: Name) -> list[Row]:
    """The rows of a data file, in its order."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return read(name, csv.DictReader(file))


def _version(rows: list[Row]) -> str:
    text = json.dumps([row.item for row in rows], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@transaction.atomic
def load(name: Name) -> bool:
    """Make the dictionary what its data file says. Idempotent; tells whether anything changed."""
    rows = rows_of(name)
    version = _version(rows)
    known = Dictionary.objects.select_for_update().filter(name=name).first()
    if known and known.version == version:
        return False
    dictionary, _ = Dictionary.objects.update_or_create(
        name=str(name), defaults={"version": version, "loaded_at": timezone.now()}
    )
    dictionary.entries.all().delete()
    Entry.objects.bulk_create(
        Entry(
            dictionary=dictionary,
            key=row.key,
            place=place,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            item=row.item,
        )
        for place, row in enumerate(rows)
    )
    return True


def load_all() -> list[Name]:
    """Load every dictionary; the names of those that changed."""
    return [name for name in Name if load(name)]
