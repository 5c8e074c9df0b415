"""What every page knows about where it stands: the context processor of `design/page.html`."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dopusk.kernel import trace

NAMES = {
    "portal": _("Портал личности"),
    "cabinet": _("Кабинет аккредитации"),
    "registers": _("Учебные регистры"),
}


# pages of the sandbox alone, beside the sites: (name of the address, words); slices add theirs in apps.py
SANDBOX_PAGES: list[tuple[str, Promise]] = []


def page(request: HttpRequest | None = None) -> dict[str, Any]:
    """Site, its neighbours, sandbox mark and trace id; reads no database.

    A site's own processor stands after this one and overrides `person` (display name or None), `nav`
    (list of {"url", "label", "current"}) and `signout_url`; it may add `foot`, a template at the end of the page, and
    `support`, how people reach those who help.
    """
    here: str = settings.SITE
    addresses = {
        "portal": settings.PORTAL_URL,
        "cabinet": settings.CABINET_URL,
        "registers": settings.REGISTERS_URL,
    }
    path = request.path if request else ""
    own = [(reverse(name), words) for name, words in SANDBOX_PAGES] if settings.SANDBOX else []
    return {
        "site": here,
        "site_name": NAMES[here],
        "sandbox": settings.SANDBOX,
        "sites": [
            {"url": f"{address}/", "label": NAMES[site], "current": site == here}
            for site, address in addresses.items()
            if site == here or not settings.ALONE
        ]
        + [{"url": url, "label": words, "current": url == path} for url, words in own],
        "person": None,
        "nav": [],
        "signout_url": None,
        "trace_id": trace.current(),
        "path": request.get_full_path() if request else "/",
    }
