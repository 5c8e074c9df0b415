"""An entry of the journal as its reader is told of it."""

import uuid
from typing import Any

from django.utils.translation import gettext as _

from dopusk.portal.home import rules, words
from dopusk.portal.told import SENTENCES
from dopusk.web.journal.models import Entry


def tell(entry: Entry, sub: uuid.UUID) -> dict[str, Any]:
    """The entry, its words, who did it (`rules.by`), whether it is her work at the desk and may be disowned.

    What an operator did to another is kept in words said to that other; she reads what she did, and to which record.
    """
    me = str(sub)
    desk = entry.actor == me and entry.subject not in {"", me}
    return {
        "entry": entry,
        "words": _at_desk(entry) if desk else SENTENCES.say(entry.words),
        "desk": desk,
        "by": rules.by(entry.actor, entry.act, me),
        "may_disown": rules.may_disown(entry.actor, entry.act, me, entry.subject),
    }


def _at_desk(entry: Entry) -> str:
    done = str(words.DESK.get(entry.act, words.DESK_OTHER))
    if entry.subject == "system":
        return _("Ваше действие в рабочем месте: %(done)s") % {"done": done}
    facts = {"done": done, "record": entry.subject[:8]}
    return _("Ваше действие в рабочем месте: %(done)s (запись %(record)s)") % facts
