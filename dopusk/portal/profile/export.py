"""«Всё обо мне»: everything the portal holds about one person, as plain data.

`PARTS` says it slice by slice; a higher slice adds its own part when it is ready (`PARTS["support"] = …`).
Tables that no part speaks of come under `further`, field by field, without what is sealed or secret, so that
nothing of a slice that has just been added is left out. Secrets by which one signs in are never given out.
"""

import base64
import re
import uuid
from collections.abc import Callable, Iterable
from typing import Any, Final

from django.db import models
from django.db.models import Q

from dopusk.portal.accounts.models import Account
from dopusk.portal.consents.models import Consent
from dopusk.portal.contacts.models import Change
from dopusk.portal.notices.models import Notice
from dopusk.portal.profile import owned
from dopusk.portal.profile.models import Document, Fact, NameChange
from dopusk.portal.proofing.models import Appeal, Attempt, Draft, Suspension
from dopusk.portal.sessions.models import Device, Session
from dopusk.web.delivery.models import Letter
from dopusk.web.files.models import StoredFile
from dopusk.web.journal.models import Entry
from dopusk.web.signing.models import Signature

Part = Callable[[uuid.UUID], Any]
WITHHELD: Final = re.compile(
    r"_by$|hash|secret|token|password|sealed|code$|public_key|credential|challenge|fits"
)


def _plain(rows: "models.QuerySet[Any]", *fields: str) -> list[dict[str, Any]]:
    return list(rows.values(*fields))


def account(sub: uuid.UUID) -> dict[str, Any]:
    """The account itself, readable."""
    found = Account.objects.get(pk=sub)
    names = (
        "sub", "last_name", "first_name", "patronymic", "gender", "birth_date", "level", "second_factor",
        "must_change", "password_set_at", "cooling_until", "locked_at", "lock_reason", "created_at",
    )  # fmt: skip
    return {name: getattr(found, name) for name in names} | found.opened()


def identifiers(sub: uuid.UUID) -> list[dict[str, Any]]:
    """What she signs in by, and since when it is shown to be hers."""
    return _plain(Account.objects.get(pk=sub).identifiers.order_by("kind"), "kind", "verified_at")


def sessions(sub: uuid.UUID) -> list[dict[str, Any]]:
    """Sign-ins that are kept: the last day's and those that last."""
    rows = Session.objects.filter(account_id=sub).order_by("-created_at")
    return _plain(rows, "id", "created_at", "seen_at", "expires_at", "ended_at", "device", "network", "amr")


def devices(sub: uuid.UUID) -> list[dict[str, Any]]:
    """Browsers the portal knows her by."""
    rows = Device.objects.filter(account_id=sub).order_by("-seen_at")
    return _plain(rows, "words", "network", "first_seen_at", "seen_at")


def consents(sub: uuid.UUID) -> list[dict[str, Any]]:
    """What was allowed to which service, in force and withdrawn."""
    rows = Consent.objects.filter(account_id=sub).order_by("-given_at")
    return _plain(rows, "client_id", "client__name", "scopes", "first_given_at", "given_at", "revoked_at")


def profile(sub: uuid.UUID) -> dict[str, list[dict[str, Any]]]:
    """The sections as she filled them in."""
    found: dict[str, list[dict[str, Any]]] = {}
    for fact in Fact.objects.of(sub):
        row = fact.opened() | {"created_at": fact.created_at, "changed_at": fact.changed_at}
        found.setdefault(fact.section, []).append(row)
    return found


def documents(sub: uuid.UUID) -> list[dict[str, Any]]:
    """The list of scans; the files themselves are given on «Документы»."""
    return [
        {
            "id": one.pk,
            "kind": one.kind,
            "title": one.title(),
            "media_type": one.stored.media_type,
            "size": one.stored.size,
            "sha256": one.stored.sha256,
            "created_at": one.created_at,
        }
        for one in Document.objects.of(sub)
    ]


def name_changes(sub: uuid.UUID) -> list[dict[str, Any]]:
    """Requests for another name and what became of them."""
    rows = NameChange.objects.filter(account_id=sub).order_by("-filed_at")
    told = ("state", "reason", "filed_at", "decided_at")
    return [one.opened() | {name: getattr(one, name) for name in told} for one in rows]


def contact_changes(sub: uuid.UUID) -> list[dict[str, Any]]:
    """Changes of telephone and e-mail, as long as they can be undone."""
    told = ("kind", "by", "state", "made_at", "done_at")
    return [
        dict(zip(("old", "new"), one.old_and_new(), strict=True))
        | {name: getattr(one, name) for name in told}
        for one in Change.objects.filter(account_id=sub).order_by("-made_at")
    ]


def proofing(sub: uuid.UUID) -> dict[str, Any]:
    """A living attempt with what she typed, and what was decided about her confirmation; operators are not named."""
    draft = Draft.objects.filter(account_id=sub).first()
    attempt = Attempt.objects.filter(account_id=sub).first()
    decided = Suspension.objects.filter(account_id=sub).order_by("-at")
    appeals = Appeal.objects.filter(suspension__account_id=sub).order_by("-at")
    return {
        "draft": draft.values() if draft else None,
        "attempt": {
            "state": attempt.state,
            "begun_at": attempt.begun_at,
            "typed": attempt.content().get("typed", {}),
        }
        if attempt
        else None,
        "decisions": _plain(decided, "kind", "code", "words", "at", "ended_at", "ended"),
        "appeals": _plain(appeals, "text", "at", "judged_at", "outcome", "words"),
    }


def files(sub: uuid.UUID) -> list[dict[str, Any]]:
    """Every file kept of hers, in whichever slice."""
    rows = StoredFile.objects.filter(owner=str(sub)).order_by("created_at")
    return _plain(rows, "id", "purpose", "media_type", "size", "pages", "sha256", "created_at")


def signatures(sub: uuid.UUID) -> list[dict[str, Any]]:
    """What she signed here, as long as it is kept, with the signature itself."""
    told = ("id", "purpose", "object_key", "received_at", "signed_at", "code", "standing")
    return [
        {name: getattr(one, name) for name in told}
        | {"content": one.content.decode(), "signature": base64.b64encode(one.signature).decode()}
        for one in Signature.objects.filter(owner=str(sub)).order_by("received_at")
    ]


def notices(sub: uuid.UUID) -> list[dict[str, Any]]:
    """What the portal told her."""
    return [
        {"kind": one.kind, "title": str(one.title), "text": str(one.text), "at": one.at, "read_at": one.read_at}
        for one in Notice.objects.of(sub)
    ]  # fmt: skip


def letters(sub: uuid.UUID) -> list[dict[str, Any]]:
    """What was sent to her, without the texts, which are not kept."""
    rows = Letter.objects.filter(about=str(sub)).order_by("-created_at")
    return _plain(rows, "channel", "to_mask", "purpose", "state", "created_at")


def journal(sub: uuid.UUID) -> list[dict[str, Any]]:
    """What she did and what was done about her; an operator's acts about others are theirs."""
    rows = own_entries(sub).order_by("number")
    return _plain(rows, "number", "at", "act", "object", "words", "session", "trace_id", "detail", "hash")


def own_entries(sub: uuid.UUID) -> "models.QuerySet[Entry]":
    """The journal as far as it is about this person."""
    key = str(sub)
    return Entry.objects.filter(Q(subject=key) | Q(actor=key, subject=""))


def further(sub: uuid.UUID) -> dict[str, list[dict[str, Any]]]:
    """Rows of all other tables of hers, without sealed and secret fields."""
    found = {}
    for model, owner in owned.tables():
        label = model._meta.label_lower  # noqa: SLF001 - Django's documented model API
        if model in SPOKEN_OF:
            continue
        rows = _plain(owned.rows(model, owner, sub), *_open_fields(model))
        if rows:
            found[label] = rows
    return found


def _open_fields(model: type[models.Model]) -> Iterable[str]:
    for field in model._meta.concrete_fields:  # noqa: SLF001 - Django's documented model API
        others = field.related_model is Account and field.name != owned.OWNER  # an operator, not she
        if not isinstance(field, models.BinaryField) and not WITHHELD.search(field.name) and not others:
            yield field.name


SPOKEN_OF: Final[set[type[models.Model]]] = {
    Session, Device, Consent, Fact, Document, NameChange, Notice, Change, Draft, Attempt, Suspension,
}  # fmt: skip
PARTS: Final[dict[str, Part]] = {
    "account": account,
    "identifiers": identifiers,
    "profile": profile,
    "documents": documents,
    "name_changes": name_changes,
    "contact_changes": contact_changes,
    "proofing": proofing,
    "consents": consents,
    "sessions": sessions,
    "devices": devices,
    "files": files,
    "signatures": signatures,
    "notices": notices,
    "letters": letters,
    "further": further,
    "journal": journal,
}


def everything(sub: uuid.UUID) -> dict[str, Any]:
    """All parts, by name."""
    return {name: tell(sub) for name, tell in PARTS.items()}
