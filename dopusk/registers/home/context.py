"""The site's navigation, for every page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Sections of the registers; people and switches only in the sandbox."""
    places = [("/", _("О регистрах")), (reverse("api:openapi-view"), _("Программный интерфейс"))]
    if settings.SANDBOX:
        places[1:1] = [
            (reverse("workers:index"), _("Медицинские работники")),
            (reverse("pki:index"), _("Удостоверяющий центр")),
            (reverse("faults:index"), _("Выключатели")),
        ]
    return {
        "nav": [
            {
                "url": url,
                "label": label,
                "current": request.path == url or (url != "/" and request.path.startswith(url)),
            }
            for url, label in places
        ]
    }
