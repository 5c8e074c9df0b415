"""«Журнал активности»: read, narrowed, taken out, and answered with «это не я»."""

import csv
import io
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dopusk.portal.accounts.models import Account
from dopusk.portal.factors.actions import protected
from dopusk.portal.home import actions, rules, telling, words
from dopusk.portal.sessions.access import COOKIE, Person, person_required
from dopusk.portal.told import SENTENCES
from dopusk.web.journal.models import Entry

A_PAGE = 25


@require_safe
@person_required
def journal(request: HttpRequest, person: Person) -> HttpResponse:
    """What she did and what was done about her, newest first."""
    kind, period = _chosen(request.GET)
    page = Paginator(_entries(person, kind, period), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_row(one, person) for one in page],
        "kind": kind,
        "period": period,
        "kinds": words.KINDS.items(),
        "periods": words.PERIODS.items(),
    }
    return render(request, "home/journal.html", context)


@require_POST
@person_required
def export_journal(request: HttpRequest, person: Person) -> HttpResponse:
    """The same entries as a table or as JSON; an operator's acts about others are not hers to take."""
    kind, period = _chosen(request.POST)
    own = Q(subject=str(person.sub)) | Q(subject="")
    rows = [_plain(one, person) for one in _entries(person, kind, period).filter(own)]
    actions.note_export(person.sub, session=str(person.sid), rows=len(rows))
    table = request.POST.get("format") == "csv"
    text = _table(rows) if table else json.dumps(rows, ensure_ascii=False, indent=2)
    media = "text/csv" if table else "application/json"
    response = HttpResponse(text, content_type=f"{media}; charset=utf-8")
    name = f"journal-{timezone.localdate():%Y-%m-%d}.{'csv' if table else 'json'}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def not_me(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """«Это не я»: says what it does; the button locks and leads to recovery."""
    entry = get_object_or_404(Entry.objects.about(str(person.sub)), number=number)
    if not rules.may_disown(entry.actor, entry.act, str(person.sub), entry.subject):
        raise Http404
    if request.method == "POST":
        actions.disown(person.sub, entry, session=str(person.sid))
        response = HttpResponseRedirect("/recovery/", status=HTTPStatus.SEE_OTHER)
        response.delete_cookie(COOKIE)
        return response
    context = {"row": _row(entry, person), "waits": _waits(person)}
    return render(request, "home/not_me.html", context)


def _waits(person: Person) -> int:
    """For how many hours services would wait after the recovery that follows; 0 where a second step spares her that."""
    account = Account.objects.get(pk=person.sub)
    hours: int = settings.RECOVERY_COOLING_HOURS
    return hours if account.level == "confirmed" and not protected(account) else 0


def _chosen(source: Mapping[str, Any]) -> tuple[str, str]:
    kind, period = str(source.get("kind", "")), str(source.get("period", ""))
    return kind if kind in rules.KINDS else "", period if period in rules.PERIODS else ""


def _entries(person: Person, kind: str, period: str) -> "QuerySet[Entry]":
    entries = Entry.objects.about(str(person.sub))
    begins = rules.since(period, timezone.now())
    if begins:
        entries = entries.filter(at__gte=begins)
    if not kind:
        return entries
    named = rules.KINDS[kind] or [begin for begins in rules.KINDS.values() for begin in begins]
    found = Q()
    for begin in named:
        found |= Q(act__startswith=begin)
    return entries.filter(found if rules.KINDS[kind] else ~found)


def _row(entry: Entry, person: Person) -> dict[str, Any]:
    detail = _detail(entry)
    return {
        **telling.tell(entry, person.sub),
        "place": words.PLACES[rules.place(detail["network"])] if detail.get("network") else "",
        "here": entry.session == str(person.sid),
    }


def _detail(entry: Entry) -> dict[str, Any]:
    found = json.loads(entry.detail or "{}")
    return found if isinstance(found, dict) else {}


def _plain(entry: Entry, person: Person) -> dict[str, Any]:
    """One entry for the file. Operators are not named to the person: «operator»."""
    detail = _detail(entry)
    return {
        "number": entry.number,
        "at": timezone.localtime(entry.at).isoformat(timespec="seconds"),
        "kind": rules.kind_of(entry.act),
        "act": entry.act,
        "words": SENTENCES.say(entry.words),
        "by": rules.by(entry.actor, entry.act, str(person.sub)),
        "device": str(detail.get("device", "")),
        "network": str(detail.get("network", "")),
        "session": entry.session,
        "trace_id": entry.trace_id,
    }


def _table(rows: list[dict[str, Any]]) -> str:
    """Semicolons and a byte-order mark, as Russian spreadsheets expect."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    heads = {
        "number": _("Номер"), "at": _("Когда"), "kind": _("Вид"), "words": _("Что"), "by": _("Кто"),
        "device": _("Устройство"), "network": _("Сеть"), "session": _("Сеанс"), "act": _("Код"),
        "trace_id": _("Код запроса"),
    }  # fmt: skip
    writer.writerow(heads.values())
    for row in rows:
        said = {**row, "kind": words.KINDS[row["kind"]], "by": words.BY[row["by"]]}
        writer.writerow([rules.cell(str(said[name])) for name in heads])
    return "\ufeff" + out.getvalue()
