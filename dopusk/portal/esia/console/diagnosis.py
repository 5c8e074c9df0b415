"""Keeping what was found of each request: a row for the console, a line of JSON for the log."""

import json
import logging
import re
import uuid
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from dopusk.kernel import trace
from dopusk.portal import statement
from dopusk.portal.clients import models as clients
from dopusk.portal.esia.allowance import may_keep
from dopusk.portal.esia.errors import EsiaFault
from dopusk.portal.esia.models import Diagnosis

log = logging.getLogger(__name__)

_BATCH: Final = 1000
_PERSON: Final = re.compile(r"(?:(?<=oid=)|(?<=/prns/))[0-9]+(?=[0-9]{2})")
_PURGE_OLD: Final = """
DELETE FROM esia_diagnosis WHERE id IN (
    SELECT id FROM esia_diagnosis WHERE at < now() - interval '14 days' LIMIT %(batch)s
)
"""
_PURGE_SURPLUS: Final = """
DELETE FROM esia_diagnosis WHERE id IN (
    SELECT id FROM esia_diagnosis
    WHERE at < (SELECT at FROM esia_diagnosis ORDER BY at DESC OFFSET 20000 LIMIT 1) LIMIT %(batch)s
)
"""


def record(endpoint: str, client_id: str, fault: EsiaFault | None, report: Mapping[str, Any]) -> uuid.UUID:
    """Keep what was found; returns the id of its page. Outside the sandbox an accepted request is not kept, people's
    numbers are cut, and of many refusals in a short time not all have a page.

    The log gets a line `esia.refused {…}` for each refusal, with all that the page has but the long lists.
    """
    identifier = uuid.uuid4()
    if fault is None and not settings.SANDBOX:
        return identifier
    report = {**report, "detail": fault.detail if fault else ""}
    kept = Diagnosis(
        id=identifier,
        at=timezone.now(),
        endpoint=endpoint,
        client_id=_plain(client_id)[:100],
        code=fault.code if fault else "",
        esia_code=fault.esia_code if fault else "",
        trace_id=trace.current(),
        report=_plain(report if settings.SANDBOX else _nobodys(report)),
    )
    if may_keep(client_id if clients.find(client_id) else ""):
        kept.save(force_insert=True)
    if fault:
        line = {**as_json(kept), "report": _brief(kept.report)}
        log.warning("esia.refused %s", json.dumps(line, ensure_ascii=False, sort_keys=True))
    return identifier


def as_json(kept: Diagnosis) -> dict[str, Any]:
    """A diagnosis as programs read it."""
    return {
        "id": str(kept.pk),
        "at": kept.at.isoformat(timespec="milliseconds"),
        "endpoint": kept.endpoint,
        "client_id": kept.client_id,
        "ok": not kept.code,
        "code": kept.code,
        "esia_code": f"ESIA-{kept.esia_code}" if kept.esia_code else "",
        "trace_id": kept.trace_id,
        "report": kept.report,
    }


def _brief(report: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is the same in every line, or can be seen from the rest."""
    brief = {name: value for name, value in report.items() if name not in {"string_parts", "registered"}}
    if "hash" in brief:
        brief["hash"] = {name: value for name, value in brief["hash"].items() if name != "certificates"}
    if "variants" in brief:
        brief["variants"] = [one["code"] for one in brief["variants"] if one["matched"]]
    return brief


def _nobodys(value: Any) -> Any:
    """Without people's numbers, but for the last two digits."""
    if isinstance(value, str):
        return _PERSON.sub("…", value)
    if isinstance(value, Mapping):
        return {name: _nobodys(one) for name, one in value.items()}
    return [_nobodys(one) for one in value] if isinstance(value, list | tuple) else value


def _plain(value: Any) -> Any:
    """Without what PostgreSQL cannot keep: NUL, and halves of characters."""
    if isinstance(value, str):
        return value.replace("\0", "␀").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {str(_plain(name)): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def purge() -> int:
    """Delete what is older than two weeks, and the oldest beyond twenty thousand. Returns how many."""
    return sum(statement.in_batches(sql, _BATCH) for sql in (_PURGE_OLD, _PURGE_SURPLUS))
