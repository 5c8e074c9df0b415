"""Who sits in a commission."""

from django.db import transaction

from dopusk.cabinet.commission.models import Commission, Seat
from dopusk.cabinet.signin.models import Member, Person

_PLACES = {"chair": "chair", "secretary": "secretary", "commissioner": "member"}
_RANK = {"chair": 0, "secretary": 1, "member": 2}
NAME = "Аккредитационная комиссия"


def by_level(level: str) -> Commission:
    """The commission that judges a level of education: its own, or the one for all levels (made on first use)."""
    own = Commission.objects.filter(level=level).order_by("id").first()
    return own or Commission.objects.get_or_create(key="main", defaults={"name": NAME, "level": "any"})[0]


def compose(commission: Commission) -> None:
    """Bring the seats in line with the roles given to members; the commission's row is locked by the caller.

    Only for the commission of all levels: a role does not say which of several commissions it is in.
    """
    if commission.level != "any":
        return
    wanted: dict[bytes, tuple[str, str]] = {}
    for member in Member.objects.filter(role__in=_PLACES, active=True).order_by("id"):
        key, place = bytes(member.snils_index), _PLACES[member.role]
        if key not in wanted or _RANK[place] < _RANK[wanted[key][0]]:
            wanted[key] = (place, member.display_name)
    chairs = [key for key, (place, _name) in wanted.items() if place == "chair"]
    for spare in chairs[1:]:
        wanted[spare] = ("member", wanted[spare][1])
    _write(commission, wanted)


def compose_for(commission: Commission) -> None:
    """`compose` in a transaction of its own."""
    with transaction.atomic():
        compose(Commission.objects.select_for_update().get(pk=commission.pk))


def _write(commission: Commission, wanted: dict[bytes, tuple[str, str]]) -> None:
    seats = {bytes(seat.snils_index): seat for seat in commission.seats.all()}
    changed = [
        seat
        for key, seat in seats.items()
        if (seat.place, seat.name, seat.active) != (*wanted.get(key, (seat.place, seat.name)), key in wanted)
    ]
    with transaction.atomic():
        # the old chair leaves the place before the new one takes it
        Seat.objects.filter(pk__in=[seat.pk for seat in changed]).update(active=False)
        for seat in changed:
            if bytes(seat.snils_index) in wanted:
                seat.place, seat.name = wanted[bytes(seat.snils_index)]
                seat.active = True
                seat.save()
        for key, (place, name) in wanted.items():
            if key not in seats:
                Seat.objects.create(commission=commission, snils_index=key, place=place, name=name)


def seat_of(commission: Commission, person: Person) -> Seat | None:
    """The person's active seat in the commission, or None."""
    return commission.seats.filter(snils_index=bytes(person.snils_index), active=True).first()
