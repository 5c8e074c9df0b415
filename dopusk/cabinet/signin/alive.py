"""Whether the person of an open page is still signed in; asked by the page itself, it is no use of the session."""

from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from dopusk.cabinet.signin import access
from dopusk.cabinet.signin.models import Person
from dopusk.trust.sealing import blind_index

FOOT: Final = "signin/alive.html"


def owner(person_key: object) -> str:
    """By which a page names its person without telling who she is. person_key: the primary key."""
    return blind_index(settings.SEALING_KEY, "page owner", str(person_key)).hex()[:16]


def foot(person: Person) -> dict[str, Any]:
    """For the context of her pages: `foot` (the template of their end) and the address they ask at."""
    return {"foot": FOOT, "alive_url": f"{reverse('signin:alive')}?{urlencode({'owner': owner(person.pk)})}"}


def over(request: HttpRequest, wanted: str) -> str:
    """Why a page of the owner `wanted` is to be covered: "left", "idle", "other"; empty if she is still in.

    The session is read beside the request's own, so the middleware neither writes it nor deletes the cookie of
    one that is gone: by the time of this answer the browser may have the cookie of a new one.
    """
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    kept = import_module(settings.SESSION_ENGINE).SessionStore(key).load() if key else {}
    person = kept.get(access.KEY)
    if person is None:
        return "left"
    if access.run_out(kept, timezone.now().timestamp()):
        return "idle"
    return "" if owner(person) == wanted else "other"
