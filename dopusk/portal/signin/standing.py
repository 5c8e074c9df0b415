"""How sign-in stands for one person: for operators, who may not read the counts' keys."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from dopusk.portal import statement
from dopusk.portal.signin import sql
from dopusk.portal.signin.actions import salt


@dataclass(frozen=True)
class Counted:
    """failures: the most of one count of hers; held_until: until when somebody waits, None when nobody does."""

    failures: int
    held_until: datetime | None


def counted(sub: uuid.UUID) -> Counted:
    """Failed attempts counted against her and against her identifiers."""
    found = statement.one(sql.COUNTED, {"salt": salt(settings.SEALING_KEY), "sub": sub}, Counted)
    return found or Counted(0, None)
