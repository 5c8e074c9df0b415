"""The profile: its page, the form behind each pencil, the monthly look."""

import uuid
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dopusk.portal.accounts.models import Account, Identifier
from dopusk.portal.profile import actions, forms, rules, shown, words
from dopusk.portal.profile.models import Document, Fact, Look, NameChange
from dopusk.portal.sessions.access import Person, person_required
from dopusk.portal.signin.rules import safe_next


@require_safe
@person_required
def profile(request: HttpRequest, person: Person) -> HttpResponse:
    """Everything she has told and what was confirmed, a pencil beside each."""
    account = Account.objects.get(pk=person.sub)
    opened = account.opened()
    documents = list(Document.objects.of(person.sub))
    look = Look.objects.filter(account=account).first()
    verified = dict(Identifier.objects.filter(account=account).values_list("kind", "verified_at"))
    opened_on = timezone.localdate(account.created_at)
    context = {
        "account": account,
        "level": words.LEVELS[account.level],
        "personal": shown.personal(account, opened),
        "contacts": [(kind, opened[kind], bool(verified.get(kind))) for kind in ("phone", "email")],
        "sections": shown.sections(Fact.objects.of(person.sub), documents),
        "documents": len(documents),
        "asked": rules.wants_look(look.ask_on if look else None, opened_on, timezone.localdate()),
        "found_right_at": look.found_right_at if look else None,
        "name_waits": NameChange.objects.filter(account=account, state="waiting").exists(),
    }
    return render(request, "profile/profile.html", context)


@require_POST
@person_required
def look(request: HttpRequest, person: Person) -> HttpResponse:
    """«Всё верно» for a month, «Напомнить позже» for a week."""
    if request.POST.get("decision") == "right":
        actions.found_right(person.sub, session=str(person.sid))
        messages.success(request, _("Спасибо. Напомним через месяц."))
    else:
        actions.look_later(person.sub)
        messages.info(request, _("Хорошо, напомним через неделю."))
    back = safe_next(request.POST.get("next", "/profile/"))
    return HttpResponseRedirect(back, status=HTTPStatus.SEE_OTHER)


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def personal(request: HttpRequest, person: Person, field: str) -> HttpResponse:
    """Change a name, birth date or gender of one's own word; else why it cannot be and the lawful way."""
    if field not in rules.IDENTITY:
        raise Http404
    account = Account.objects.get(pk=person.sub)
    code = rules.immutable(field, account.level, has_snils=bool(account.opened()["snils"]))
    if code:
        return _immutable(request, field, code)
    form = forms.IdentityForm(field, request.POST or None, value=getattr(account, field))
    conflict = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_identity(
                person.sub, field, form.typed(), seen=form.cleaned_data["seen"], session=str(person.sid)
            )
        except actions.Faulty as faulty:
            form.note(faulty.faults)
        except actions.NotDone as refused:
            if refused.code != "changed_meanwhile":
                return _immutable(request, field, refused.code)
            account.refresh_from_db()
            conflict = refused.code
            form.restamped(rules.stamp(getattr(account, field) or ""))
        else:
            return _saved(request)
    kept = next(row for row in shown.personal(account, account.opened()) if row["key"] == words.FIELDS[field])
    context = {"title": words.FIELDS[field], "kept": [kept], "in_profile": True}
    return _form(request, form, context, conflict)


def _immutable(request: HttpRequest, field: str, code: str) -> HttpResponse:
    why, todo, url, label = words.IMMUTABLE[code]
    context = {
        "title": words.FIELDS[field],
        "code": code,
        "why": why,
        "todo": todo,
        "url": url,
        "label": label,
    }
    # 403: understood, and refused to everybody alike; nothing was sent that could be mended
    status = HTTPStatus.FORBIDDEN if request.method == "POST" else HTTPStatus.OK
    return render(request, "profile/immutable.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def add(request: HttpRequest, person: Person, section: str) -> HttpResponse:
    """One more row of a section."""
    if section not in rules.SECTIONS:
        raise Http404
    if section in rules.SINGLE and (there := Fact.objects.of(person.sub).filter(section=section).first()):
        return redirect("profile:change", section, there.pk)
    form = forms.FactForm(section, request.POST or None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_fact(person.sub, section, form.typed(), session=str(person.sid))
        except actions.Faulty as faulty:
            form.note(faulty.faults)
        except actions.NotDone as refused:
            refusal = refused.code
        else:
            return _saved(request, section)
    return _form(request, form, {"title": words.ADD[section], "section": section}, refusal)


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def change(request: HttpRequest, person: Person, section: str, fact_id: uuid.UUID) -> HttpResponse:
    """A row as a whole."""
    return _change(request, person, _fact(person, section, fact_id), "")


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def change_field(
    request: HttpRequest, person: Person, section: str, fact_id: uuid.UUID, field: str
) -> HttpResponse:
    """One field of a row."""
    if all(one.name != field for one in rules.SECTIONS.get(section, ())):
        raise Http404
    return _change(request, person, _fact(person, section, fact_id), field)


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def remove(request: HttpRequest, person: Person, section: str, fact_id: uuid.UUID) -> HttpResponse:
    """Ask whether a row goes, then take it out."""
    fact = _fact(person, section, fact_id)
    if request.method == "POST":
        try:
            actions.remove_fact(person.sub, fact_id, session=str(person.sid))
        except actions.NotDone as refused:
            messages.warning(request, words.REFUSED[refused.code])
            return redirect("profile:profile")
        messages.success(request, _("Запись убрана из профиля."))
        return HttpResponseRedirect(f"/profile/#{section}", status=HTTPStatus.SEE_OTHER)
    row = next(one for one in shown.sections([fact], []) if one["code"] == section)["rows"][0]
    return render(request, "profile/remove.html", {"row": row, "section": section})


def _fact(person: Person, section: str, fact_id: uuid.UUID) -> Fact:
    return get_object_or_404(Fact, account_id=person.sub, section=section, pk=fact_id)


def _change(request: HttpRequest, person: Person, fact: Fact, only: str) -> HttpResponse:
    content, conflict = fact.opened(), ""
    form = forms.FactForm(fact.section, request.POST or None, only=only, content=content)
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen"]
        try:
            actions.change_fact(person.sub, fact.pk, form.typed(), seen=seen, session=str(person.sid))
        except actions.Faulty as faulty:
            form.note(faulty.faults)
        except actions.NotDone as refused:
            if refused.code == "gone":
                messages.warning(request, words.REFUSED["gone"])
                return redirect("profile:profile")
            fact.refresh_from_db()
            content, conflict = fact.opened(), refused.code
            form.restamped(form.stamp_of(content))
        else:
            return _saved(request, fact.section)
    fields = [one for one in rules.SECTIONS[fact.section] if one.name in form.names]
    kept = [
        {"key": words.FIELDS[one.name], "value": shown.value_of(one, content.get(one.name, ""))}
        for one in fields
    ]
    title = words.FIELDS[only] if only else words.SECTIONS[fact.section]
    caption = shown.title_of(fact, content) if only else ""
    context = {"title": title, "caption": caption, "kept": kept, "section": fact.section}
    return _form(request, form, context, conflict)


def _form(request: HttpRequest, form: Any, context: dict[str, Any], refusal: str = "") -> HttpResponse:
    """The page of one form; 409 when something else was kept meanwhile, 422 when something has to be mended."""
    status = HTTPStatus.OK
    if refusal:
        status = HTTPStatus.CONFLICT
    elif form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    codes = sorted({error.code or "" for found in form.errors.as_data().values() for error in found})
    said = words.REFUSED[refusal] if refusal else ""
    given = {**context, "form": form, "refusal": refusal, "refusal_words": said, "codes": codes}
    return render(request, "profile/form.html", given, status=status)


def _saved(request: HttpRequest, section: str = "personal") -> HttpResponse:
    messages.success(request, _("Сохранено."))
    return HttpResponseRedirect(f"/profile/#{section}", status=HTTPStatus.SEE_OTHER)
