"""Pages «Второй шаг входа»: what she has, adding, taking away, when it is asked."""

import time
import uuid
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dopusk.kernel import sandbox
from dopusk.portal.accounts.models import Account
from dopusk.portal.factors import access, actions, passkeys, rules
from dopusk.portal.factors.access import whole_proof_required
from dopusk.portal.factors.forms import AskForm, NameForm, TotpForm
from dopusk.portal.factors.models import Passkey, RecoveryCode, Totp
from dopusk.portal.factors.rules import Ask, Kind
from dopusk.portal.operators.access import TWO_FACTORS
from dopusk.portal.sessions.access import Person, renew
from dopusk.portal.sessions.actions import prove_again
from dopusk.portal.sessions.rules import device

NO_SUCH = "no_factor"


@require_GET
@whole_proof_required
def list_(request: HttpRequest, person: Person) -> HttpResponse:
    """What she has, and when it is asked."""
    return _list(request, person, AskForm({"ask": actions.policy(person.sub).ask}))


@require_POST
@whole_proof_required
def ask(request: HttpRequest, person: Person) -> HttpResponse:
    """When the second step is asked."""
    form = AskForm(request.POST)
    if form.is_valid():
        code = actions.set_ask(person.sub, Ask(form.cleaned_data["ask"]), session=str(person.sid))
        if code is None:
            messages.success(request, _("Сохранено."))
            return _to_list()
        return _list(request, person, form, refused=code, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _list(request, person, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_http_methods(["GET", "HEAD", "POST"])
@whole_proof_required
def totp(request: HttpRequest, person: Person) -> HttpResponse:
    """The picture for the app, and its first code; then recovery codes, if she has none."""
    form = TotpForm(request.POST) if request.method == "POST" else TotpForm()
    if form.is_bound and form.is_valid():
        if actions.finish_totp(person.sub, form.cleaned_data["code"], session=str(person.sid)):
            messages.success(request, _("Приложение добавлено. Теперь после пароля мы спросим код из него."))
            return _proved(_codes_or_list(person), person, "otp")
        wrong = _("Код не подошёл. Введите тот, который приложение показывает сейчас.")
        form.add_error("code", ValidationError(wrong, code="totp_wrong"))
    secret = actions.begin_totp(person.sub)
    address = rules.address(secret, name=_login(person), issuer=passkeys.RP_NAME)
    picture = segno.make(address, error="m", micro=False)
    context = {
        "form": form,
        "picture": picture.svg_data_uri(scale=5, border=4, light="white"),
        "written": rules.written(secret),
        "address": address,
        "replaces": actions.methods(person.sub).totp,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "factors/totp.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@whole_proof_required
def codes(request: HttpRequest, person: Person) -> HttpResponse:
    """Recovery codes: GET says how many are left, POST makes ten new ones and shows them this once."""
    have = actions.methods(person.sub)
    if not have.strong:
        return _to_list()
    asked = request.POST if request.method == "POST" else request.GET
    context: dict[str, Any] = {"left": have.recovery_codes_left, "next": _next(asked.get("next", ""))}
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        made = actions.make_recovery_codes(person.sub, session=str(person.sid), replaces=seen)
        text = "\r\n".join([f"{settings.PORTAL_URL}", *made, ""])
        context |= {"made": made, "file": f"data:text/plain;charset=utf-8,{quote(text)}", "twice": not made}
    context["seen"] = actions.recovery_codes_mark(person.sub)
    return render(request, "factors/codes.html", context)


@require_GET
@whole_proof_required
def add_passkey(request: HttpRequest, person: Person) -> HttpResponse:
    """Where a passkey is made; the browser does it by passkeys.js."""
    words = device(request.headers.get("User-Agent", ""))
    form = NameForm(initial={"name": words})
    context = {"form": form, "next": _next(request.GET.get("next", ""))}
    return render(request, "factors/add_passkey.html", context)


@require_POST
@whole_proof_required
def passkey_options(request: HttpRequest, person: Person) -> HttpResponse:
    """JSON for `navigator.credentials.create()`."""
    begun = passkeys.begin_registration(
        person.sub, _binding(person), name=_login(person), display_name=_full_name(person)
    )
    return access.refusal(begun) if isinstance(begun, passkeys.Refused) else JsonResponse(begun)


@require_POST
@whole_proof_required
def passkey_finish(request: HttpRequest, person: Person) -> HttpResponse:
    """Keep what the browser has made; JSON with where to go."""
    answer = access.answer_of(request)
    form = NameForm({"name": answer.get("name")})
    if not form.is_valid():
        return access.refusal(passkeys.Refused(f"name_{form.errors.as_data()['name'][0].code}"))
    name = form.cleaned_data["name"]
    made = passkeys.finish_registration(
        person.sub, _binding(person), answer, name=name, session=str(person.sid)
    )
    if isinstance(made, passkeys.Refused):
        return access.refusal(made)
    messages.success(request, _("Ключ доступа добавлен. Теперь можно входить без пароля."))
    onward = access.onward(_codes_or_list(person, _next(str(answer.get("next", ""))))["Location"])
    return _proved(onward, person, "swk" if made.may_sync else "hwk")


@require_http_methods(["GET", "HEAD", "POST"])
@whole_proof_required
def rename_passkey(request: HttpRequest, person: Person, passkey: uuid.UUID) -> HttpResponse:
    """Another name for a passkey."""
    found = Passkey.objects.filter(account_id=person.sub, pk=passkey).first()
    if found is None:
        raise Http404
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": found.name})
    if form.is_bound and form.is_valid():
        passkeys.rename(person.sub, passkey, form.cleaned_data["name"])
        return _to_list()
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "factors/rename_passkey.html", {"form": form, "passkey": found}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@whole_proof_required
def remove_passkey(request: HttpRequest, person: Person, passkey: uuid.UUID) -> HttpResponse:
    """Asks once more, then takes a passkey away."""
    found = Passkey.objects.filter(account_id=person.sub, pk=passkey).first()
    if found is None:
        raise Http404
    return _remove(request, person, Kind.PASSKEY, found)


@require_http_methods(["GET", "HEAD", "POST"])
@whole_proof_required
def remove_totp(request: HttpRequest, person: Person) -> HttpResponse:
    """Asks once more, then takes the app away."""
    return _remove(request, person, Kind.TOTP)


@require_http_methods(["GET", "HEAD", "POST"])
@whole_proof_required
def remove_sms(request: HttpRequest, person: Person) -> HttpResponse:
    """Asks once more, then codes by SMS are no second step."""
    return _remove(request, person, Kind.SMS)


@require_POST
@whole_proof_required
def add_sms(request: HttpRequest, person: Person) -> HttpResponse:
    """Let a code by SMS be a second step."""
    code = actions.turn_on_sms(person.sub, session=str(person.sid))
    if code is None:
        messages.success(request, _("Код по СМС можно использовать как второй шаг входа."))
        # the list would ask at once for the code she has just turned on: `/security/` says the same and asks nothing
        whole = TWO_FACTORS in person.amr
        return _to_list() if whole else HttpResponseRedirect("/security/", status=HTTPStatus.SEE_OTHER)
    form = AskForm({"ask": actions.policy(person.sub).ask})
    return _list(request, person, form, refused=code, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_GET
def sandbox_code(request: HttpRequest) -> HttpResponse:
    """The codes that apps of the known people show now; outside the sandbox there is no such page."""
    if not settings.SANDBOX:
        raise Http404
    moment = time.time()
    shown = [
        {"who": person, "code": actions.known_code(person, moment)}
        for person in sandbox.PEOPLE
        if person.totp_secret
    ]
    left = rules.PERIOD - int(moment) % rules.PERIOD
    return render(request, "factors/sandbox_code.html", {"shown": shown, "seconds": left})


def _remove(request: HttpRequest, person: Person, kind: Kind, found: Passkey | None = None) -> HttpResponse:
    have = actions.methods(person.sub)
    code = rules.fault_of_removal(have, kind, operator=actions.is_operator(person.sub))
    if request.method == "POST" and code is None:
        code = actions.remove(person.sub, kind, found.pk if found else None, session=str(person.sid))
        if code in {None, NO_SUCH}:
            messages.success(request, _("Способ убран."))
            return _to_list()
    last = kind is not Kind.SMS and int(have.totp) + have.passkeys == 1
    context = {"kind": kind.value, "passkey": found, "refused": code, "last": last or not have.strong}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if code else HTTPStatus.OK
    return render(request, "factors/remove.html", context, status=status)


def _list(
    request: HttpRequest,
    person: Person,
    form: AskForm,
    *,
    refused: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    account = Account.objects.get(pk=person.sub)
    have = actions.methods(person.sub)
    operator = actions.is_operator(person.sub)
    codes_of = RecoveryCode.objects.filter(account=account)
    context = {
        "form": form,
        "refused": refused,
        "have": have,
        "on": actions.required(account) and have.any,
        "operator": operator,
        "sms_on": have.sms and account.second_factor,
        "app": Totp.objects.filter(account=account, confirmed_at__isnull=False).first(),
        "passkeys": Passkey.objects.filter(account=account).order_by("created_at"),
        "codes_made": codes_of.values_list("made_at", flat=True).first(),
        "whole": rules.CODES,
    }
    return render(request, "factors/list.html", context, status=status)


def _to_list() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("factors:list"), status=HTTPStatus.SEE_OTHER)


def _codes_or_list(person: Person, onward: str = "") -> HttpResponseRedirect:
    """After the first app or passkey come the recovery codes; then on to where she was going."""
    if actions.methods(person.sub).recovery_codes_left:
        return HttpResponseRedirect(onward or reverse("factors:list"), status=HTTPStatus.SEE_OTHER)
    codes_page = reverse("factors:codes")
    if onward:
        codes_page += f"?{urlencode({'next': onward})}"
    return HttpResponseRedirect(codes_page, status=HTTPStatus.SEE_OTHER)


def _next(path: str) -> str:
    """Where she was going when a passkey was offered: a path of this site, or an empty text."""
    ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if ours else ""


def _binding(person: Person) -> str:
    return f"session {person.sid}"


def _proved(response: HttpResponse, person: Person, how: str) -> HttpResponse:
    """Who has just shown a new factor has shown two in this session, which gets another cookie (ASVS 5.0 7.2.4)."""
    prove_again(person.sid, list(dict.fromkeys([*person.amr, how, "mfa"])))
    renew(response, person.sid)
    return response


def _full_name(person: Person) -> str:
    return " ".join(part for part in (person.last_name, person.first_name, person.patronymic) if part)


def _login(person: Person) -> str:
    """What tells this account from others in an app: her e-mail or telephone."""
    opened = Account.objects.get(pk=person.sub).opened()
    return opened.get("email") or opened.get("phone") or person.short_name
