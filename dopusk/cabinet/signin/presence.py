"""Sessions here and the provider's sessions behind them: so the provider can end ours."""

import hashlib
from datetime import UTC, datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.db import connection
from django.utils import timezone

from dopusk.cabinet.signin.logout_rules import Notice
from dopusk.cabinet.signin.models import EndedLogin, Presence, Subject

REMEMBER = timedelta(hours=1)  # how long a sign-in may be under way whose session is over already
KEPT = timedelta(hours=13)  # a session lives twelve


def began(session_key: str, sid: str, sub: str) -> bool:
    """Note it in the caller's transaction; False, and nothing noted, if the provider has ended that session already."""
    _alone_with(sid)
    if sid and EndedLogin.objects.filter(sid=sid).exists():
        return False
    Presence.objects.create(session_key=session_key, sid=sid, sub=sub)
    return True


def left(session_key: str) -> None:
    """Its owner ended it here."""
    Presence.objects.filter(session_key=session_key).delete()


def end(notice: Notice, issuer: str) -> tuple[bool, list[tuple[str, str]]]:
    """End what the notice names, in the caller's transaction: whether it is new, and (session key, person) of each.

    sid with a sub beside it ends that session of that account only (Back-Channel Logout §2.7).
    """
    _alone_with(notice.sid)
    ends = datetime.fromtimestamp(notice.ends, UTC)
    _row, new = EndedLogin.objects.get_or_create(
        jti=hashlib.sha256(f"{issuer} {notice.jti}".encode()).digest(),
        defaults={"sid": notice.sid, "keep_until": max(ends, timezone.now()) + REMEMBER},
    )
    if not new:
        return False, []
    wanted = {name: told for name, told in (("sid", notice.sid), ("sub", notice.sub)) if told}
    found = list(Presence.objects.filter(**wanted).values_list("session_key", "sub"))
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    for key, _sub in found:
        store.delete(key)
    Presence.objects.filter(pk__in=[key for key, _sub in found]).delete()
    people = dict(
        Subject.objects.filter(issuer=issuer, sub__in={sub for _key, sub in found}).values_list(
            "sub", "person_id"
        )
    )
    return True, [(key, people[sub]) for key, sub in found if sub in people]


def purge() -> None:
    """Forget what has run out."""
    Presence.objects.filter(began_at__lt=timezone.now() - KEPT).delete()
    EndedLogin.objects.filter(keep_until__lt=timezone.now()).delete()


def _alone_with(sid: str) -> None:
    """A sign-in and the end of its session wait for each other, so that neither misses the other."""
    if sid:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"cabinet login {sid}"])
