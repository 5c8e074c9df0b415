"""The commission on the status page of an application: the sitting that comes, the reasons of a decision, a delay."""

from typing import Any

from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.applications.parts import part
from dopusk.cabinet.commission import words
from dopusk.cabinet.commission.models import Case


@part(10)
def judged(application: Application) -> tuple[str, dict[str, Any]] | None:
    """Nothing before the commission has it, nor once all is well and on paper."""
    case = (
        Case.objects.filter(application=application)
        .exclude(outcome="postponed")
        .select_related("sitting")
        .order_by("-id")
        .first()
    )
    if case is None or (case.outcome == "passed" and not case.delayed_since):
        return None
    return "commission/parts/judged.html", {
        "case": case,
        "sitting": case.sitting,
        "reasons": [words.AGAINST[code] for code in case.reasons_against()],
    }
