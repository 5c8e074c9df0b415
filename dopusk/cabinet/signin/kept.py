"""Forms that came when the session was over or the page had grown old.

The fields rest sealed for half an hour under a random handle that only the person's browser has; the page
the form stood on takes them back. Files are not kept: the page asks to choose them again.

Anybody may send a form without a session, so what is kept has its limits: each browser's oldest forms make
room for its new ones, and of all forms first those of strangers, so that no flood of theirs sweeps out what a
person typed who had signed in. Network addresses are not counted: behind the proxy all are one.
"""

import hashlib
import json
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from dopusk.cabinet.signin.models import KeptForm
from dopusk.trust.sealing import SealBroken, Sealer

COOKIE = "cabinet_kept"
LIFETIME = timedelta(minutes=30)
LARGEST = 64 * 1024  # bytes of typed text
MOST_OF_BROWSER = 20  # forms
MOST = 2000  # forms of all browsers: 128 MB at the very most
OURS = {"csrfmiddlewaretoken"}


def page_of(request: HttpRequest) -> str:
    """The page to come back to: for a form, the page it stood on; a path that no browser takes for another site."""
    if request.method == "GET":
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    ours = f"{came_from.scheme}://{came_from.netloc}" == _origin(request) and came_from.path.startswith("/")
    if ours and url_has_allowed_host_and_scheme(came_from.path, None):
        return came_from.path
    return request.path


def keep(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Keep the fields of this POST and give the browser the handle; False if there is nothing to keep, or no room.

    Only a form of our own page is kept, so that no other site can fill in ours.
    """
    if request.headers.get("Origin", _origin(request)) != _origin(request):
        return False
    fields = {name: values for name, values in request.POST.lists() if name not in OURS}
    text = json.dumps({"fields": fields, "files": sorted(request.FILES)}).encode()
    if not fields or len(text) > LARGEST:
        return False
    handle = request.COOKIES.get(COOKIE) or secrets.token_urlsafe(32)
    index = _index(handle, request.path)
    browser = hashlib.sha256(f"kept browser {handle}".encode()).digest()
    KeptForm.objects.update_or_create(
        handle=index,
        defaults={
            "browser": browser,
            "known": not request.session.is_empty(),  # only a sign-in puts anything into a session
            "sealed": Sealer(settings.SEALING_KEY).seal(f"kept {index.hex()}", text),
            "created_at": timezone.now(),
        },
    )
    if index in _make_room(browser):
        return False
    response.set_cookie(
        COOKIE,
        handle,
        max_age=int(LIFETIME.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return True


def values(request: HttpRequest, action: str = "") -> QueryDict | None:
    """What was typed into the form that is sent to `action` (by default to this very path), if it was kept.

    `request.kept_files` then holds the names of file fields that have to be chosen again.
    """
    row = _row(request, action or request.path)
    if row is None:
        return None
    try:
        opened = Sealer(settings.SEALING_KEY).open(f"kept {bytes(row.handle).hex()}", bytes(row.sealed))
    except SealBroken:
        return None
    content = json.loads(opened)
    found = QueryDict(mutable=True)
    for name, listed in content["fields"].items():
        found.setlist(name, listed)
    found._mutable = False  # noqa: SLF001 - Django's own way to freeze a QueryDict
    request.kept_files = content["files"]  # type: ignore[attr-defined]
    return found


def forget(request: HttpRequest, response: HttpResponseBase) -> None:
    """Delete what was kept for the path of this request, once the form has reached its view."""
    if row := _row(request, request.path):
        row.delete()


def purge() -> int:
    """Delete forms kept longer than half an hour; how many."""
    return KeptForm.objects.filter(created_at__lt=timezone.now() - LIFETIME).delete()[0]


def _make_room(browser: bytes) -> set[bytes]:
    """Delete the forms beyond the limits; their handles. Each limit asks one index."""
    of_browser = KeptForm.objects.filter(browser=browser).order_by("-created_at")[MOST_OF_BROWSER:]
    of_all = KeptForm.objects.order_by("-known", "-created_at")[MOST:]
    beyond = {bytes(key) for rows in (of_browser, of_all) for key in rows.values_list("pk", flat=True)}
    if beyond:
        with transaction.atomic():
            # a row that another request holds is being deleted or renewed there: waiting could only end in a deadlock
            ours = KeptForm.objects.filter(pk__in=beyond).select_for_update(skip_locked=True)
            KeptForm.objects.filter(pk__in=[bytes(row) for row in ours.values_list("pk", flat=True)]).delete()
    return beyond


def _row(request: HttpRequest, action: str) -> KeptForm | None:
    handle = request.COOKIES.get(COOKIE)
    if not handle:
        return None
    young = KeptForm.objects.filter(created_at__gte=timezone.now() - LIFETIME)
    return young.filter(handle=_index(handle, action)).first()


def _index(handle: str, action: str) -> bytes:
    """One browser may have several forms kept: the row is found by its handle and the form's address together."""
    return hashlib.sha256(f"kept form {handle} {action}".encode()).digest()


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
