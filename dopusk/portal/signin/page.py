"""The sign-in page, rendered once per language and service; each answer stamps its own token and addresses in.

Everybody who signs in anywhere opens this page, and apart from a few values it is always the same text.
"""

import functools
import re
from html import escape
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from dopusk.kernel import sandbox, trace
from dopusk.portal.clients.rules import Registration
from dopusk.portal.signin.forms import SigninForm
from dopusk.portal.signin.ways import WAYS
from dopusk.web.design.context import page as page_context

# Marks no template and no name of a service contains.
MARKS: Final = {
    "csrf_token": "@@csrf-goes-here@@",
    "next": "@@next-goes-here@@",
    "identifier": "@@identifier-goes-here@@",
    "next_quoted": "@@quoted-next-goes-here@@",
    "path": "@@path-goes-here@@",
    "trace_id": "@@trace-goes-here@@",
}


_MARK: Final = re.compile(f"({'|'.join(MARKS.values())})")


def context(client: Registration | None) -> dict[str, Any]:
    """What the template needs besides the form's own values."""
    return {
        "client": client,
        "support": settings.PORTAL_SUPPORT,
        "ways": [way for way in WAYS.values() if way.offered()],
        "known_people": sandbox.PEOPLE if settings.SANDBOX else (),
        "known_password": sandbox.PASSWORD if settings.SANDBOX else "",
    }


def stamped(
    *,
    language: str,
    client: Registration | None,
    csrf_token: str,
    next_path: str,
    path: str,
    identifier: str,
) -> str:
    """The page for one visitor. identifier: what already stands in the field, or an empty text."""
    stamps = {
        "csrf_token": csrf_token,
        "next": next_path,
        "next_quoted": quote(next_path, safe=""),
        "path": path,
        "identifier": identifier,
        "trace_id": trace.current(),
    }
    escaped = {MARKS[name]: escape(value) for name, value in stamps.items()}
    return "".join([escaped.get(part, part) for part in _rendered(language, client)])


@functools.lru_cache(maxsize=256)
def _rendered(language: str, client: Registration | None) -> list[str]:
    """The page, cut at its marks: what a visitor brings along is never searched for them."""
    with translation.override(language):
        values = {
            **page_context(None),
            **context(client),
            "form": SigninForm(initial={"identifier": MARKS["identifier"]}),
            **MARKS,
        }
        return _MARK.split(render_to_string("signin/signin.html", values))
