"""The page of public verification, open to everybody."""

from datetime import date
from http import HTTPStatus
from urllib.parse import quote

from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from dopusk.cabinet.certificates.models import Certificate, PublicRow
from dopusk.cabinet.certificates.numbers import show_number
from dopusk.cabinet.verification import answers, questions
from dopusk.cabinet.verification.forms import QuestionForm
from dopusk.cabinet.verification.rules import judge
from dopusk.kernel import trace


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """The form; once it is filled, the way to the address of the answer."""
    form = QuestionForm(request.GET if {"number", "code"} & request.GET.keys() else None)
    if form.is_valid():
        address = reverse("verification:answer", args=[form.cleaned_data["number"]])
        return HttpResponseRedirect(f"{address}?code={quote(form.cleaned_data['code'])}")
    return render(request, "verification/ask.html", {"form": form})


@require_safe
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """What the certificate is worth today. An unknown number and a wrong code give one and the same answer."""
    query = request.META.get("QUERY_STRING", "")
    as_json = questions.wants_json(request.headers.get("Accept", ""), query)
    if not as_json and "code" not in request.GET:
        return render(
            request, "verification/ask.html", {"form": QuestionForm(initial={"number": number[:64]})}
        )
    moment = answers.now()
    asked, code = questions.read(number, query)
    try:
        row = Certificate.objects.public_answer(asked, code) if asked and code else None
    except (OperationalError, InterfaceError):
        return _unavailable(request, as_json=as_json)
    found = _written(row) if row else None
    if as_json:
        response = HttpResponse(answers.as_json(asked or "", found, moment), content_type="application/json")
    else:
        words = _words(asked, found, moment)
        if found is None:  # what was typed stays, to be compared and corrected
            typed = {"number": number[:64], "code": request.GET["code"][:64]}
            words["form"] = QuestionForm(initial=typed)
        response = render(request, "verification/answer.html", words)
    response["Vary"] = "Accept"
    response["X-Robots-Tag"] = "noindex"
    return response


def _written(row: PublicRow) -> answers.Answer:
    first, last, *words = row
    return answers.Answer(first.isoformat(), last.isoformat(), *words)


def _words(number: str | None, found: answers.Answer | None, moment: answers.Moment) -> dict[str, object]:
    """What the page needs; without an answer only the moment."""
    if number is None or found is None:
        return {"moment": moment}
    return {
        "moment": moment,
        "answer": found,
        "status": judge(found.state, found.valid_until, moment.today),
        "number": show_number(number),
        "valid_from": date.fromisoformat(found.valid_from),
        "valid_until": date.fromisoformat(found.valid_until),
    }


def _unavailable(request: HttpRequest, *, as_json: bool) -> HttpResponse:
    if as_json:
        body = answers.unavailable(trace.current())
        response = HttpResponse(
            body, content_type="application/problem+json", status=HTTPStatus.SERVICE_UNAVAILABLE
        )
    else:
        response = render(
            request,
            "verification/unavailable.html",
            {"again": request.get_full_path()},
            status=HTTPStatus.SERVICE_UNAVAILABLE,
        )
    response["Retry-After"] = "5"
    return response
