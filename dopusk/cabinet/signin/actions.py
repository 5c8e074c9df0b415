"""Letting a person in and seeing her out."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from dopusk.cabinet.signin import rules
from dopusk.cabinet.signin.models import Member, Person, snils_index
from dopusk.web.journal.actions import record


class NotLetIn(Exception):
    """The rules refuse the person; `refusal` says why by its code."""

    def __init__(self, refusal: rules.Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def arrive(identity: rules.Identity) -> Person:
    """Find the person by her account, or take her in, and write what the portal says of her today.

    Raises NotLetIn: `snils_changed`, `snils_of_another`. Two first sign-ins at once give one person.
    """
    try:
        with transaction.atomic():
            return _arrive(identity)
    except IntegrityError:  # the other of two first sign-ins was faster
        with transaction.atomic():
            return _arrive(identity)


def _arrive(identity: rules.Identity) -> Person:
    index = snils_index(identity.sealed["snils"])
    # rows may go on referring to hers meanwhile: their writers hold the journal, which we are going to want
    person = Person.objects.select_for_update(no_key=True).filter(pk=identity.sub).first()
    holder = Person.objects.filter(snils_index=index).values_list("pk", flat=True).first()
    known = bytes(person.snils_index) if person else None
    if refusal := rules.may_bind(known, holder, identity.sub, index):
        raise NotLetIn(refusal)
    first_time = person is None
    person = person or Person(pk=identity.sub)
    for name in (
        "last_name", "first_name", "patronymic", "gender", "birth_date", "email", "phone", "assurance_level",
    ):  # fmt: skip
        setattr(person, name, getattr(identity, name))
    person.seen_at = timezone.now()
    person.seal_identity(identity.sealed)
    person.save(force_insert=first_time)
    words = "Первый вход в кабинет через портал" if first_time else "Вход в кабинет через портал"
    record(actor=person.pk, act="signin.entered", subject=person.pk, words=words)
    return person


def depart(person: Person, session: str) -> None:
    """Write down that she left."""
    with transaction.atomic():
        record(
            actor=person.pk, act="signin.left", subject=person.pk, words="Выход из кабинета", session=session
        )


def appoint(snils: str, role: str, display_name: str) -> Member:
    """Give a role to the holder of a СНИЛС (11 digits), whether or not she has been here; again changes nothing."""
    member, _created = Member.objects.update_or_create(
        snils_index=snils_index(snils), role=role, defaults={"display_name": display_name, "active": True}
    )
    return member
