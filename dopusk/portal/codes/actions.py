"""Sending codes and links, checking what comes back."""

import hashlib
import hmac
import json
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from dopusk.portal.codes import rules, words
from dopusk.portal.codes.models import Code, Counter, LetterLink, key_of, opened, seal
from dopusk.portal.codes.rules import Gone, Held, Link, Per, Right, Sent, Wrong
from dopusk.trust.sealing import blind_index
from dopusk.web.delivery.actions import send

DAY: Final = timedelta(hours=24)


def send_code(
    purpose: str,
    channel: str,
    to: str,
    *,
    sub: uuid.UUID | None,
    network: str,
    real: bool = True,
    browser: str = "",
    variant: str = "",
) -> Sent | Held:
    """Send six digits to a number, or say until when to wait.

    channel: "sms" or "mail"; to: normal spelling. sub: whose account it is about, if known; network: of the request.
    real: False does and counts all the same, but nothing reaches anybody and nothing will fit; then sub is
    `nobody(what was typed)`, so that the counts grow alike. browser: for the open purposes (registration, recovery),
    what tells this browser from others (the id of its draft): wrong answers of one do not shut out another.
    variant: see `words.code_text`. An earlier code of this place stops fitting.
    """
    kind = rules.purpose(purpose)
    if channel not in kind.channels:
        raise rules.UnknownPurpose(f"{purpose} by {channel}")
    now = timezone.now()
    limits = _limits(now)
    keys = _keys(purpose, to, sub, browser, network if kind.open else "")
    with transaction.atomic():
        counters = _locked(keys)
        held = rules.may_send({per: one.count() for per, one in counters.items()}, limits, now)
        if held:
            return held
        _keep(counters, {per: rules.after_sending(one.count(), limits, now) for per, one in counters.items()})
        Code.objects.filter(place=keys[Per.PLACE], used_at=None, good_until__gt=now).update(good_until=now)
        code = Code(purpose=purpose, sub=sub, real=real, place=keys[Per.PLACE], number=keys[Per.NUMBER])
        code.made_at, code.good_until = now, now + limits.code_lives
        digits = f"{secrets.randbelow(10**rules.DIGITS):0{rules.DIGITS}d}"
        code.fits, code.sealed = _fits(code, digits), seal(f"code {code.id}", {"to": to})
        code.save(force_insert=True)
        with transaction.atomic():
            send(
                channel=channel, to=to, purpose=purpose,
                subject=words.code_subject(purpose),
                text=words.code_text(settings.PORTAL_NAME, purpose, digits, variant=variant),
                about=str(sub or "") if real else "",
                good_until=code.good_until,
            )  # fmt: skip
            if not real:
                transaction.set_rollback(True)  # the same work, and no letter
    return Sent(code.id, now + limits.again_after, code.good_until)


def check_code(id: uuid.UUID, purpose: str, text: str) -> Right | Wrong | Gone:  # noqa: A002 - the contract's name
    """Whether these digits are the code of this id, for this purpose; a right one is used up.

    The answer is counted before it is compared, with the row of its count locked: tries in parallel stand in line.
    The caller's transaction, if there is one, has to commit on Wrong too. Text that is no code at all costs no try.
    """
    rules.purpose(purpose)
    now = timezone.now()
    limits = _limits(now)
    kept = Code.objects.filter(pk=id, purpose=purpose).values_list("place", "number").first()
    if kept is None:
        return Gone("unknown")
    with transaction.atomic():
        counters = _locked({Per.PLACE: bytes(kept[0]), Per.NUMBER: bytes(kept[1])})
        code = Code.objects.select_for_update().filter(pk=id).first()
        if code is None:
            return Gone("unknown")
        before = {per: one.count() for per, one in counters.items()}
        over = _over(code, before, now)
        if over:
            return over
        tries_left = limits.tries - before[Per.PLACE].failures
        digits = rules.tidy(text)
        if not digits:
            return Wrong(tries_left)
        after = {per: rules.after_wrong(count, per, limits, now) for per, count in before.items()}
        _keep(counters, after)
        if not (hmac.compare_digest(_fits(code, digits), bytes(code.fits)) and code.real):
            locked = [
                one.locked_until for one in after.values() if one.locked_until and one.locked_until > now
            ]
            return Gone("locked", max(locked)) if locked else Wrong(tries_left - 1)
        code.used_at = now
        code.save(update_fields=["used_at"])
        _keep(counters, {per: rules.after_right(count) for per, count in before.items()})
        to: str = opened(f"code {code.id}", bytes(code.sealed))["to"]
    return Right(to, code.sub)


def nobody(typed: str) -> uuid.UUID:
    """A `sub` that stands for «no such account», the same for the same text: counts grow for it as for anybody."""
    return uuid.UUID(bytes=blind_index(settings.SEALING_KEY, "codes nobody", typed)[:16], version=4)


def send_link(
    purpose: str,
    to: str,
    path: str,
    *,
    sub: uuid.UUID | None,
    good_for: timedelta = DAY,
    detail: dict[str, Any] | None = None,
    text: str = "",
    subject: str = "",
    real: bool = True,
    variant: str = "",
) -> Held | None:
    """Mail a link of single use, or say until when to wait; None when it went.

    path: of this site, with `{token}`: "/contacts/email/{token}/". subject, text: instead of `words.LINKS`; the text
    with `{url}`. real: as in `send_code`; variant: see `words.link_text`.
    """
    rules.purpose(purpose)
    now = timezone.now()
    limits = _limits(now)
    with transaction.atomic():
        counters = _locked(_keys(purpose, to, sub, "", ""))
        held = rules.may_send({per: one.count() for per, one in counters.items()}, limits, now)
        if held:
            return held
        _keep(counters, {per: rules.after_sending(one.count(), limits, now) for per, one in counters.items()})
        with transaction.atomic():
            token = make_link(purpose, to, sub=sub, good_for=good_for, detail=detail)
            url = f"{settings.PORTAL_URL}{path.replace('{token}', token)}"
            if text:
                title, body = subject, text.replace("{url}", url)
            else:
                lives = words.lasting(int(good_for / timedelta(hours=1)))
                title, body = words.link_text(settings.PORTAL_NAME, purpose, url, lives, variant=variant)
            send(
                channel="mail", to=to, purpose=purpose, subject=title, text=body,
                about=str(sub or "") if real else "",
                good_until=now + good_for,
            )  # fmt: skip
            if not real:
                transaction.set_rollback(True)
    return None


def make_link(
    purpose: str, to: str, *, sub: uuid.UUID | None, good_for: timedelta, detail: dict[str, Any] | None = None
) -> str:
    """A token of single use for a letter whose text the caller writes."""
    rules.purpose(purpose)
    token, now = secrets.token_urlsafe(32), timezone.now()
    LetterLink.objects.create(
        token_hash=_hash(token),
        purpose=purpose,
        sub=sub,
        sealed=seal(
            f"link {_hash(token).hex()}",
            {"to": to, "detail": json.loads(json.dumps(detail or {}, default=str))},
        ),
        made_at=now,
        good_until=now + good_for,
    )
    return token


def peek(token: str, purpose: str) -> Link | None:
    """What a link stands for; changes nothing, so that a mail scanner that opens it does no harm."""
    rules.purpose(purpose)
    return _read(_living(token, purpose).first())


def use(token: str, purpose: str) -> Link | None:
    """The same, once: the row is locked and used up in the caller's transaction."""
    rules.purpose(purpose)
    with transaction.atomic():
        kept = _living(token, purpose).select_for_update().first()
        if kept:
            kept.used_at = timezone.now()
            kept.save(update_fields=["used_at"])
    return _read(kept)


def purge(batch: int = 1000) -> int:
    """Delete what is over, a batch a transaction; returns how many rows went."""
    now = timezone.now()
    old: list[models.QuerySet[Any]] = [
        Code.objects.filter(good_until__lt=now - rules.KEPT),
        LetterLink.objects.filter(good_until__lt=now - rules.KEPT),
        Counter.objects.filter(touched_at__lt=now - rules.FORGOTTEN_AFTER),
    ]
    total = 0
    for rows in old:
        gone = batch
        while gone == batch:
            gone, _kinds = rows.model._default_manager.filter(  # noqa: SLF001 - Django's public way to the manager
                pk__in=list(rows.values_list("pk", flat=True)[:batch])
            ).delete()
            total += gone
    return total


def _limits(now: datetime) -> rules.Limits:
    limits = rules.limits_on(timezone.localdate(now))
    return rules.with_network(limits, settings.CODES_NETWORK_HOURLY)


def _keys(purpose: str, to: str, sub: uuid.UUID | None, browser: str, network: str) -> dict[Per, bytes]:
    keys = {
        Per.PLACE: key_of(Per.PLACE, purpose, to, browser or str(sub or "")),
        Per.NUMBER: key_of(Per.NUMBER, purpose, to),
    }
    if sub:
        keys[Per.ACCOUNT] = key_of(Per.ACCOUNT, purpose, str(sub))
    if network:
        keys[Per.NETWORK] = key_of(Per.NETWORK, network)
    return keys


def _locked(keys: dict[Per, bytes]) -> dict[Per, Counter]:
    """The counts of these keys, made when missing, locked until the transaction ends; always in the same order."""
    now = timezone.now()
    Counter.objects.bulk_create(
        [Counter(key=key, touched_at=now) for key in sorted(keys.values())],
        update_conflicts=True, unique_fields=["key"], update_fields=["touched_at"],
    )  # fmt: skip
    found = {bytes(one.key): one for one in Counter.objects.filter(key__in=list(keys.values()))}
    return {per: found[key] for per, key in keys.items()}


def _keep(counters: dict[Per, Counter], counts: dict[Per, rules.Count]) -> None:
    for per, count in counts.items():
        counters[per].take(count)
        counters[per].save(update_fields=["sent", "failures", "locks", "locked_until"])


def _over(code: Code, counts: dict[Per, rules.Count], now: datetime) -> Gone | None:
    locked = [one.locked_until for one in counts.values() if one.locked_until and one.locked_until > now]
    if locked:
        return Gone("locked", max(locked))
    if code.used_at:
        return Gone("used")
    return Gone("expired") if code.good_until <= now else None


def _fits(code: Code, digits: str) -> bytes:
    return blind_index(settings.SEALING_KEY, "codes code", f"{code.id} {code.purpose} {digits}")


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _living(token: str, purpose: str) -> models.QuerySet[LetterLink]:
    return LetterLink.objects.filter(
        token_hash=_hash(token), purpose=purpose, used_at=None, good_until__gt=timezone.now()
    )


def _read(kept: LetterLink | None) -> Link | None:
    if kept is None:
        return None
    content = opened(f"link {bytes(kept.token_hash).hex()}", bytes(kept.sealed))
    return Link(kept.sub, content["to"], content["detail"], kept.made_at)
