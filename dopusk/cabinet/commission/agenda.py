"""A sitting as its members see it: votes so far, quorum, what is still to be decided. Reads only."""

from typing import Any

from django.http import Http404
from django.utils import timezone

from dopusk.cabinet.commission import rules, words
from dopusk.cabinet.commission.actions import norms_at
from dopusk.cabinet.commission.models import Case, Commission, Seat, Sitting, Vote
from dopusk.cabinet.commission.seats import by_level, compose_for
from dopusk.cabinet.signin.models import Person

COLOURS = {"passed": "green", "not_passed": "red", "postponed": "grey", "nobody_yet": "grey"}


def seat_for(person: Person) -> Seat:
    """The person's seat, found or made from her role. Raises Http404 when there is none."""
    mine = Seat.objects.filter(snils_index=bytes(person.snils_index), active=True).select_related(
        "commission"
    )
    seat = mine.order_by("commission_id").first()
    if seat is None:
        compose_for(by_level("any"))
        seat = mine.order_by("commission_id").first()
    if seat is None:
        raise Http404
    return seat


def waiting(commission: Commission) -> int:
    """Cases that a sitting called now would take."""
    open_ = Case.objects.waiting().filter(sitting__commission=commission, sitting__state="open")
    return open_.exclude(votes__automatic=False).count()


def is_on(sitting: Sitting) -> bool:
    """Whether members may vote now."""
    return sitting.state == "open" and sitting.on <= timezone.localdate()


def terms(sitting: Sitting) -> rules.Terms:
    """How this sitting decides: of a closed one, as it was composed then."""
    closed = sitting.state == "closed"
    members = len(sitting.composition) if closed else sitting.commission.seats.filter(active=True).count()
    return rules.terms(members, norms_at(sitting.on))


def overview(sitting: Sitting, seat: Seat) -> dict[str, Any]:
    """The head of the agenda page: who takes part, the quorum, how many cases are decided."""
    by = terms(sitting)
    present = _present(sitting)
    seats = sitting.commission.seats.filter(active=True).order_by("place", "name")
    members: list[dict[str, Any]] = [
        {"name": one.name, "place": words.PLACES[one.place], "present": one.pk in present} for one in seats
    ]
    if sitting.state == "closed":
        members = [
            {"name": one["name"], "place": words.PLACES[one["place"]], "present": one["present"]}
            for one in sitting.composition
        ]
    here = sum(member["present"] for member in members)
    undecided = _undecided(sitting, by)
    return {
        "sitting": sitting,
        "seat": seat,
        "leads": seat.place in {"chair", "secretary"},
        "chairs": seat.place == "chair",
        "is_on": is_on(sitting),
        "members": members,
        "present": here,
        "quorum": by.quorum_need,
        "undecided": undecided,
        "next": next_for(sitting, seat) if is_on(sitting) else None,
    }


def rows(sitting: Sitting, seat: Seat, cases: list[Case]) -> list[dict[str, Any]]:
    """Cases of the agenda with the member's own vote and the verdict so far.

    How others voted on a case is shown to a member once she has voted herself, so that nobody leads her.
    """
    by = terms(sitting)
    return [_row(case, seat, by, on=is_on(sitting)) for case in cases]


def _row(case: Case, seat: Seat, by: rules.Terms, *, on: bool) -> dict[str, Any]:
    verdict = rules.decide(case.ballots(), by)
    code = case.outcome or verdict.code
    if code == "no_quorum" and not any(not vote.automatic for vote in case.votes.all()):
        code = "nobody_yet"
    mine = next((vote for vote in case.votes.all() if vote.seat_id == seat.pk), None)
    return {
        "case": case,
        "application": case.application,
        "tally": verdict.tally,
        "need": verdict.need,
        "code": code,
        "word": words.OUTCOMES[code],
        "colour": COLOURS.get(code, "yellow"),
        "by_chair": verdict.by_chair and code != rules.Outcome.POSTPONED,
        "shown": mine is not None or case.outcome != "" or not on,
        "my_vote": mine,
        "my_word": words.CHOICES[mine.choice] if mine else "",
    }


def votes(case: Case) -> list[dict[str, Any]]:
    """The cast votes with their reasons in words."""
    return [
        {
            "name": vote.seat.name,
            "choice": vote.choice,
            "word": words.CHOICES[vote.choice],
            "reasons": [
                words.AGAINST.get(code) or words.RECUSALS.get(code, code) for code in vote.reason_codes
            ],
            "words": vote.words,
        }
        for vote in case.votes.all()
    ]


def next_for(sitting: Sitting, seat: Seat) -> Case | None:
    """The first case on the agenda that waits for this member's vote."""
    return Case.objects.filter(sitting=sitting).waiting().exclude(votes__seat=seat).order_by("id").first()


def _present(sitting: Sitting) -> set[int]:
    """Seats that have voted on anything at this sitting themselves."""
    cast = Vote.objects.filter(case__sitting=sitting, automatic=False)
    return set(cast.values_list("seat_id", flat=True).distinct())


def _undecided(sitting: Sitting, by: rules.Terms) -> int:
    """How many cases have no decision yet."""
    if sitting.state == "closed":
        return 0
    cases = Case.objects.filter(sitting=sitting).waiting().prefetch_related("votes__seat")
    return sum(rules.decide(case.ballots(), by).outcome is None for case in cases)
