"""The list of services and the page of each."""

from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dopusk.portal.accounts.models import Account, Identifier
from dopusk.portal.services import rules
from dopusk.portal.sessions.access import Person, current


@require_safe
def list_(request: HttpRequest) -> HttpResponse:
    """What the portal leads to."""
    return render(request, "services/list.html")


@require_safe
def accreditation(request: HttpRequest) -> HttpResponse:
    """«Аккредитация медицинских работников»: what it is, what is needed, what this person lacks."""
    person = current(request)
    needs = rules.accreditation_needs(_portrait(person) if person else None)
    titles = {
        "signed_in": (_("Вход на портал"), _("Телефон, почта, СНИЛС или ИНН и пароль.")),
        "contact": (
            _("Подтверждённый телефон или почта"),
            _("Туда придут сообщения о ходе заявления."),
        ),
        "snils": (_("СНИЛС в учётной записи"), _("По нему Вас находят в регистре медработников.")),
        "confirmed": (
            _("Подтверждённая учётная запись"),
            _("Личность сверена с паспортом. Без этого подать заявление нельзя."),
        ),
        "cooling": (
            _("Несколько дней после восстановления доступа"),
            _("Сервисы пока закрыты: так чужой не успеет воспользоваться доступом. Нужно подождать."),
        ),
    }
    here = quote(request.path, safe="/")
    remedies = {
        "contact": ("/contacts/", _("Подтвердить телефон или почту")),
        "snils": (f"/proofing/?next={here}", _("Указать СНИЛС и паспорт")),
        "confirmed": (f"/proofing/?next={here}", _("Подтвердить личность")),
    }
    lacking = [need.code for need in needs if not need.met]
    context = {
        "needs": [
            {
                "need": need,
                "title": titles[need.code][0],
                "hint": titles[need.code][1],
                "remedy": remedies.get(need.code) if person and not need.met else None,
            }
            for need in needs
        ],
        "lacking": [titles[code][0] for code in lacking],
        "remedy": next((remedies[code] for code in ("confirmed", "contact") if code in lacking), None),
        "stranger": person is None,
        "admitted": person is None or not lacking,  # the cabinet opens to nobody else
        "start_url": f"{settings.CABINET_URL}/signin/",
    }
    return render(request, "services/accreditation.html", context)


def _portrait(person: Person) -> rules.Portrait:
    verified = dict(Identifier.objects.filter(account_id=person.sub).values_list("kind", "verified_at"))
    return rules.Portrait(
        level=person.level,
        snils="snils" in verified,
        phone_verified=bool(verified.get("phone")),
        email_verified=bool(verified.get("email")),
        cooling=Account.objects.filter(pk=person.sub, cooling_until__gt=timezone.now()).exists(),
    )
