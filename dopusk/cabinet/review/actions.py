"""A registrar's verbs: take a case, put it back, pass it on, send it back with coded faults."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone, translation

from dopusk.cabinet.applications import signatures
from dopusk.cabinet.applications.actions import NotAllowed, locked, move, wake
from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.applications.rules import Refusal
from dopusk.cabinet.review import decision, rules, words
from dopusk.cabinet.review.models import Review
from dopusk.cabinet.signin.models import Person
from dopusk.web.journal.actions import record
from dopusk.web.signing.actions import Act, Examined
from dopusk.web.signing.models import Signature


def open_review(application: Application, due_on: date) -> Review:
    """Put an application into the registrars' queue; a second time changes nothing."""
    review, _created = Review.objects.get_or_create(
        application=application, defaults={"opened_at": timezone.now(), "due_on": due_on}
    )
    return review


def put_aside(application: Application) -> None:
    """The applicant withdrew: nobody has to look at it any more."""
    Review.objects.undecided().filter(application=application).update(
        decision="withdrawn", decided_at=timezone.now()
    )


def take(review_id: int, registrar: Person, *, session: str = "") -> Review:
    """Claim a case. Of two who press at once one wins; the other gets NotAllowed `taken_by_other`."""
    with transaction.atomic():
        review = Review.objects.shown().get(pk=review_id)
        _ask(rules.may_take(review.desk(), registrar.pk))
        if review.registrar_id == registrar.pk:
            return review
        won = Review.objects.free().filter(pk=review_id).update(registrar=registrar, taken_at=timezone.now())
        review = Review.objects.shown().get(pk=review_id)
        if not won:
            _ask(rules.may_take(review.desk(), registrar.pk))
            return review
        _record(
            review, registrar, "review.taken", "Заявление взято на проверку в центре аккредитации", session
        )
    return review


def take_next(registrar: Person, *, session: str = "") -> Review | None:
    """Claim the most urgent free case that is not one's own; None when there is none."""
    with transaction.atomic():
        free = Review.objects.free().filter(application__state="CENTER_REVIEW")
        chosen = (
            free.exclude(application__applicant=registrar)
            .select_for_update(of=("self",), skip_locked=True)
            .first()
        )
        return take(chosen.pk, registrar, session=session) if chosen else None


def release(review_id: int, registrar: Person, *, session: str = "") -> Review:
    """Put a case back for others. Raises NotAllowed."""
    with transaction.atomic():
        review = _decidable(review_id, registrar)
        review.registrar, review.taken_at = None, None
        review.save(update_fields=["registrar", "taken_at"])
        _record(review, registrar, "review.released", "Заявление возвращено в общую очередь центра", session)
    return review


def accept(
    review_id: int, registrar: Person, *, examined: Examined | None = None, session: str = ""
) -> Review:
    """Find the set complete; the journey then passes it on to the commission. Raises NotAllowed.

    examined: her electronic signature under `decision.act`.
    """
    with transaction.atomic():
        review = _decidable(review_id, registrar)
        review.signature = _sign(decision.act(review, registrar), registrar, examined)
        _decide(review, rules.Decision.ACCEPT)
        _record(review, registrar, "review.accepted", "Центр аккредитации принял документы", session)
        wake(review.application_id)
    return review


def refuse(
    review_id: int,
    registrar: Person,
    faults: Sequence[rules.Fault],
    comment: str,
    *,
    examined: Examined | None = None,
    session: str = "",
) -> Review:
    """Send the application back; her copy will show the faults. Raises NotAllowed. examined: as in `accept`."""
    with transaction.atomic():
        review = _decidable(review_id, registrar)
        _ask(rules.wrong_faults(faults))
        review.signature = _sign(decision.act(review, registrar, faults, comment), registrar, examined)
        review.reasons, review.comment = marks(faults), comment.strip()
        _decide(review, rules.Decision.REFUSE)
        review.application = move(
            review.application_id,
            "INTAKE_REFUSED",
            actor=registrar.pk,
            words=_refused(review),
            act="application.intake_refused",
            session=session,
            detail={
                "reasons": [fault.code for fault in faults],
                "comment": review.comment,
                **_signed(review),
            },
            marks=review.reasons,
        )
        wake(review.application_id)
    return review


def marks(faults: Sequence[rules.Fault]) -> list[dict[str, str]]:
    """Faults as the applicant and her corrected copy will read them, in Russian."""
    with translation.override("ru"):
        return [
            {
                "code": fault.code,
                "field": fault.place,
                "words": fault.words.strip() or str(words.REASONS[fault.code][0]),
                "norm": rules.BY_CODE[fault.code].act,
                "fix": str(words.REASONS[fault.code][1]),
                "fixer": rules.BY_CODE[fault.code].fixer,
            }
            for fault in faults
        ]


def _decidable(review_id: int, registrar: Person) -> Review:
    """The case locked with its application, if this registrar may decide it."""
    review = Review.objects.select_for_update().get(pk=review_id)
    review.application = locked(review.application_id)
    _ask(rules.may_decide(review.desk(), registrar.pk))
    return review


def _decide(review: Review, decided: rules.Decision) -> None:
    review.decision, review.decided_at = decided.value, timezone.now()
    review.save(update_fields=["decision", "decided_at", "reasons", "comment", "signature"])


def _sign(act: Act, registrar: Person, examined: Examined | None) -> Signature | None:
    """Her signature under the decision, kept with it; None when the press of the button is enough."""
    return signatures.keep(examined, registrar, act.lines, act="intake_decision")


def _signed(review: Review) -> dict[str, object]:
    """The signature of a decision, for the journal; the certificate's owner stays out of what the applicant reads."""
    return {"signature": str(review.signature_id)} if review.signature_id else {}


def _ask(refusal: Refusal | None) -> None:
    if refusal:
        raise NotAllowed(refusal)


def _refused(review: Review) -> str:
    found = "; ".join(dict.fromkeys(mark["words"].rstrip(".") for mark in review.reasons))
    return f"Центр аккредитации вернул заявление: {found}"


def _record(review: Review, registrar: Person, act: str, words_: str, session: str) -> None:
    record(
        actor=registrar.pk,
        act=act,
        subject=review.application.applicant_id,
        object_=review.application.key,
        words=words_,
        session=session,
        detail=_signed(review),
    )
