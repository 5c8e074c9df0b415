"""The registrar's decision as a text to put an electronic signature under; always Russian."""

from collections.abc import Iterator, Sequence
from typing import Final

from django.conf import settings
from django.utils import translation

from dopusk.cabinet.applications import statement
from dopusk.cabinet.review import rules, words
from dopusk.cabinet.review.models import Review
from dopusk.cabinet.signin.models import Person
from dopusk.kernel import signable
from dopusk.web.signing.actions import Act

PURPOSE: Final = "intake"
TITLES: Final = {
    rules.Decision.ACCEPT: "Решение принять документы заявителя",
    rules.Decision.REFUSE: "Решение вернуть заявление с замечаниями",
}


def act(review: Review, registrar: Person, faults: Sequence[rules.Fault] = (), comment: str = "") -> Act:
    """What she signs to accept the set, or, with faults, to send it back."""
    decided = rules.Decision.REFUSE if faults else rules.Decision.ACCEPT
    with translation.override("ru"):
        lines = tuple(signable.one_line(line) for line in _lines(review, registrar, faults, comment))
    return Act(PURPOSE, review.application.key, TITLES[decided], lines)


def _lines(review: Review, registrar: Person, faults: Sequence[rules.Fault], comment: str) -> Iterator[str]:
    application = review.application
    yield f"Центр аккредитации: {settings.CENTER_NAME}"
    yield f"Заявление: № {application.number}"
    yield f"Заявитель: {application.applicant.full_name}"
    yield f"Специальность: {application.specialty_name}"
    yield f"SHA-256 данных заявления: {statement.digest(application.snapshot or {})}"
    if not faults:
        yield "Решение: документы приняты, заявление передаётся в комиссию"
    else:
        yield f"Решение: заявление возвращается, замечаний: {len(faults)}"
    for at, fault in enumerate(faults, 1):
        said = fault.words.strip() or str(words.REASONS[fault.code][0])
        yield f"{at}. {words.PLACES[fault.place]}: {said}"
        yield f"Основание: {rules.BY_CODE[fault.code].act}"
    if comment.strip():
        first, *rest = comment.strip().splitlines()
        yield f"Комментарий: {first}"
        yield from rest
    yield f"Решение принимает: {registrar.full_name}"
