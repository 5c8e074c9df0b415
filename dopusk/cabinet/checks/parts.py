"""Findings on the status page of an application."""

from typing import Any

from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.applications.parts import part
from dopusk.cabinet.checks import words
from dopusk.cabinet.checks.models import Finding

AWAITED = {"SUBMITTED", "REGISTERED", "CENTER_REVIEW"}  # a clerk of the centre has still to decide


@part(20)
def findings(application: Application) -> tuple[str, dict[str, Any]] | None:
    """What the checks answered; first of all which register is silent, since when, and when it is asked again."""
    rows = list(Finding.objects.of(application))
    if not rows:
        return None
    silent = {
        row.register: {"name": words.register_name(row.register), "since": row.since, "next_at": row.next_at}
        for row in rows
        if row.outcome == "unknown"
    }
    failed = [words.describe(row) for row in rows if row.outcome == "failed"]
    context = {"silent": list(silent.values()), "failed": failed, "total": len(rows)}
    context["awaited"] = application.state in AWAITED
    return "checks/parts/findings.html", context | {"passed": sum(row.outcome == "passed" for row in rows)}
