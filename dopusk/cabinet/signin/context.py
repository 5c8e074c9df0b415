"""What every page of the cabinet knows about the person: her name, her sections, the way out."""

from collections.abc import Callable
from typing import Any

from django.db import Error as DatabaseError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dopusk.cabinet.signin import access, alive
from dopusk.cabinet.signin.models import Person

# sections as the contract of addresses names them; later slices are not imported here
EVERYONE = (
    ("/", _("Главная")),
    ("/applications/", _("Заявления")),
    ("/profile/", _("Мои данные")),
    ("/notices/", _("Уведомления")),
    ("/journal/", _("Журнал")),
)
BY_ROLE = (
    ({"registrar"}, "/review/", _("Приём заявлений")),
    ({"chair", "secretary", "commissioner"}, "/commission/", _("Комиссия")),
)


# How many new things wait in a section; later slices put their counts here (address → function of the person).
badges: dict[str, Callable[[Person], int]] = {}


def page(request: HttpRequest) -> dict[str, Any]:
    """`person`, `nav`, `signout_url`, `foot` for `design/page.html`; nobody's if the database does not answer."""
    try:
        person = access.person_of(request)
        held = access.roles(person) if person else frozenset()
        new = {url: count(person) for url, count in badges.items()} if person else {}
    except DatabaseError:
        return {}
    if person is None:
        return {}
    sections = [*EVERYONE, *((url, label) for wanted, url, label in BY_ROLE if held & wanted)]
    here = request.path
    nav = [
        {
            "url": url,
            "label": f"{label} ({new[url]})" if new.get(url) else label,
            "current": here == url or (url != "/" and here.startswith(url)),
        }
        for url, label in sections
    ]
    known = {"person": person.short_name, "nav": nav, "signout_url": reverse("signin:leave")}
    return {**known, **alive.foot(person)}
