"""Other ways to begin a sign-in, which higher slices bring when they are ready."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise

from dopusk.portal.sessions.actions import Opened


@dataclass(frozen=True)
class Way:
    """One of them. url: its page, which takes `next`. label, hint: on the sign-in page.

    words, words_two_steps: what the journal says of a session opened by it, alone or with a second step; device,
    network and `by` (named) go in. named: how the journal calls what she came by, for the key. opened: what the slice
    notes in the transaction that has opened the session, for the key it gave. object_key: what the journal's line is
    about, for that key. able: whether somebody signed in could come this way; offered: whether anybody could here.
    """

    url: str
    label: str | Promise
    hint: str | Promise
    words: str
    words_two_steps: str
    named: Callable[[str], str]
    opened: Callable[[Opened, str], None]
    object_key: Callable[[str], str]
    able: Callable[[uuid.UUID], bool]
    offered: Callable[[], bool]


WAYS: Final[dict[str, Way]] = {}
