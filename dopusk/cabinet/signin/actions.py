"""Letting a person in and seeing her out."""

import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone

from dopusk.cabinet.signin import presence, rules
from dopusk.cabinet.signin.access import mark_of
from dopusk.cabinet.signin.logout_rules import Notice
from dopusk.cabinet.signin.models import Member, Person, Subject, snils_index
from dopusk.cabinet.signin.portal import portal
from dopusk.web.journal.actions import record

FIRST = "Первый вход в кабинет через портал"
AGAIN = "Вход в кабинет через портал"
BOUND = "Первый вход в кабинет через другой портал: учётная запись связана по СНИЛС"
LONGEST_KEY = 64  # characters


class NotLetIn(Exception):
    """The rules refuse the person; `refusal` says why by its code."""

    def __init__(self, refusal: rules.Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class SeenBefore(Exception):
    """This logout token has been taken already."""


def arrive(identity: rules.Identity) -> Person:
    """Find the person by her account, bind the account to her, or take her in; write what is said of her today.

    Raises NotLetIn: `issuer_unknown`, `snils_changed`, `snils_of_another`. Two first sign-ins at once give one person.
    """
    try:
        with transaction.atomic():
            return _arrive(identity)
    except IntegrityError:  # the other of two first sign-ins was faster
        with transaction.atomic():
            return _arrive(identity)


def _arrive(identity: rules.Identity) -> Person:
    index = snils_index(identity.sealed["snils"])
    account = Subject.objects.filter(issuer=identity.issuer, sub=identity.sub).first()
    holder = Person.objects.filter(snils_index=index).values_list("pk", flat=True).first()
    key = account.person_id if account else holder
    # rows may go on referring to hers meanwhile: their writers hold the journal, which we are going to want
    person = Person.objects.select_for_update(no_key=True).filter(pk=key).first() if key else None
    standing = rules.Standing(
        of_account=bytes(person.snils_index) if account and person else None,
        holder=holder,
        holder_has_account=Subject.objects.filter(person=holder, issuer=identity.issuer).exists(),
    )
    if refusal := rules.may_bind(standing, index, identity.issuer, portal().issuer):
        raise NotLetIn(refusal)
    first_time = person is None
    person = person or Person(pk=_free_key(identity.sub))
    for name in (
        "last_name", "first_name", "patronymic", "gender", "birth_date", "email", "phone", "assurance_level",
    ):  # fmt: skip
        setattr(person, name, getattr(identity, name))
    person.seen_at = timezone.now()
    person.seal_identity(identity.sealed)
    person.save(force_insert=first_time)
    if account is None:
        Subject.objects.create(issuer=identity.issuer, sub=identity.sub, person=person)
    words = FIRST if first_time else AGAIN if account else BOUND
    record(actor=person.pk, act="signin.entered", subject=person.pk, words=words)
    return person


def _free_key(sub: str) -> str:
    """The account's own `sub`, or a random key: another issuer may call another person so."""
    taken = len(sub) > LONGEST_KEY or Person.objects.filter(pk=sub).exists()
    return uuid.uuid4().hex if taken else sub


def end_by_provider(notice: Notice, issuer: str) -> int:
    """End the sessions whose session at the provider is over; how many. Raises SeenBefore."""
    with transaction.atomic():
        new, ended = presence.end(notice, issuer)
        if not new:
            raise SeenBefore
        for key, person in ended:
            record(
                actor="system",
                act="signin.ended",
                subject=person,
                words="Сеанс в кабинете закончен: закончился сеанс на портале",
                session=mark_of(key),
            )
    return len(ended)


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
