"""What will be checked and what fails, before she submits."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dopusk.cabinet.applications import rules as application_rules
from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.checks import actions, words
from dopusk.cabinet.documents.models import Document
from dopusk.cabinet.signin.access import confirmed_required, current

ORDER = {"failed": 0, "unknown": 1, "passed": 2}


@require_safe
@confirmed_required
def preflight(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """Each rule with its evidence; the way to submission stays open, because a human judges."""
    rows = Application.objects.of(current(request)).select_related("applicant")
    application = get_object_or_404(rows, pk=application_id)
    if application_rules.may_edit(application.state):
        return redirect("applications:show", application.pk)
    if not application.specialty_key:
        return redirect("applications:step", application.pk, "specialty")
    outcomes = actions.preflight(application, timezone.localdate())
    findings = sorted((words.describe(one) for one in outcomes), key=lambda one: ORDER[one.outcome])
    kinds = Document.objects.in_folder(str(application.pk)).values_list("kind", flat=True)
    context = {
        "application": application,
        "findings": findings,
        "failed": sum(one.outcome == "failed" for one in findings),
        "unknown": sum(one.outcome == "unknown" for one in findings),
        "passed": sum(one.outcome == "passed" for one in findings),
        "missing": application_rules.missing(application.data, set(kinds)),
    }
    return render(request, "checks/preflight.html", context)
