"""What becomes of an attempt: refused, handed to an operator, made standard, confirmed.

Everything here runs in the caller's transaction, with account and attempt locked by `locked`, in this order.
"""

import uuid
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone

from dopusk.portal.accounts.actions import change_sealed
from dopusk.portal.accounts.models import Account
from dopusk.portal.accounts.rules import Kind, Known, Level
from dopusk.portal.notices.actions import tell
from dopusk.portal.oidc.backchannel import level_fell
from dopusk.portal.proofing import rules, words
from dopusk.portal.proofing.models import Appeal, Attempt, Draft, Suspension
from dopusk.portal.proofing.rules import Doubt, Refusal, State, Typed
from dopusk.web.files import actions as files
from dopusk.web.journal.actions import record

HERE = "/proofing/"


def locked(attempt_id: uuid.UUID, *states: State) -> tuple[Attempt, Account] | None:
    """The attempt and its account, both locked, if it still lives in one of these states."""
    owner = Attempt.objects.filter(pk=attempt_id).values_list("account_id", flat=True).first()
    if owner is None:
        return None
    account = Account.objects.select_for_update().get(pk=owner)
    attempt = Attempt.objects.select_for_update().filter(pk=attempt_id, state__in=states).first()
    return (attempt, account) if attempt else None


def standing_of(sub: uuid.UUID) -> Suspension | None:
    """The decision in force against her confirmation, if there is one."""
    return Suspension.objects.filter(account_id=sub, ended_at=None).first()


def appealed(decision: Suspension | None) -> bool:
    """Whether she has objected to this decision."""
    return decision is not None and Appeal.objects.filter(suspension=decision).exists()


def let_go(attempt: Attempt) -> None:
    """Nothing of it stays: neither what was typed nor the scan, in no draft either."""
    sub, scan = attempt.account_id, attempt.scan
    attempt.delete()
    files.drop(scan)
    drop_draft(sub)


def drop_draft(sub: uuid.UUID) -> None:
    """Forget what she typed and brought without sending it."""
    for draft in Draft.objects.select_related("scan").filter(account_id=sub):
        scan = draft.scan
        draft.delete()
        if scan:
            files.drop(scan)


def refuse(attempt: Attempt, refusal: Refusal, *, letter: bool) -> None:
    """The registers disagree. letter: she is not before the page and has to be told."""
    sub = attempt.account_id
    let_go(attempt)
    what = words.fields_in_russian(refusal.fields)
    if letter:
        tell(sub, "proofing_refused", detail={"field": what}, link=HERE)
    record(
        actor="system",
        act="proofing.refused",
        subject=str(sub),
        words=f"Данные не подтвердились: {what}",
        detail={"code": refusal.code, "fields": list(refusal.fields)},
    )


def hand_over(attempt: Attempt, doubts: Iterable[Doubt]) -> None:
    """An operator decides; why, is kept with the case."""
    attempt.state = State.REVIEW
    attempt.doubts = list(dict.fromkeys([*attempt.doubts, *doubts]))
    attempt.changed_at = timezone.now()
    attempt.silent, attempt.silent_since, attempt.next_at = [], None, None
    attempt.save()
    tell(
        attempt.account_id, "proofing_review", detail={"why": rules.reason_to_tell(attempt.doubts)}, link=HERE
    )
    record(
        actor="system",
        act="proofing.handed_over",
        subject=str(attempt.account_id),
        words="Данные для подтверждения личности посмотрит оператор портала",
        detail={"doubts": attempt.doubts},
    )


def make_standard(account: Account, typed: Typed) -> bool:
    """Take over what the registers agreed to. False when СНИЛС or ИНН belong to another account."""
    changes = {"snils": typed.snils, "identity_document": typed.document()}
    if typed.inn:
        changes["inn"] = typed.inn
    try:
        with transaction.atomic():
            change_sealed(account.sub, **changes)
    except IntegrityError:
        return False
    before = account.level
    account.last_name, account.first_name = typed.last_name, typed.first_name
    account.patronymic, account.gender = typed.patronymic, typed.gender
    account.birth_date = typed.birth_date
    account.level = Level.STANDARD
    account.save(update_fields=["last_name", "first_name", "patronymic", "gender", "birth_date", "level"])
    if before == Level.SIMPLIFIED:
        record(
            actor="system",
            act="proofing.standard",
            subject=str(account.sub),
            words="Данные совпали с регистрами. Учётная запись стала стандартной",
        )
    return True


def holders(account: Account, typed: Typed) -> list[Account]:
    """Other accounts that go by these numbers."""
    known = [Known(Kind.SNILS, typed.snils), *([Known(Kind.INN, typed.inn)] if typed.inn else [])]
    return list(Account.objects.known_as(*known).exclude(pk=account.pk))


def confirmed_elsewhere(account: Account, typed: Typed) -> bool:
    """Whether one of the numbers is a confirmed account's; others hold theirs by the registers' word only."""
    return any(holder.level == Level.CONFIRMED for holder in holders(account, typed))


def move_identity(account: Account, typed: Typed) -> bool:
    """An operator has seen whose the documents are: accounts that never confirmed these numbers lose them.

    False, and nothing is changed, when one of them is confirmed.
    """
    keys = [one.pk for one in holders(account, typed)]
    held = list(Account.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    for holder in held:
        stands = standing_of(holder.sub)
        if holder.level == Level.CONFIRMED or (stands and stands.kind == "suspended"):
            return False
    for holder in held:
        _strip(holder, typed)
    return make_standard(account, typed)


def _strip(holder: Account, typed: Typed) -> None:
    opened = holder.opened()
    if opened.get("inn") == typed.inn:
        change_sealed(holder.sub, inn="")
    if opened.get("snils") != typed.snils:
        return
    for attempt in Attempt.objects.select_for_update().filter(account=holder):
        let_go(attempt)
    change_sealed(holder.sub, snils="", identity_document={})
    Account.objects.filter(pk=holder.pk).update(level=Level.SIMPLIFIED)
    level_fell(holder.pk, Level.SIMPLIFIED)
    tell(holder.sub, "identity_moved", link=HERE)
    record(
        actor="system",
        act="proofing.moved",
        subject=str(holder.sub),
        words="СНИЛС подтверждён в другой учётной записи. Эта снова упрощённая",
    )


def taken(attempt: Attempt, typed: Typed) -> None:
    """The numbers are another account's: its owner hears of it, this person learns only where to go."""
    sub = attempt.account_id
    let_go(attempt)
    for kind, value in ((Kind.SNILS, typed.snils), (Kind.INN, typed.inn)):
        owner = Account.objects.known_as(Known(kind, value)).exclude(pk=sub).first() if value else None
        if owner:
            tell(
                owner.sub, "second_registration", detail={"what": kind.value}, link="/recovery/", urgent=True
            )
            record(
                actor="system",
                act="proofing.second_registration",
                subject=str(owner.sub),
                words="С Вашими данными пытались подтвердить другую учётную запись",
            )
            break
    record(
        actor="system",
        act="proofing.taken",
        subject=str(sub),
        words="Подтвердить личность в этой учётной записи нельзя: восстановите доступ к прежней",
        detail={"code": "identity_taken"},
    )


def confirm(attempt: Attempt, account: Account, *, by: str = "system") -> None:
    """She is who she says. The scan has done its work and goes."""
    now = timezone.now()
    let_go(attempt)
    Suspension.objects.filter(account=account, ended_at=None).update(ended_at=now, ended="confirmed")
    account.level = Level.CONFIRMED
    account.save(update_fields=["level"])
    tell(account.sub, "confirmed", link=HERE)
    record(
        actor=by,
        act="proofing.confirmed",
        subject=str(account.sub),
        words="Личность подтверждена. Учётная запись стала подтверждённой",
    )
