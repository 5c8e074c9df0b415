"""«Кабинет управления сертификатами»."""

import uuid
from contextlib import suppress
from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dopusk.portal.accounts.models import Account
from dopusk.portal.certificates import actions, rules, shown, words
from dopusk.portal.certificates.actions import NotDone
from dopusk.portal.certificates.forms import BlockForm
from dopusk.portal.certificates.models import Certificate
from dopusk.portal.sessions.access import Person, person_required, place_of, proof_required
from dopusk.portal.signin import otherwise, steps
from dopusk.portal.signin.rules import safe_next
from dopusk.portal.told import SENTENCES
from dopusk.web.journal.models import Entry
from dopusk.web.signing import actions as signing
from dopusk.web.signing import pages, sessions, turns, uploads
from dopusk.web.signing.actions import Act, Examined, Spent
from dopusk.web.signing.models import Challenge

A_PAGE, A_FEW = 20, 20


@require_safe
@person_required
def list_(request: HttpRequest, person: Person) -> HttpResponse:
    """Her certificates, those in use first."""
    page = Paginator(Certificate.objects.of(person.sub), A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": [shown.row(one) for one in page], "level": person.level}
    return render(request, "certificates/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@proof_required
def add(request: HttpRequest, person: Person) -> HttpResponse:
    """Put one in: by a text that only its key can sign. `next` is kept for one on her way to a service."""
    next_path = safe_next((request.POST if request.method == "POST" else request.GET).get("next", "/"))
    if person.level != rules.CONFIRMED:
        return render(
            request, "certificates/not_confirmed.html", {"next": next_path}, status=HTTPStatus.FORBIDDEN
        )
    if request.method != "POST":
        return _ask(request, person, next_path)
    place = place_of(request)
    if otherwise.knock(place):
        return _ask(request, person, next_path, code="signin_held")
    examined = uploads.examined(request, actions.PURPOSE, _object_key(person))
    if examined.good:
        otherwise.welcome(place)
    return _added(request, person, next_path, examined)


def _added(request: HttpRequest, person: Person, next_path: str, examined: Examined) -> HttpResponse:
    try:
        certificate = actions.add(person.sub, examined, session=str(person.sid))
    except Spent as spent:
        return _ask(request, person, next_path, examined, spent.code)
    except NotDone as refused:
        return _ask(request, person, next_path, examined, refused.code)
    _say_added(request, certificate, person)
    if next_path != "/":
        return steps.seen_off(next_path, next_path)
    return _see(certificate)


def _ask(
    request: HttpRequest, person: Person, next_path: str, examined: Examined | None = None, code: str = ""
) -> HttpResponse:
    """The text to be signed; after a refusal the same one, as long as it is good."""
    own = code in words.SENTENCES
    same = not (own or code in pages.OVER)  # the text may still be signed
    challenge = pages.again(examined) if examined and same else None
    if challenge is None:
        challenge = _challenge(request, person)
    why = examined.why if examined else ""
    context = {
        "signing": pages.page(challenge, code="" if own else code, why=why),
        "next": next_path,
        "code": code,
        "refusal": words.SENTENCES.get(code),
        "help_url": pages.help_url(),
    }
    if code == "certificate_added_already" and examined and (hers := _hers(person, examined)):
        context["there"] = hers.get_absolute_url()
    status = HTTPStatus.UNPROCESSABLE_ENTITY if code else HTTPStatus.OK
    return render(request, "certificates/add.html", context, status=status)


def _hers(person: Person, examined: Examined) -> Certificate | None:
    signer = examined.validation.signer if examined.validation else None
    if signer is None:
        return None
    return actions.hers(person.sub, signer)


def _challenge(request: HttpRequest, person: Person) -> Challenge:
    lines = (  # a document: Russian on pages of any language
        "Владелец ключа и учётной записи на портале — одно лицо.",
        f"Учётная запись: {person.short_name}",
        "После подписания по этому сертификату можно входить на портал.",
    )
    title = "Добавление сертификата в кабинет на портале «допуск»"
    act = Act(actions.PURPOSE, _object_key(person), title, lines)
    return signing.ask(
        act, session=sessions.of(request), owner=str(person.sub), origin=sessions.origin(request)
    )


def _object_key(person: Person) -> str:
    """A text of one sign-in serves no other, not even in the same browser."""
    return f"session:{person.sid}"


def _say_added(request: HttpRequest, certificate: Certificate, person: Person) -> None:
    messages.success(request, _("Сертификат добавлен. Теперь по нему можно войти."))
    different = shown.differences(certificate.owner(), Account.objects.get(pk=person.sub))
    if different:
        words_ = _("СНИЛС совпал, поэтому сертификат Ваш, но имя в нём другое. %(what)s.")
        messages.warning(request, words_ % {"what": "; ".join(different)})


@require_safe
@person_required
def certificate(request: HttpRequest, person: Person, which: uuid.UUID) -> HttpResponse:
    """What it says, how it stands and who says so, what happened to it."""
    one = _one(person, which)
    standing = one.standing()
    word, colour = words.STANDINGS[standing]
    entries = Entry.objects.filter(object=one.object_key, subject=str(person.sub)).order_by("-number")
    page = Paginator(entries, A_FEW).get_page(request.GET.get("page"))
    detail = words.say(one.code).why if one.code and standing is rules.Standing.UNTRUSTED else ""
    context = {
        "one": one,
        "owner": one.owner(),
        "standing": standing,
        "status": word,
        "colour": colour,
        "follows": words.FOLLOWS[standing],
        "detail": detail,
        "reason": words.REASONS[rules.Reason(one.block_reason)][0] if one.block_reason else "",
        "for_ever": one.block_reason in rules.FOR_EVER,
        "soon": shown.row(one).soon,
        "rows": shown.details(one),
        "chain": shown.chain(one),
        "answers": shown.answers(one),
        "revoked_at": shown.revoked_at(one),
        "differences": shown.differences(one.owner(), Account.objects.get(pk=person.sub)),
        "page": page,
        "history": [{"at": entry.at, "words": SENTENCES.say(entry.words)} for entry in page],
    }
    return render(request, "certificates/certificate.html", context)


@require_POST
@person_required
def check(request: HttpRequest, person: Person, which: uuid.UUID) -> HttpResponse:
    """Ask the issuers now."""
    one = _one(person, which)
    known: bool | None = None
    if not otherwise.knock(place_of(request)):
        with suppress(turns.Busy), turns.turn():
            one, known = actions.check(one, session=str(person.sid))
    word = words.STANDINGS[one.standing()][0]
    if known is None:
        messages.warning(request, _("Проверок сейчас слишком много. Попробуйте через минуту."))
    elif known:
        messages.success(request, _("Проверено сейчас: %(word)s.") % {"word": str(word).lower()})
    else:
        messages.warning(request, _("Узнать ничего нового не удалось. Попробуйте через несколько минут."))
    return _see(one)


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def block(request: HttpRequest, person: Person, which: uuid.UUID) -> HttpResponse:
    """No sign-in by it from now on."""
    one = _one(person, which)
    form = BlockForm(request.POST if request.method == "POST" else None)
    if one.blocked_at:
        return _see(one)
    if request.method != "POST" or not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        context = {"one": one, "form": form}
        return render(request, "certificates/block.html", context, status=status)
    reason = rules.Reason(form.cleaned_data["reason"])
    try:
        ended = actions.block(person.sub, one.pk, reason, session=str(person.sid), but=person.sid)
    except NotDone:  # blocked by another page of hers this very moment
        return _see(one)
    told = _("Сертификат заблокирован, войти по нему больше нельзя.")
    if ended:
        further = ngettext("Завершён %(n)s вход по нему.", "Завершено входов по нему: %(n)s.", ended)
        told = f"{told} {further % {'n': ended}}"
    messages.success(request, told)
    return _see(one)


@require_safe
@person_required
def file(request: HttpRequest, person: Person, which: uuid.UUID) -> HttpResponse:
    """The certificate itself, DER."""
    one = _one(person, which)
    response = HttpResponse(one.der, content_type="application/pkix-cert")
    response["Content-Disposition"] = f'attachment; filename="certificate-{one.serial[-8:]}.cer"'
    response["Cache-Control"] = "private, no-store"
    return response


def _one(person: Person, which: uuid.UUID) -> Certificate:
    found = Certificate.objects.of(person.sub).filter(pk=which).first()
    if found is None:
        raise Http404
    return found


def _see(one: Certificate) -> HttpResponse:
    response = redirect("certificates:certificate", one.pk)
    response.status_code = HTTPStatus.SEE_OTHER
    return response
