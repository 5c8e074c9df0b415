"""The page that asks for consent, and the list of consents given."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dopusk.portal.clients.models import Client
from dopusk.portal.clients.rules import Registration
from dopusk.portal.consents import actions, rules, waiting
from dopusk.portal.consents.models import Consent
from dopusk.portal.sessions.access import Person, person_required
from dopusk.portal.signin.rules import safe_next


def words_of(scopes: frozenset[str]) -> list[str]:
    """What the scopes mean, in the reader's language."""
    return [_(rules.word_of(scope)) for scope in rules.in_order(scopes)]


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def give(request: HttpRequest, person: Person) -> HttpResponse:
    """Ask what a service may know. `next` is the authorization request that waits for the answer."""
    source = request.POST if request.method == "POST" else request.GET
    next_path = safe_next(source.get("next", ""))
    client, scopes = waiting.asked(next_path)
    if client is None or not scopes:
        raise Http404
    if request.method == "POST" and request.POST.get("decision") in {"allow", "deny"}:
        if request.POST["decision"] == "allow":
            actions.give(person.sub, client, scopes, session=str(person.sid))
        else:
            next_path += "&consent=denied"
        return _leading_to(client, HttpResponseRedirect(next_path, status=HTTPStatus.SEE_OTHER))
    known = Consent.objects.of(person.sub).filter(client_id=client.client_id).first()
    before = frozenset(known.scopes) if known else frozenset()
    context: dict[str, Any] = {
        "client": client,
        "new": words_of(scopes - before) or words_of(scopes),
        "old": words_of(scopes & before) if scopes - before else [],
        "notes": waiting.notes(next_path),
        "next": next_path,
    }
    return _leading_to(client, render(request, "consents/give.html", context))


@require_GET
@person_required
def list_(request: HttpRequest, person: Person) -> HttpResponse:
    """What, to whom, since when."""
    consents = [
        {"consent": consent, "words": words_of(frozenset(consent.scopes))}
        for consent in Consent.objects.of(person.sub)
    ]
    return render(request, "consents/list.html", {"consents": consents})


@require_POST
@person_required
def revoke(request: HttpRequest, person: Person, consent_id: int) -> HttpResponse:
    """Withdraw one consent."""
    consent = actions.revoke(person.sub, consent_id, session=str(person.sid))
    if consent is None:
        raise Http404
    messages.success(request, _revoked(consent.client) % {"name": _(consent.client.name)})
    return HttpResponseRedirect("/consents/")


def _revoked(client: Client) -> str:
    if client.backchannel_logout_uri:
        return _("Разрешение отозвано: данных «%(name)s» больше не получит, вход туда завершён.")
    return _("Разрешение отозвано: данных «%(name)s» больше не получит. Если сервис открыт, выйдите из него.")


def _leading_to(client: Registration, response: HttpResponse) -> HttpResponse:
    response.csp_form_action = client.origins()  # type: ignore[attr-defined]  # read by SecurityHeadersMiddleware
    return response
