"""Letting operators in: for views of any slice."""

import functools
import uuid
from collections.abc import Callable
from typing import Concatenate, Final, ParamSpec, Protocol

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from dopusk.portal.operators.models import Appointment
from dopusk.portal.operators.rules import Right, Role, rights_of
from dopusk.portal.sessions.access import Person, current, proof_required

Arguments = ParamSpec("Arguments")
TWO_FACTORS = "mfa"  # in `Person.amr` when a second factor, or a passkey, was shown
STRONG = frozenset({"otp", "hwk", "swk"})  # those that count for an operator: a code by SMS does not
ENROLLED: Final[
    list[Callable[[uuid.UUID], bool]]
] = []  # whether she has one of these; slice factors adds itself


def rights(sub: uuid.UUID) -> frozenset[Right]:
    """What a person may do by the posts she holds now."""
    held = Appointment.objects.filter(account_id=sub, ended_at=None).values_list("role", flat=True)
    return rights_of(frozenset(Role(role) for role in held))


def rights_here(request: HttpRequest) -> frozenset[Right]:
    """The rights of whoever is signed in, asked once a request; for menus and templates."""
    if not hasattr(request, "portal_rights"):
        person = current(request)
        request.portal_rights = rights(person.sub) if person else frozenset()  # type: ignore[attr-defined]  # our own memory on the request
    found: frozenset[Right] = request.portal_rights  # type: ignore[attr-defined]  # set just above
    return found


class SecondFactorMissing(PermissionDenied):
    """An operator signed in without a second factor, or with one by SMS: her rights sleep until she shows one.

    Its page says how. enrolled: whether she has one that counts, so that showing it is enough.
    """

    template = "operators/second_factor_missing.html"

    def __init__(self, *, enrolled: bool) -> None:
        super().__init__("second_factor_missing")
        self.enrolled = enrolled


class Door(Protocol):
    """A decorator that lets some people in to whatever view it stands before."""

    def __call__(
        self, view: Callable[Concatenate[HttpRequest, Person, Arguments], HttpResponse], /
    ) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponse]:
        """The view behind the door."""


def right_required(right: Right) -> Door:
    """The view gets the operator as its second argument; proof of identity within 30 minutes, two factors always."""
    return _door(lambda held: right in held)


def operator_required(
    view: Callable[Concatenate[HttpRequest, Person, Arguments], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponse]:
    """As right_required, for whoever holds any post."""
    return _door(bool)(view)


def _door(opens_to: Callable[[frozenset[Right]], bool]) -> Door:
    def guard(
        view: Callable[Concatenate[HttpRequest, Person, Arguments], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponse]:
        @functools.wraps(view)
        def guarded(
            request: HttpRequest, person: Person, /, *args: Arguments.args, **kwargs: Arguments.kwargs
        ) -> HttpResponse:
            if not opens_to(rights_here(request)):
                raise PermissionDenied
            if TWO_FACTORS not in person.amr or not STRONG.intersection(person.amr):
                raise SecondFactorMissing(enrolled=any(has(person.sub) for has in ENROLLED))
            return view(request, person, *args, **kwargs)

        return proof_required(guarded)

    return guard
