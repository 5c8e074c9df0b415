"""An attempt from its draft to the answer of the registers."""

import io
import json
import random
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from PIL import Image
from procrastinate.contrib.django import app

from dopusk.kernel import trace
from dopusk.portal.accounts.models import Account
from dopusk.portal.clients import models as clients
from dopusk.portal.clients.models import Client
from dopusk.portal.clients.rules import Registration
from dopusk.portal.notices.actions import tell
from dopusk.portal.proofing import endings, rules, words
from dopusk.portal.proofing.models import Attempt, Draft, Errand, Try, bucket, seal
from dopusk.portal.proofing.registers import WORKER_PATIENCE, registers
from dopusk.portal.proofing.rules import Answers, Doubt, Refusal, State, Typed
from dopusk.portal.signin.rules import client_of, safe_next
from dopusk.web.files import actions as files
from dopusk.web.files.models import StoredFile
from dopusk.web.journal.actions import record
from dopusk.web.journal.models import Entry

GRACE = timedelta(seconds=30)  # how long her own request may ask before the worker takes over
CLAIM = timedelta(seconds=60)  # how long one worker may ask before another does
DUE = 200


class NotAllowed(Exception):
    """The act is refused; `.refusal` says why. Nothing was changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


@dataclass(frozen=True)
class Outcome:
    """What came of asking. code: `refused`, `taken`, `waiting`, `questions`, `review`, or `over`: already settled."""

    code: str
    refusal: Refusal | None = None


def remember_errand(sub: uuid.UUID, text: str) -> str:
    """Keep where she was going, if it is a page of ours or of a registered service; the latest counts."""
    place = safe_next(text)
    if place == "/":
        origins = {origin for client in Client.objects.all() for origin in client.registration().origins()}
        place = text if rules.origin_of(text) in origins else ""
    if place:
        Errand.objects.update_or_create(account_id=sub, defaults={"next": place, "at": timezone.now()})
    return place


def errand_of(sub: uuid.UUID) -> tuple[str, Registration | None]:
    """Where she was going, or an empty text; and the service, if it was one's request for a sign-in.

    A service forgets its own request after a while, so an old one leads to the service's front door.
    """
    errand = Errand.objects.filter(account_id=sub).first()
    if errand is None:
        return "", None
    client = clients.find(client_of(errand.next))
    if client and timezone.now() - errand.at > rules.REQUEST_LIVES:
        return f"{rules.origin_of(min(client.redirect_uris))}/", client
    return errand.next, client


def save_draft(sub: uuid.UUID, values: dict[str, str], scan: StoredFile | None = None) -> Draft:
    """Keep what she typed; a new scan takes the place of the one before."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=sub)
        draft = Draft.objects.select_related("scan").filter(account_id=sub).first() or Draft(account_id=sub)
        before = draft.scan
        draft.sealed = seal(f"proofing draft {sub}", values)
        draft.scan = scan or before
        draft.updated_at = timezone.now()
        draft.save()
        if scan and before:
            files.drop(before)
    return draft


def take_scan(sub: uuid.UUID, upload: Any) -> StoredFile:
    """Check, clean and keep the scan; slow, so outside any transaction. Raises `web.files` FileRefused."""
    return files.take(upload, owner=str(sub), purpose="passport_scan")


def begin(sub: uuid.UUID, typed: Typed, *, session: str) -> Attempt:
    """Turn the draft into an attempt; the registers are to be asked next. Raises NotAllowed.

    The scan is the draft's. An attempt beyond the fifth of the window is `blind`: whatever the registers say of it,
    only an operator reads.
    """
    now = timezone.now()
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=sub)
        draft = Draft.objects.select_related("scan").filter(account_id=sub).first()
        if refusal := why_not(account, typed.snils):
            raise NotAllowed(refusal)
        if draft is None or draft.scan is None:
            raise NotAllowed(Refusal("scan_missing", ("scan",)))
        blind = not _count_try(sub, typed.snils)
        attempt = Attempt(
            account=account, state=State.ASKING, scan=draft.scan, blind=blind, begun_at=now, changed_at=now
        )
        doubt = _scan_doubt(draft.scan)
        attempt.doubts = [doubt] if doubt else []
        attempt.next_at = now + GRACE
        attempt.put(typed=typed.kept())
        attempt.save(force_insert=True)
        draft.delete()
        record(
            actor=str(sub),
            act="proofing.begun",
            subject=str(sub),
            words="Вы отправили паспорт и СНИЛС на проверку",
            session=session,
            detail={"blind": blind},
        )
    return attempt


def why_not(account: Account, snils: str = "") -> Refusal | None:
    """What keeps her from beginning an attempt, or None."""
    stands = endings.standing_of(account.sub)
    who = rules.Beginner(
        level=account.level,
        under_way=Attempt.objects.filter(account=account).exists(),
        suspended=stands is not None and stands.kind == "suspended",
        known_snils=account.opened().get("snils", ""),
    )
    return rules.may_begin(who, snils)


def _count_try(sub: uuid.UUID, snils: str) -> bool:
    """Count one more named try of this account and this number; False, and nothing counted, when they are spent."""
    buckets = [bucket("account", str(sub)), bucket("snils", snils)]
    now = timezone.now()
    with connection.cursor() as cursor:  # two accounts with one number must not count past each other
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(buckets[1][:8], "big", signed=True)]
        )
    recent = Try.objects.filter(kind="registers", at__gt=now - rules.WINDOW)
    if rules.spent(*(recent.filter(bucket=one).count() for one in buckets)):
        return False
    Try.objects.bulk_create(Try(bucket=one, kind="registers", at=now) for one in buckets)
    return True


def tries_left(sub: uuid.UUID) -> int:
    """How many named tries this account has in the window."""
    recent = Try.objects.filter(kind="registers", at__gt=timezone.now() - rules.WINDOW)
    return max(0, rules.TRIES - recent.filter(bucket=bucket("account", str(sub))).count())


def _scan_doubt(scan: StoredFile) -> Doubt | None:
    if not scan.media_type.startswith("image/"):
        return None
    with Image.open(io.BytesIO(files.read(scan))) as picture:  # drawn anew by our own cleaning
        return rules.scan_doubt(*picture.size)


def ask(attempt: Attempt) -> Outcome:
    """Ask the registers while she waits, two seconds at most, and settle what they said."""
    return settle(attempt.pk, registers().ask(attempt.typed()), present=True)


def finish(attempt_id: uuid.UUID) -> str:
    """Ask again for an attempt that waits; the outcome's code. One worker at a time.

    `questions_wanted`: it waits for the register of questions, `questions.finish` goes on.
    """
    now = timezone.now()
    if not Attempt.objects.filter(pk=attempt_id, next_at__lte=now).update(next_at=now + CLAIM):
        return "busy_or_done"
    attempt = Attempt.objects.filter(pk=attempt_id).first()
    if attempt is None or attempt.state == State.QUESTIONS:
        return "questions_wanted" if attempt else "busy_or_done"
    return settle(attempt_id, registers(WORKER_PATIENCE).ask(attempt.typed()), present=False).code


def due() -> list[uuid.UUID]:
    """Attempts whose time has come, the longest waiting first, at most 200."""
    rows = Attempt.objects.filter(next_at__lte=timezone.now()).order_by("next_at")
    return list(rows.values_list("pk", flat=True)[:DUE])


@transaction.atomic
def settle(attempt_id: uuid.UUID, answers: Answers, *, present: bool) -> Outcome:
    """Write what follows from the answers. present: she is before the page and needs no letter."""
    held = endings.locked(attempt_id, State.ASKING, State.WAITING, State.REVIEW)
    if held is None or (held[0].state == State.REVIEW and not held[0].silent):
        return Outcome("over")
    attempt, account = held
    if attempt.blind:
        return _for_operator(attempt, answers)
    if refusal := rules.disagreement(answers):
        endings.refuse(attempt, refusal, letter=not present)
        return Outcome("refused", refusal)
    if answers.silent:
        _wait(attempt, answers)
        return Outcome("waiting")
    typed = attempt.typed()
    attempt.silent, attempt.next_at, attempt.changed_at = [], None, timezone.now()
    attempt.put(answers=answers.kept())
    if not endings.make_standard(account, typed):
        if endings.confirmed_elsewhere(account, typed):
            endings.taken(attempt, typed)
            return Outcome("taken")
        endings.hand_over(attempt, [Doubt.HELD_ELSEWHERE])
        return Outcome("review")
    if doubts := _before_questions(account, typed):
        endings.hand_over(attempt, doubts)
        return Outcome("review")
    attempt.state = State.QUESTIONS
    attempt.save()
    if not present:
        tell(account.sub, "proofing_questions", link="/proofing/questions/")
    return Outcome("questions")


def _before_questions(account: Account, typed: Typed) -> list[Doubt]:
    """Why the questions are not asked at all."""
    doubts = []
    stands = endings.standing_of(account.sub)
    numbers = [bucket("account", str(account.sub)), bucket("snils", typed.snils)]
    long_ago = timezone.now() - rules.WITHDRAWN_FOR
    withdrawn = Try.objects.filter(kind="withdrawn", at__gt=long_ago, bucket__in=numbers)
    if (stands and stands.kind == "withdrawn") or withdrawn.exists():
        doubts.append(Doubt.WITHDRAWN_BEFORE)
    since = timezone.now() - rules.QUESTIONS_FAILED_FOR
    failed = Try.objects.filter(kind="questions", at__gt=since)
    if failed.filter(bucket__in=numbers).exists():
        doubts.append(Doubt.QUESTIONS_FAILED)
    return doubts


def _for_operator(attempt: Attempt, answers: Answers) -> Outcome:
    """The named tries are spent: she hears the same whatever the registers said."""
    attempt.put(answers=answers.kept())
    first = attempt.state != State.REVIEW
    if first:
        endings.hand_over(attempt, [Doubt.ATTEMPTS_SPENT])
    attempt.silent = list(answers.silent)
    if answers.silent:
        put_off(attempt)
    else:
        attempt.next_at, attempt.silent_since = None, None
        attempt.save()
    return Outcome("review")


def _wait(attempt: Attempt, answers: Answers) -> None:
    first = attempt.state != State.WAITING
    attempt.state = State.WAITING
    attempt.put(answers=answers.kept())
    attempt.silent = list(answers.silent)
    put_off(attempt)
    if first:
        named = words.registers_in_russian(answers.silent)
        tell(attempt.account_id, "proofing_waiting", detail={"register": named}, link=endings.HERE)
        record(
            actor="system",
            act="proofing.waiting",
            subject=str(attempt.account_id),
            words=f"Не отвечает: {named}. Проверка данных ждёт",
            detail={"silent": attempt.silent},
        )


def put_off(attempt: Attempt) -> None:
    """Let the worker ask again later, in the caller's transaction: a job, and the row for when the job is lost."""
    now = timezone.now()
    attempt.tries += 1
    attempt.silent_since = attempt.silent_since or now
    wait = rules.pause(attempt.tries, random.random())  # noqa: S311 - jitter
    attempt.next_at = now + wait
    attempt.save()
    job = app.configure_task("proofing.finish", queue="proofing", schedule_at=attempt.next_at)
    job.defer(attempt_id=str(attempt.pk), trace_id=trace.current())


def cancel(sub: uuid.UUID, *, session: str) -> bool:
    """Take back what waits for a register; the try stays counted. False when there is nothing to take back."""
    found = Attempt.objects.filter(account_id=sub).values_list("pk", flat=True).first()
    with transaction.atomic():
        held = endings.locked(found, State.WAITING) if found else None
        if held is None:
            return False
        endings.let_go(held[0])
        record(
            actor=str(sub),
            act="proofing.cancelled",
            subject=str(sub),
            words="Вы отозвали данные, отправленные на проверку",
            session=session,
        )
    return True


@dataclass(frozen=True)
class Ended:
    """How the latest attempt ended. code: of the refusal, or an operator's; fields: those that did not agree."""

    act: str
    code: str
    fields: tuple[str, ...]
    words: str


def last_ended(sub: uuid.UUID) -> Ended | None:
    """What the journal says of her latest attempt, if it ended without a confirmation."""
    entry = Entry.objects.filter(subject=str(sub), act__startswith="proofing.").order_by("-number").first()
    if entry is None or entry.act not in {"proofing.refused", "proofing.taken", "proofing.review_refused"}:
        return None
    detail = json.loads(entry.detail)
    return Ended(
        entry.act, str(detail.get("code", "")), tuple(detail.get("fields", ())), detail.get("words", "")
    )


def purge() -> int:
    """Forget tries, drafts and errands that are past their time; how many rows went."""
    now = timezone.now()
    old = Try.objects.filter(kind="registers", at__lt=now - rules.WINDOW)
    old_questions = Try.objects.filter(kind="questions", at__lt=now - rules.QUESTIONS_FAILED_FOR)
    old_withdrawals = Try.objects.filter(kind="withdrawn", at__lt=now - rules.WITHDRAWN_FOR)
    gone = old.delete()[0] + old_questions.delete()[0] + old_withdrawals.delete()[0]
    gone += Errand.objects.filter(at__lt=now - rules.DRAFT_KEPT).delete()[0]
    for sub in Draft.objects.filter(updated_at__lt=now - rules.DRAFT_KEPT).values_list(
        "account_id", flat=True
    ):
        with transaction.atomic():
            endings.drop_draft(sub)
        gone += 1
    return gone
