"""What services learn of a profile: claims `education`, `qualification`, `employment`, each under its own scope.

Each is `{"verified": false, "entries": [...]}`: the person's own word, which no register has confirmed. An entry
holds the fields of its section (`rules.SECTIONS`), days in ISO 8601, a year as a number; empty fields are left out.
"""

import uuid
from typing import Any, Final

from dopusk.portal import statement
from dopusk.portal.profile import rules
from dopusk.portal.profile.models import unseal

# One row, three arrays in step; sent only when a scope of a profile was granted.
FACTS: Final = """
SELECT array_agg(id ORDER BY created_at, id), array_agg(section::text ORDER BY created_at, id),
       array_agg(sealed ORDER BY created_at, id)
FROM profile_fact WHERE account_id = %(sub)s AND section = ANY(%(sections)s::text[])
"""

Rows = tuple[list[uuid.UUID] | None, list[str] | None, list[bytes] | None]


def told(sub: uuid.UUID, wanted: frozenset[str]) -> dict[str, Any]:
    """Claims of these names; one she has written nothing for is left out."""
    rows = statement.one(FACTS, {"sub": sub, "sections": sorted(wanted)}, lambda *columns: columns)
    ids, sections, sealed = rows or (None, None, None)
    entries: dict[str, list[dict[str, Any]]] = {}
    for identifier, section, content in zip(ids or (), sections or (), sealed or (), strict=True):
        entries.setdefault(section, []).append(_entry(unseal(f"fact {identifier}", bytes(content))))
    return {section: {"verified": False, "entries": found} for section, found in entries.items()}


def _entry(content: dict[str, str]) -> dict[str, Any]:
    named = {"document_number" if name == "document" else name: value for name, value in content.items()}
    return {name: int(value) if name == "year" else value for name, value in named.items()}


FURTHER: Final = dict.fromkeys(rules.SCOPED, told)
