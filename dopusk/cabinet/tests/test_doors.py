"""Every address of the cabinet, and who is let through it: nobody reaches what is another's.

Columns: a stranger who has not signed in, Мария (an applicant, and not the one it belongs to), Галина (registrar),
Вера (secretary of the commission), Анна (whose application, scan, certificate and notice it is).
`in` is the way to sign in; the numbers are answers of HTTP.
"""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from dopusk.cabinet.applications.models import Signed
from dopusk.cabinet.applications.tests import signing
from dopusk.cabinet.certificates.models import Certificate
from dopusk.cabinet.notices.models import Notice
from dopusk.cabinet.review.models import Review
from dopusk.cabinet.review.tests.people import browser, document, member, person
from dopusk.cabinet.signin import access, alive
from dopusk.cabinet.tests import journey

WHO = ("stranger", "maria", "galina", "vera", "anna")

# address, method → what each of WHO gets
DOORS: dict[tuple[str, str], tuple[object, ...]] = {
    ("home:home", "get"): (200, 200, 200, 200, 200),
    ("home:journal", "get"): ("in", 200, 200, 200, 200),
    ("signin:begin", "get"): (503, 302, 302, 302, 302),
    ("signin:callback", "get"): (403, 302, 302, 302, 302),
    ("signin:backchannel", "post"): (400, 400, 400, 400, 400),
    ("signin:alive", "get"): (401, 204, 204, 204, 204),
    ("signin:leave", "post"): (302, 302, 302, 302, 302),
    ("signin:signed_out", "get"): (200, 200, 200, 200, 200),
    ("specialists:profile", "get"): ("in", 200, 200, 200, 200),
    ("documents:show", "get"): ("in", 404, 200, 200, 200),
    ("applications:index", "get"): ("in", 200, 200, 200, 200),
    ("applications:new", "get"): ("in", 200, 200, 200, 200),
    ("applications:show", "get"): ("in", 404, 404, 404, 200),
    ("applications:step", "get"): ("in", 404, 404, 404, 302),
    ("applications:remove_document", "post"): ("in", 404, 404, 404, 302),
    ("applications:submit", "post"): ("in", 404, 404, 404, 302),
    ("applications:signature", "get"): ("in", 404, 404, 404, 200),
    ("applications:withdraw", "post"): ("in", 404, 404, 404, 302),
    ("applications:copy", "post"): ("in", 404, 404, 404, 302),
    ("applications:ticket", "get"): ("in", 404, 404, 404, 200),
    ("checks:preflight", "get"): ("in", 404, 404, 404, 302),
    ("review:queue", "get"): ("in", 403, 200, 403, 403),
    ("review:take_next", "post"): ("in", 403, 302, 403, 403),
    ("review:card", "get"): ("in", 403, 200, 403, 403),
    ("review:take", "post"): ("in", 403, 302, 403, 403),
    ("review:release", "post"): ("in", 403, 302, 403, 403),
    ("review:accept", "post"): ("in", 403, 302, 403, 403),
    ("review:refuse", "get"): ("in", 403, 302, 403, 403),
    ("review:signature", "get"): ("in", 403, 200, 403, 403),
    ("review:decision_signature", "get"): ("in", 403, 200, 403, 403),
    ("commission:sittings", "get"): ("in", 403, 403, 200, 403),
    ("commission:convene", "post"): ("in", 403, 403, 302, 403),
    ("commission:sitting", "get"): ("in", 403, 403, 200, 403),
    ("commission:ticket", "get"): ("in", 403, 403, 200, 403),
    ("commission:close", "post"): ("in", 403, 403, 302, 403),
    ("commission:closing_signature", "get"): ("in", 403, 403, 200, 403),
    ("commission:protocol", "get"): ("in", 403, 403, 200, 403),
    ("commission:case", "get"): ("in", 403, 403, 200, 403),
    ("commission:signature", "get"): ("in", 403, 403, 200, 403),
    ("commission:vote", "post"): ("in", 403, 403, 422, 403),
    ("commission:postpone", "post"): ("in", 403, 403, 302, 403),
    ("certificates:show", "get"): ("in", 404, 404, 404, 200),
    ("certificates:file", "get"): ("in", 404, 404, 404, 200),
    ("verification:ask", "get"): (200, 200, 200, 200, 200),
    ("verification:answer", "get"): (200, 200, 200, 200, 200),
    ("notices:show", "get"): ("in", 200, 200, 200, 200),
    ("notices:read_all", "post"): ("in", 302, 302, 302, 302),
    ("notices:follow", "get"): ("in", 404, 404, 404, 302),
    ("signing:help", "get"): (200, 200, 200, 200, 200),
    ("signing:content", "get"): (
        404,
        404,
        404,
        404,
        404,
    ),  # whose session asked for it: web/signing's own tests
}


@pytest.fixture
def address(world, db, office) -> Callable[[str], str]:
    """address("review:card") names what is Анна's: application, scan, sitting, certificate, notice, signatures."""
    made = journey.certified("anna")
    sign_everything(made, office)
    scan = document(made)
    scan.released_at = timezone.now()
    scan.save()
    parts = {
        "application_id": made.pk,
        "document_id": scan.pk,
        "challenge_id": uuid.uuid4(),
        "step": "contacts",
        "sitting_id": journey.sitting_of(made).pk,
        "number": Certificate.objects.get(application=made).number,
        "notice_id": Notice.objects.filter(person=made.applicant).first().pk,
    }

    def find(name: str) -> str:
        for pattern, space in _patterns():
            if f"{space}:{pattern.name}" == name:
                needed = {key: parts[key] for key in pattern.pattern.regex.groupindex}
                return reverse(name, kwargs=needed)
        raise KeyError(name)

    return find


def sign_everything(made, office):
    """Электронные подписи: hers under the application, Галина's under the acceptance, Борис's under the closing."""
    Signed.objects.create(application=made, signature=signing.kept(office, "anna", made.key))
    for row, who in ((Review.objects.get(application=made), "galina"), (journey.sitting_of(made), "boris")):
        row.signature = signing.kept(office, who, made.key)
        row.save()


def _patterns(resolver: object = None, space: str = "") -> list[tuple[object, str]]:
    found: list[tuple[object, str]] = []
    for item in (resolver or get_resolver()).url_patterns:
        if isinstance(item, URLResolver):
            found += _patterns(item, item.namespace or space)
        elif item.callback.__module__.startswith(("dopusk.cabinet.", "dopusk.web.signing.")):
            found.append((item, space))
    return found


def test_every_address_has_its_row():
    assert {f"{space}:{pattern.name}" for pattern, space in _patterns()} == {name for name, _method in DOORS}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "method"), DOORS, ids=lambda part: part)
def test_each_is_let_through_the_doors_that_are_hers(name, method, address):
    place = address(name)
    found = []
    for who in WHO:
        client = (
            Client()
            if who == "stranger"
            else browser(member(who) if who in {"galina", "vera"} else person(who))
        )
        asked = {"owner": alive.owner(client.session.get(access.KEY))} if name == "signin:alive" else None
        answer = getattr(client, method)(place, asked)
        to_signin = answer.status_code == 302 and answer["Location"].startswith("/signin/")
        found.append("in" if to_signin and not name.startswith("signin:") else answer.status_code)
    assert dict(zip(WHO, found, strict=True)) == dict(zip(WHO, DOORS[name, method], strict=True))
