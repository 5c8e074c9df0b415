"""What every page of the portal shows in its head: who is signed in and where to go."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from dopusk.portal.operators.access import rights_here
from dopusk.portal.security import idle
from dopusk.portal.sessions.access import current

# pages of a section that stand elsewhere
FURTHER: Final = {"/security/": ("/certificates/",)}


def page(request: HttpRequest) -> dict[str, Any]:
    """Overrides `person`, `nav` and `signout_url` of the shared page, and says who helps."""
    person = current(request)
    links = [(reverse("services:list"), _("Услуги"))]
    if person:
        links = [
            (reverse("home:home"), _("Главная")),
            *links,
            (reverse("profile:profile"), _("Профиль")),
            ("/security/", _("Безопасность")),  # slices security and factors share it
            (reverse("consents:list"), _("Разрешения")),
            (reverse("home:journal"), _("Журнал")),
        ]
    if rights_here(request):
        links.append((reverse("operators:desk"), _("Рабочее место")))
    return {
        "person": person.short_name if person else None,
        "nav": [{"url": url, "label": label, "current": _here(request, url)} for url, label in links],
        "support": settings.PORTAL_SUPPORT,
        "signout_url": reverse("signin:signout") if person else None,
        **(idle.foot(person) if person else {}),
    }


def _here(request: HttpRequest, url: str) -> bool:
    """Whether the page stands in this section: `/` only on itself."""
    return request.path == url if url == "/" else request.path.startswith((url, *FURTHER.get(url, ())))
