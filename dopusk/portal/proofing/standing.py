"""A confirmation taken away for a while or for good, given back, appealed against."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from dopusk.portal.accounts.models import Account
from dopusk.portal.accounts.rules import Level
from dopusk.portal.notices.actions import tell
from dopusk.portal.oidc.actions import end_lasting
from dopusk.portal.oidc.backchannel import level_fell
from dopusk.portal.proofing import endings, rules, words
from dopusk.portal.proofing.actions import NotAllowed
from dopusk.portal.proofing.models import Appeal, Suspension, Try, bucket
from dopusk.portal.proofing.rules import Refusal, Standing, StandingCode
from dopusk.web.journal.actions import record
from dopusk.web.journal.models import Entry

APPEAL = "/proofing/appeal/"
LOOKS = ("proofing.looked_up", "proofing.found_nobody")


def standing(account: Account) -> Standing:
    """How her confirmation stands."""
    stands = endings.standing_of(account.sub)
    return Standing(account.level, stands.kind if stands else "", str(account.sub))


def suspend(sub: uuid.UUID, code: StandingCode, by: uuid.UUID, why: str, *, session: str = "") -> Suspension:
    """Take a confirmation away until it is restored: the level becomes standard, services that demand more close.

    by: the operator; why: her words, as the person reads them. Raises NotAllowed.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=sub)
        if refusal := rules.may_suspend(standing(account), str(by)):
            raise NotAllowed(refusal)
        return _decide(account, "suspended", code, by, why, session)


def withdraw(sub: uuid.UUID, code: StandingCode, by: uuid.UUID, why: str, *, session: str = "") -> Suspension:
    """Take a confirmation away for good; a new proofing ends at an operator. Raises NotAllowed."""
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=sub)
        if refusal := rules.may_withdraw(standing(account), str(by)):
            raise NotAllowed(refusal)
        before = Suspension.objects.filter(account=account, ended_at=None)
        before.update(ended_at=timezone.now(), ended="withdrawn")
        if number := account.opened().get("snils", ""):
            Try.objects.create(bucket=bucket("snils", number), kind="withdrawn", at=timezone.now())
        return _decide(account, "withdrawn", code, by, why, session)


def _decide(
    account: Account, kind: str, code: StandingCode, by: uuid.UUID, why: str, session: str
) -> Suspension:
    made = Suspension.objects.create(
        account=account, kind=kind, code=code.value, words=why, by_id=by, at=timezone.now()
    )
    Account.objects.filter(pk=account.pk).update(level=Level.STANDARD)
    level_fell(account.pk, Level.STANDARD)
    end_lasting(account.pk, actor=str(by))
    reason = words.STANDING_CODES[code]
    tell(account.sub, f"confirmation_{kind}", detail={"reason": reason}, link=APPEAL, urgent=True)
    said = "приостановлено" if kind == "suspended" else "отозвано"
    record(
        actor=str(by),
        act=f"proofing.{kind}",
        subject=str(account.sub),
        words=f"Подтверждение личности {said}: {reason}",
        session=session,
        detail={"code": code.value, "words": why},
    )
    return made


def restore(sub: uuid.UUID, by: uuid.UUID, why: str, *, session: str = "") -> None:
    """Give a suspended confirmation back. Raises NotAllowed."""
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=sub)
        if refusal := rules.may_restore(standing(account), str(by)):
            raise NotAllowed(refusal)
        _restore(account, by, why, session)


def _still_proved(account: Account) -> bool:
    """Whether what was confirmed is still hers: meanwhile an operator may have seen her numbers in other hands, or
    have given her a name that no register has seen."""
    stands, opened = endings.standing_of(account.sub), account.opened()
    if stands is None or not (opened.get("snils") and opened.get("identity_document")):
        return False
    renamed = Entry.objects.filter(subject=str(account.sub), act="profile.name_changed", at__gte=stands.at)
    return not renamed.exists()


def _restore(account: Account, by: uuid.UUID, why: str, session: str) -> None:
    if not _still_proved(account):
        raise NotAllowed(Refusal("not_confirmed"))
    Suspension.objects.filter(account=account, ended_at=None).update(
        ended_at=timezone.now(), ended="restored"
    )
    Account.objects.filter(pk=account.pk).update(level=Level.CONFIRMED)
    tell(account.sub, "confirmation_restored", link=endings.HERE)
    record(
        actor=str(by),
        act="proofing.restored",
        subject=str(account.sub),
        words="Подтверждение личности возвращено",
        session=session,
        detail={"words": why},
    )


def appeal(sub: uuid.UUID, text: str, *, session: str = "") -> Appeal:
    """Object to the decision in force, once. Raises NotAllowed: `nothing_to_appeal`, `already_appealed`."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=sub)
        stands = endings.standing_of(sub)
        if stands is None:
            raise NotAllowed(Refusal("nothing_to_appeal"))
        if Appeal.objects.filter(suspension=stands).exists():
            raise NotAllowed(Refusal("already_appealed"))
        made = Appeal.objects.create(suspension=stands, text=text, at=timezone.now())
        record(
            actor=str(sub),
            act="proofing.appealed",
            subject=str(sub),
            words="Вы обжаловали решение о подтверждении личности",
            session=session,
        )
    return made


def judge(appeal_id: int, by: uuid.UUID, why: str, *, restored: bool, session: str = "") -> None:
    """Answer an appeal: the decision stands, or the confirmation comes back. Raises NotAllowed."""
    with transaction.atomic():
        sub = Appeal.objects.values_list("suspension__account_id", flat=True).get(pk=appeal_id)
        account = Account.objects.select_for_update().get(pk=sub)
        found = Appeal.objects.select_related("suspension").get(pk=appeal_id)
        decided_by = str(found.suspension.by_id or "")
        judged = found.judged_at is not None or found.suspension.ended_at is not None
        if refusal := rules.may_judge_appeal(decided_by, str(sub), str(by), judged=judged):
            raise NotAllowed(refusal)
        found.judged_at, found.judged_by_id, found.words = timezone.now(), by, why
        found.outcome = "restored" if restored else "upheld"
        found.save()
        if restored:
            _restore(account, by, why, session)
            return
        tell(sub, "appeal_answered", detail={"answer": why}, link=APPEAL)
        record(
            actor=str(by),
            act="proofing.appeal_upheld",
            subject=str(sub),
            words="Жалоба рассмотрена: решение о подтверждении личности оставлено в силе",
            session=session,
            detail={"words": why},
        )


def note_look(sub: uuid.UUID | None, operator: uuid.UUID, *, session: str) -> None:
    """Write down that an operator looked at how somebody's confirmation stands, or found nobody (None).

    Raises NotAllowed(`too_many_looks`) past LOOKS_AN_HOUR, found or not.
    """
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=operator)
        since = timezone.now() - timedelta(hours=1)
        looked = Entry.objects.filter(actor=str(operator), act__in=LOOKS, at__gt=since)
        if looked.count() >= rules.LOOKS_AN_HOUR:
            raise NotAllowed(Refusal("too_many_looks"))
        found = sub is not None
        record(
            actor=str(operator),
            act=LOOKS[0] if found else LOOKS[1],
            subject=str(sub) if found else "system",
            words="Оператор портала открыл сведения о Вашем подтверждении"
            if found
            else "Оператор портала искал сведения о подтверждении и не нашёл учётной записи",
            session=session,
        )
