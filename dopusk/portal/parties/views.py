"""Pages on which operators register services, change, disable them and give them secrets."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dopusk.portal.accounts.fields import first_code
from dopusk.portal.clients import actions as clients
from dopusk.portal.clients.actions import RegistrationRefused
from dopusk.portal.clients.models import Client
from dopusk.portal.operators.access import right_required
from dopusk.portal.operators.rules import Right
from dopusk.portal.parties import actions, forms
from dopusk.portal.parties.actions import Registered
from dopusk.portal.parties.forms import ServiceForm
from dopusk.portal.parties.pages import dialect, facts, history
from dopusk.portal.sessions.access import Person

A_PAGE = 25
of_services = right_required(Right.REGISTER_SERVICES)


@require_safe
@of_services
def list_(request: HttpRequest, person: Person) -> HttpResponse:
    """All services, by name; a part of a name or identifier narrows them."""
    sought = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found = Client.objects.order_by("name", "client_id")
    if sought:
        found = found.filter(Q(name__icontains=sought) | Q(client_id__icontains=sought))
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "parties/list.html", {"page": page, "q": sought})


@require_http_methods(["GET", "HEAD", "POST"])
@of_services
def add(request: HttpRequest, person: Person) -> HttpResponse:
    """Register a service. Its secret stands on the answer to the form, and nowhere else."""
    form = ServiceForm(request.POST if request.method == "POST" else None, initial=forms.NEW)
    if form.is_valid():
        try:
            made = actions.add(form.cleaned_data["client_id"], form.values(), **_by(person))
        except RegistrationRefused as error:
            form.refused(error)
        else:
            if made.client.auth_method == "esia":
                messages.success(request, _("Сервис зарегистрирован. Осталось добавить сертификат."))
                return redirect("parties:esia", made.client.pk)
            return _done(request, made, "added")
    return _form(request, form, None)


@require_safe
@of_services
def service(request: HttpRequest, person: Person, client_id: str) -> HttpResponse:
    """What is registered, what to pass on to the service, what was done with it."""
    client = get_object_or_404(Client, pk=client_id)
    context = {
        "client": client,
        "facts": facts(client),
        "history": history(client_id),
        "dialect": dialect(client),
        "issuer": settings.PORTAL_URL,
    }
    return render(request, "parties/service.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@of_services
def change(request: HttpRequest, person: Person, client_id: str) -> HttpResponse:
    """Change a service; what another operator did meanwhile is not undone unseen."""
    client = get_object_or_404(Client, pk=client_id)
    form = ServiceForm(
        request.POST if request.method == "POST" else None, initial=forms.shown(client), existing=client
    )
    if form.is_valid():
        version = request.POST.get("version", "")
        try:
            changed = actions.change(client_id, form.values(), version=version, **_by(person))
        except RegistrationRefused as error:
            form.refused(error)
        else:
            if changed.secret:
                return _done(request, changed, "changed")
            messages.success(request, _("Сохранено. Изменения подействуют через несколько секунд."))
            return redirect("parties:service", client_id)
    return _form(request, form, client)


@require_http_methods(["GET", "HEAD", "POST"])
@of_services
def secret(request: HttpRequest, person: Person, client_id: str) -> HttpResponse:
    """Ask once more, then give the service a new secret in place of the old one."""
    client = get_object_or_404(Client, pk=client_id, auth_method="client_secret_basic")
    if request.method == "POST":
        fresh = clients.change_secret(client_id, **_by(person))
        return _done(request, Registered(client, fresh), "secret")
    return render(request, "parties/secret.html", {"client": client})


@require_http_methods(["GET", "HEAD", "POST"])
@of_services
def disable(request: HttpRequest, person: Person, client_id: str) -> HttpResponse:
    """Ask once more, then serve it no more."""
    client = get_object_or_404(Client, pk=client_id)
    if request.method == "POST":
        clients.disable(client_id, **_by(person))
        messages.success(request, _("«%(name)s» отключён.") % {"name": _(client.name)})
        return redirect("parties:service", client_id)
    return render(request, "parties/disable.html", {"client": client})


@require_POST
@of_services
def enable(request: HttpRequest, person: Person, client_id: str) -> HttpResponse:
    """Serve it again."""
    client = get_object_or_404(Client, pk=client_id)
    clients.enable(client_id, **_by(person))
    messages.success(request, _("«%(name)s» снова включён.") % {"name": _(client.name)})
    return redirect("parties:service", client_id)


def _by(person: Person) -> dict[str, Any]:
    return {"actor": str(person.sub), "session": str(person.sid)}


def _form(request: HttpRequest, form: ServiceForm, client: Client | None) -> HttpResponse:
    context = {
        "form": form,
        "client": client,
        "code": first_code(form),
        "version": clients.version_of(client) if client else "",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "parties/form.html", context, status=status)


@never_cache
def _done(request: HttpRequest, made: Registered, what: str) -> HttpResponse:
    context = {"client": made.client, "secret": made.secret, "what": what, "issuer": settings.PORTAL_URL}
    return render(request, "parties/done.html", context)
