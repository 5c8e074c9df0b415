"""Pages about the ЕСИА dialect of a service: how it speaks it, with which certificates."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dopusk.portal.accounts.fields import first_code
from dopusk.portal.clients.actions import RegistrationRefused
from dopusk.portal.clients.models import Client
from dopusk.portal.esia.models import Certificate, System
from dopusk.portal.esia.registering import disable_certificate
from dopusk.portal.operators.access import right_required
from dopusk.portal.operators.rules import Right
from dopusk.portal.parties import actions
from dopusk.portal.parties.dialect_forms import DialectForm, shown
from dopusk.portal.sessions.access import Person


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(Right.REGISTER_SERVICES)
def esia(request: HttpRequest, person: Person, client_id: str) -> HttpResponse:
    """Connect a service to the dialect, or change how it speaks it; a certificate is added here too."""
    client = get_object_or_404(Client, pk=client_id)
    system = System.objects.filter(pk=client_id).first()
    posted = request.method == "POST"
    form = DialectForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial=shown(client, system),
        client=client,
        system=system,
    )
    if form.is_valid():
        try:
            actions.speak_esia(
                client_id,
                form.certificates(),
                form.values(),
                scopes=form.all_scopes(),
                actor=str(person.sub),
                session=str(person.sid),
            )
        except RegistrationRefused as error:
            form.refused(error)
        else:
            messages.success(request, _("Сохранено. Изменения подействуют через несколько секунд."))
            return redirect("parties:service", client_id)
    context = {"form": form, "client": client, "system": system, "code": first_code(form)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "parties/esia.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(Right.REGISTER_SERVICES)
def certificate(request: HttpRequest, person: Person, client_id: str, number: int) -> HttpResponse:
    """Ask once more, then refuse what this certificate signs."""
    found = get_object_or_404(
        Certificate.objects.select_related("system__client"), pk=number, system_id=client_id, disabled_at=None
    )
    if request.method == "POST":
        disable_certificate(client_id, found.sha256, actor=str(person.sub), session=str(person.sid))
        messages.success(request, _("Сертификат отключён."))
        return redirect("parties:service", client_id)
    last = not found.system.certificates.filter(disabled_at=None).exclude(pk=number).exists()
    context = {"client": found.system.client, "certificate": found, "last": last}
    return render(request, "parties/certificate.html", context)
