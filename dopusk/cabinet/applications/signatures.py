"""Electronic signatures under acts of this cabinet: how an act is signed, asking, keeping, looking again, handing out.

An application may be sent while nobody can say whether the certificate is revoked: it then waits before its
registration, and is returned if the certificate turns out to have been revoked. Decisions never wait so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dopusk.cabinet.applications import rules
from dopusk.cabinet.applications.models import Application, Signed
from dopusk.cabinet.signin.models import Person
from dopusk.kernel import norms, signable
from dopusk.trust import owners
from dopusk.trust.certificates import Certificate
from dopusk.web.journal.actions import record
from dopusk.web.signing import actions as signing
from dopusk.web.signing import judging
from dopusk.web.signing.models import Challenge, Signature

LASTS: Final = timedelta(hours=1)  # a text is taken away, signed elsewhere and brought back
ENOUGH: Final = timedelta(
    minutes=15
)  # a text asked for before is shown again while so much of its time is left


def manner(act: str) -> str:
    """How an act is signed today: "simple", "offered" or "required". act: "application_periodic"…"""
    return norms.at(timezone.localdate(), settings.NORMS_FILE).word(f"sign_{act}")


def ask(act: signing.Act, person: Person, *, session: str, origin: str) -> Challenge:
    """What she is to sign for the act.

    A page opened again (phones do so by themselves when one comes back to it) shows the text asked for before, so
    that a signature made meanwhile still fits; a text that says something else, or is nearly over, is made anew.
    """
    rows = Challenge.objects.filter(
        purpose=act.purpose,
        object_key=act.object_key,
        owner=person.pk,
        origin=origin,
        used_at=None,
        tries__lt=signing.MOST_TRIES // 2,
        good_until__gt=timezone.now() + ENOUGH,
    )
    latest = rows.order_by("-created_at").first()
    if latest and signing.find(latest.pk, session) and lines_of(latest) == act.lines:
        return latest
    return signing.ask(act, session=session, owner=person.pk, origin=origin, lasts=LASTS)


def lines_of(challenge: Challenge) -> tuple[str, ...]:
    """The body of what is signed."""
    return signable.read(challenge.content).lines


def brought(examined: signing.Examined, lines: Sequence[str]) -> rules.Brought:
    """An examined signature as the rules see it. lines: what the act says now."""
    found = examined.validation
    same = examined.challenge is not None and lines_of(examined.challenge) == tuple(lines)
    owner = found.owner.snils if found and found.owner else ""
    if examined.code == "content_changed":
        same = False
    elif examined.validation is None:  # refused before it was looked at, for a reason of its own
        same = True
    return rules.Brought(examined.code, owner, same, examined.why)


def keep(
    examined: signing.Examined | None,
    person: Person,
    lines: Sequence[str],
    *,
    act: str,
    may_wait: bool = False,
) -> Signature | None:
    """Ask the rules and keep the signature, in the transaction of the act; None when it is signed by a press alone.

    Raises NotAllowed: codes of `rules.wrong_signature`, `challenge_used`.
    """
    given = brought(examined, lines) if examined else None
    if refusal := rules.wrong_signature(manner(act), given, person.snils, may_wait=may_wait):
        raise rules.NotAllowed(refusal)
    if examined is None:
        return None
    try:
        return signing.keep(examined, owner=person.pk, allow_pending=may_wait)
    except signing.Spent as spent:
        raise rules.NotAllowed(rules.Refusal("challenge_used")) from spent


def attach(application: Application, signature: Signature) -> Signed:
    """The signature under an application that is being sent, in the caller's transaction."""
    signed = Signed(application=application, signature=signature)
    _note(signed)
    signed.save(force_insert=True)
    return signed


def settle(application: Application) -> str:
    """Whether the signature under the application `stands`, `waits` for an authority's answer, or `fell`.

    One that waits is looked at again when its pause is over; asks the network, so outside transactions.
    """
    signed = under(application)
    if signed is None:
        return "stands"
    waits = signed.signature.standing == "unknown"
    if waits and signed.next_at and signed.next_at > timezone.now():
        return "waits"
    if waits or signed.since:  # or killed after the verdict, before it was noted here
        signed.signature = signing.recheck(signed.signature_id)
        _note(signed)
        signed.save(update_fields=["silent", "since", "next_at"])
    return {"valid": "stands", "unknown": "waits"}.get(signed.signature.standing, "fell")


def _note(signed: Signed) -> None:
    """Who is silent, since when, when it is asked again; nothing once it has answered."""
    if signed.signature.standing != "unknown":
        signed.silent, signed.since, signed.next_at = "", None, None
        return
    now = timezone.now()
    certificate = signer(signed.signature)
    signed.silent = owners.issuer_name(certificate)[:300]
    signed.since = signed.since or signed.signature.received_at
    signed.next_at = rules.next_try(signed.since, now, *settings.SILENCE_PAUSES)


@dataclass(frozen=True)
class Facts:
    """What pages and the journal say of a signature: of whose certificate, by whom it was issued, as of when."""

    owner: str
    serial: str
    issuer: str
    not_after: datetime | None
    signed_at: datetime
    stamped: bool
    standing: str
    checked_at: datetime

    def detail(self) -> dict[str, Any]:
        """For the journal."""
        return {
            "serial": self.serial,
            "issuer": self.issuer,
            "signed_at": self.signed_at.isoformat(),
            "standing": self.standing,
        }


def facts(signature: Signature) -> Facts:
    """Of a kept signature; reads its certificate."""
    certificate = signer(signature)
    return Facts(
        owner=owners.owner(certificate).full_name,
        serial=certificate.serial,
        issuer=owners.issuer_name(certificate),
        not_after=certificate.not_after,
        signed_at=signature.signed_at,
        stamped=signature.time_from == "timestamp",
        standing=signature.standing,
        checked_at=signature.checked_at,
    )


def under(application: Application) -> Signed | None:
    """The electronic signature under an application, read with the row by `signed__signature`; None: it bears none."""
    found: Signed | None = getattr(application, "signed", None)
    return found


def signer(signature: Signature) -> Certificate:
    """The certificate a kept signature was made by; it is inside it."""
    return judging.signer_of(signature.signature, signature.signer_sha256)


def note_reading(application: Application, reader: Person, *, session: str = "") -> None:
    """Write down that somebody else took the signature under a person's application, with what it was put under."""
    with transaction.atomic():
        record(
            actor=reader.pk,
            act="signature.read",
            subject=application.applicant_id,
            object_=application.key,
            words="Сотрудник скачал электронную подпись под заявлением",
            session=session,
        )
