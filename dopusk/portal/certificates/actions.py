"""The cabinet of certificates: putting one in, blocking it, looking whether it still holds."""

import hashlib
import uuid
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from cryptography.x509.oid import NameOID
from django.db import transaction
from django.utils import timezone

from dopusk.portal.accounts.models import Account
from dopusk.portal.certificates import rules
from dopusk.portal.certificates.models import Certificate, Use
from dopusk.portal.codes.actions import make_link
from dopusk.portal.notices.actions import tell
from dopusk.portal.sessions import actions as sessions
from dopusk.portal.sessions.models import Session
from dopusk.trust import certificates as x509
from dopusk.trust import validation
from dopusk.trust.owners import issuer_name
from dopusk.web.journal.actions import record
from dopusk.web.signing import judging
from dopusk.web.signing.actions import Examined, keep

PURPOSE: Final = "certificate"  # of what is signed to put one in
NOT_ME_LASTS: Final = timedelta(days=10)
USES_KEPT: Final = timedelta(days=2)  # no session lives as long
AT_ONCE: Final = 200

ADDED: Final = "Добавлен сертификат электронной подписи № {serial}, издатель: {issuer}"
ADDED_AGAIN: Final = "Снова добавлен сертификат электронной подписи № {serial}, издатель: {issuer}"
ADDED_AT_SIGNIN: Final = "При входе добавлен сертификат электронной подписи № {serial}, издатель: {issuer}"
BLOCKED: Final = "Вы заблокировали сертификат электронной подписи № {serial}: {reason}"
CHECKED: Final = "Проверен сертификат электронной подписи № {serial}: {outcome}"
# letters and lines of the journal of which somebody may say «это не я», and what that tells of the certificate
DISOWNED: Final = {
    "certificate_added": rules.Reason.NOT_MINE,
    "certificate.added": rules.Reason.NOT_MINE,
    "certificate_signin": rules.Reason.STOLEN,
    "signin.done": rules.Reason.STOLEN,
    "signin.signature_refused": rules.Reason.STOLEN,
}
REASONS: Final = {
    rules.Reason.STOLEN: "ключ мог узнать кто-то ещё",
    rules.Reason.LOST: "токен потерян",
    rules.Reason.NOT_NEEDED: "больше не нужен",
    rules.Reason.NOT_MINE: "добавлен не владельцем",
}
OUTCOMES: Final = {
    rules.Standing.GOOD: "действует",
    rules.Standing.BLOCKED: "заблокирован",
    rules.Standing.NOT_YET: "ещё не действует",
    rules.Standing.EXPIRED: "срок истёк",
    rules.Standing.REVOKED: "отозван издателем",
    rules.Standing.SUSPENDED: "приостановлен издателем",
    rules.Standing.UNKNOWN: "издатель не ответил",
    rules.Standing.UNTRUSTED: "издателю здесь не доверяют",
}


class NotDone(Exception):
    """It was not done; code: why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def sha256_of(certificate: x509.Certificate) -> str:
    """By what a certificate is told from every other."""
    return hashlib.sha256(certificate.der).hexdigest()


def hers(sub: uuid.UUID, signer: x509.Certificate) -> Certificate | None:
    """This certificate in her cabinet, or one of the same key that she has blocked for ever; None.

    Known by what its issuer signed (TBSCertificate), not by its bytes: of an ECDSA signature anybody can make a second
    one that is as right, and so bring a blocked certificate back in other bytes. A key that somebody else may use stays
    blocked whatever certificate it comes with.
    """
    mine = Certificate.objects.filter(account_id=sub)
    contents = signer.parsed.tbs_certificate_bytes
    same = (one for one in mine.filter(serial=serial_of(signer)) if _contents(one) == contents)
    found = next(same, None)
    if found is not None:
        return found
    ended = mine.filter(block_reason__in=[one.value for one in rules.FOR_EVER])
    return next((one for one in ended if one.read().spki == signer.spki), None)


def _contents(certificate: Certificate) -> bytes:
    return certificate.read().parsed.tbs_certificate_bytes


def serial_of(certificate: x509.Certificate) -> str:
    """As the row has it; some authorities write longer ones than they may."""
    return certificate.serial[:64]


@transaction.atomic
def add(sub: uuid.UUID, examined: Examined, *, session: str) -> Certificate:
    """Put the certificate of a good signature into her cabinet, or take one she has blocked into use again.

    Raises NotDone (`rules.may_add`, and the verdict where there is one), signing.actions.Spent.
    """
    account = Account.objects.select_for_update().get(pk=sub)
    found = examined.validation
    signer = found.signer if found else None
    before = hers(sub, signer) if signer else None
    offer = rules.Offer(
        verdict=examined.code,
        level=account.level,
        snils=found.owner.snils if found and found.owner else "",
        hers=account.opened()["snils"],
        kept=rules.kept(before.block_reason if before else None),
        have=Certificate.objects.filter(account=account).count(),
    )
    code = rules.may_add(offer)
    if code:
        raise NotDone(code)
    assert found is not None
    assert signer is not None
    keep(examined, owner=str(sub))
    if before is None:
        return put(account, found, signer, came="cabinet", words=ADDED, session=session)
    before.blocked_at, before.block_reason, before.added_at = None, "", timezone.now()
    _note(before, found)
    before.save()
    _tell(before, "certificate_added")
    _record(before, "certificate.added", ADDED_AGAIN, session=session)
    return before


def put(
    account: Account,
    found: validation.Validation,
    signer: x509.Certificate,
    *,
    came: str,
    words: str,
    session: str = "",
) -> Certificate:
    """A new row, told and journalled; the caller holds the account's row and has asked the rules."""
    certificate = Certificate(
        account=account,
        sha256=sha256_of(signer),
        serial=serial_of(signer),
        issuer=issuer_name(signer)[:300],
        algorithm=signer.algorithm,
        not_before=signer.not_before,
        not_after=signer.not_after,
        came=came,
        added_at=timezone.now(),
    )
    certificate.seal(signer.der)
    _note(certificate, found)
    certificate.save(force_insert=True)
    _tell(certificate, "certificate_added")
    _record(certificate, "certificate.added", words, session=session)
    return certificate


@transaction.atomic
def block(sub: uuid.UUID, which: uuid.UUID, reason: rules.Reason, *, session: str, but: uuid.UUID) -> int:
    """No sign-in by it from now on; sessions opened by it end, but for the one she does it in. How many ended.

    Raises NotDone: `certificate_gone`, `certificate_blocked`.
    """
    Account.objects.select_for_update().get(pk=sub)  # first, as all who end sessions do
    certificate = Certificate.objects.filter(account_id=sub, pk=which).first()
    if certificate is None:
        raise NotDone("certificate_gone")
    if certificate.blocked_at:
        raise NotDone("certificate_blocked")
    certificate.blocked_at, certificate.block_reason = timezone.now(), reason.value
    certificate.save(update_fields=["blocked_at", "block_reason"])
    ended = _end_sessions(sub, certificate, but)
    _tell(certificate, "certificate_blocked", urgent=True)
    words = BLOCKED.format(serial=certificate.number, reason=REASONS[reason])
    _record(certificate, "certificate.blocked", words, session=session, reason=reason.value, ended=ended)
    return ended


def disowned(sub: uuid.UUID, key: str, act: str) -> None:
    """«Это не я» was said of an act by this certificate: it must not open again what recovery closes to a stranger."""
    reason = DISOWNED.get(act)
    if reason is not None:
        with suppress(NotDone):  # blocked before, or gone
            block(sub, uuid.UUID(key), reason, session="", but=uuid.UUID(int=0))


def _end_sessions(sub: uuid.UUID, certificate: Certificate, but: uuid.UUID) -> int:
    opened = certificate.uses.exclude(pk=but).values("sid")
    living = Session.objects.filter(
        pk__in=opened, account_id=sub, ended_at=None, expires_at__gt=timezone.now()
    )
    sids = list(living.select_for_update().order_by("pk").values_list("pk", flat=True))
    if sids:
        Session.objects.filter(pk__in=sids).update(ended_at=timezone.now())
        sessions.ended(sub, sids)
    return len(sids)


def check(certificate: Certificate, *, session: str) -> tuple[Certificate, bool]:
    """Ask the issuers anew how the certificate stands, and whether anything was found out.

    Outside transactions, for it uses the network. An issuer that does not answer changes nothing of what was known.
    """
    code, _why, found, _cms = judging.judge_certificate(certificate.read())
    with transaction.atomic():
        fresh = Certificate.objects.select_for_update().get(pk=certificate.pk)
        known = found is not None and code not in judging.UNDECIDED
        if found is not None and (known or fresh.code != rules.GOOD):
            _note(fresh, found, code)
            fresh.save(update_fields=["code", "checked_at", "checked"])
        outcome = OUTCOMES[fresh.standing() if known else rules.Standing.UNKNOWN]
        words = CHECKED.format(serial=fresh.number, outcome=outcome)
        _record(fresh, "certificate.checked", words, session=session, code=code)
    return fresh, known


def learn(certificate: Certificate, found: validation.Validation) -> None:
    """What a sign-in by her certificate has shown of how it stands; by another one of its key it shows nothing.

    Only of a right signature: whoever does not hold the key changes nothing here. The caller is in a transaction.
    """
    told = found.code == rules.GOOD or found.code in rules.ENDED
    if told and found.signer and found.signer.parsed.tbs_certificate_bytes == _contents(certificate):
        _note(certificate, found)
        certificate.save(update_fields=["code", "checked_at", "checked"])


def _note(certificate: Certificate, found: validation.Validation, code: str = "") -> None:
    """What a verdict rests on, into the row; the caller saves."""
    certificate.code, certificate.checked_at = code or found.code, timezone.now()
    certificate.checked = {
        "chain": [_called(one) for one in found.chain[1:]],
        "answers": [
            {
                "source": one.source,
                "of": _called(one.of) if one.of != found.signer else "",
                "at": one.produced_at.isoformat(),
                "until": one.next_update.isoformat() if one.next_update else "",
            }
            for one in sorted(found.revocation, key=lambda one: one.of != found.signer)
            if one.of in found.chain
        ],
        "revoked_at": found.revoked_at.isoformat() if found.revoked_at else "",
    }


def _called(certificate: x509.Certificate) -> str:
    """An authority's certificate as people call it: the common name of its subject."""
    name = certificate.parsed.subject
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        said = name.get_attributes_for_oid(kind)
        if said:
            return " ".join(str(said[0].value).split())
    return certificate.subject


def note_use(certificate: Certificate, sid: uuid.UUID, *, device: str, network: str) -> None:
    """A session was opened by it, in the same transaction. The first time she is told of it."""
    now = timezone.now()
    Use.objects.create(sid=sid, certificate=certificate, at=now)
    first = certificate.used_at is None
    certificate.used_at = now
    certificate.save(update_fields=["used_at"])
    if first:
        _tell(certificate, "certificate_signin", device=device, network=network)


def _tell(certificate: Certificate, kind: str, *, urgent: bool = False, **facts: str) -> None:
    about = {"act": kind, "object": certificate.object_key}
    token = make_link("not_me", "", sub=certificate.account_id, good_for=NOT_ME_LASTS, detail=about)
    detail: dict[str, Any] = {"serial": certificate.number, "issuer": certificate.issuer, **facts}
    link = f"/certificates/{certificate.pk}/"
    tell(certificate.account_id, kind, detail=detail, urgent=urgent, not_me_token=token, link=link)


def _record(certificate: Certificate, act: str, words: str, *, session: str = "", **detail: object) -> None:
    sub = str(certificate.account_id)
    record(
        actor=sub,
        act=act,
        subject=sub,
        object_=certificate.object_key,
        words=words.format(serial=certificate.number, issuer=certificate.issuer),
        session=session,
        detail={"sha256": certificate.sha256, **detail},
    )


def tell_of_ending() -> int:
    """Write to everybody whose certificate ends within a month, once; how many letters."""
    now, told = timezone.now(), 0
    ending = Certificate.objects.filter(
        blocked_at=None, warned_at=None, not_after__gt=now, not_after__lte=now + rules.SOON,
        account__closed_at=None,
    )  # fmt: skip
    for key, sub in ending.order_by("not_after").values_list("pk", "account_id")[:AT_ONCE]:
        with transaction.atomic():
            Account.objects.select_for_update().get(pk=sub)
            one = Certificate.objects.select_for_update().filter(pk=key, warned_at=None).first()
            if one is None:
                continue
            one.warned_at = now
            one.save(update_fields=["warned_at"])
            facts = {"serial": one.number, "issuer": one.issuer, "until": one.not_after}
            tell(sub, "certificate_ending", detail=facts, link=f"/certificates/{one.pk}/")
            told += 1
    return told


def purge() -> int:
    """Forget which certificates opened sessions that are long over; how many rows went."""
    return Use.objects.filter(at__lt=timezone.now() - USES_KEPT).delete()[0]
