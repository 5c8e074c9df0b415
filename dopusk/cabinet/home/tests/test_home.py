"""One thing to do now; the terms; what was. And one's own journal."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from dopusk.cabinet.applications.tests import drafts
from dopusk.cabinet.certificates.models import Certificate
from dopusk.cabinet.commission.models import Seat
from dopusk.cabinet.home import rules
from dopusk.cabinet.signin.models import Member
from dopusk.cabinet.signin.tests import people

TODAY = date(2026, 11, 22)


def standing(state, specialty="34.02.01", active=True, outcome=""):
    return rules.Standing("key", state, specialty, active, outcome, TODAY)


def term(ends, specialty="34.02.01"):
    return rules.Term(specialty, "Сестринское дело", ends - timedelta(days=1826), ends)


@pytest.mark.parametrize(
    ("applications", "terms", "code"),
    [
        ([], [term(TODAY + timedelta(days=60))], "apply_now"),
        ([], [term(TODAY - timedelta(days=1))], "apply_late"),
        ([], [term(TODAY + timedelta(days=800))], "nothing"),
        ([], [], "begin"),
        ([], None, "register_down"),
        ([standing("DRAFT")], None, "finish"),
        ([standing("CENTER_REVIEW")], [term(TODAY + timedelta(days=60))], "wait"),
        ([standing("CENTER_REVIEW")], None, "wait"),
        ([standing("INTAKE_REFUSED", active=False)], [term(TODAY + timedelta(days=60))], "mend"),
        (
            [standing("CENTER_REVIEW"), standing("INTAKE_REFUSED", active=False)],
            [term(TODAY + timedelta(days=60))],
            "wait",
        ),
        (
            [standing("CENTER_REVIEW")],
            [term(TODAY + timedelta(days=60)), term(TODAY + timedelta(days=30), "34.02.02")],
            "apply_now",
        ),
        ([], [term(TODAY - timedelta(days=700)), term(TODAY + timedelta(days=900))], "nothing"),
        ([standing("WITHDRAWN", active=False)], [term(TODAY + timedelta(days=60))], "apply_now"),
        (
            [standing("PROTOCOL_PUBLISHED", active=False, outcome="not_passed")],
            [term(TODAY + timedelta(days=60))],
            "refused",
        ),
        (
            [standing("DRAFT"), standing("PROTOCOL_PUBLISHED", active=False, outcome="not_passed")],
            [term(TODAY + timedelta(days=60))],
            "finish",
        ),
        ([standing("PASSED", outcome="passed")], [term(TODAY + timedelta(days=60))], "passed"),
        ([standing("PROTOCOL_PUBLISHED", outcome="passed")], None, "passed"),
        ([standing("PASSED", outcome="passed"), standing("CENTER_REVIEW", "34.02.02")], None, "wait"),
    ],
)
def test_the_one_thing_to_do(applications, terms, code):
    assert rules.advise(applications, terms, TODAY, 12).code == code


@given(
    st.lists(
        st.builds(standing, st.sampled_from(["DRAFT", "CENTER_REVIEW", "INTAKE_REFUSED", "RECORDED"])),
        max_size=4,
    ),
    st.none() | st.lists(st.builds(term, st.dates(date(2024, 1, 1), date(2031, 1, 1))), max_size=4),
)
def test_there_is_always_exactly_one_thing(applications, terms):
    assert rules.advise(applications, terms, TODAY, 12).code


@pytest.mark.django_db
def test_a_stranger_reads_what_this_is(client):
    answer = client.get("/")
    assert answer.status_code == 200
    assert "/signin/" in answer.content.decode()


@pytest.mark.django_db
def test_anna_is_told_to_apply_and_sees_her_term(registers, anna, at_browser):
    answer = at_browser(anna).get("/")
    assert answer.context["advice"].code == "apply_now"
    assert len(answer.context["terms"]) == 1
    assert "/applications/new/?specialty=34.02.01" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (drafts.draft, "finish"),
        (drafts.submitted, "wait"),
        (drafts.refused, "mend"),
        (drafts.not_passed, "refused"),
        (drafts.passed, "passed"),
    ],
    ids=["draft", "submitted", "refused", "not passed", "passed"],
)
def test_each_advice_has_its_page(registers, anna, at_browser, prepare, code):
    application = prepare(anna)
    answer = at_browser(anna).get("/")
    assert answer.context["advice"].code == code
    assert f"/applications/{application.pk}/" in answer.content.decode()


@pytest.mark.django_db
def test_a_published_refusal_is_called_one(registers, anna, at_browser):
    drafts.not_passed(anna)
    row = at_browser(anna).get("/").context["rows"][0]
    assert (row["refused"], row["colour"]) == (True, "red")


@pytest.mark.django_db
def test_a_recorded_accreditation_leads_to_its_extract(registers, anna, at_browser):
    application = drafts.passed(anna)
    number = "1234567890128"
    Certificate.objects.create(
        number=number, code="K7M2QX9R3TWZ", application=application, holder=anna, holder_mask="О. А.",
        specialty_key="34.02.01", specialty_name="Сестринское дело", valid_from=TODAY,
        valid_until=TODAY + timedelta(days=1825), protocol_on=TODAY,
    )  # fmt: skip
    assert f'href="/certificates/{number}/"' in at_browser(anna).get("/").content.decode()


@pytest.mark.django_db
def test_a_silent_register_is_said_so(registers, anna, at_browser):
    registers("frmr", "off")
    answer = at_browser(anna).get("/")
    assert (answer.status_code, answer.context["advice"].code) == (200, "register_down")


@pytest.mark.django_db
def test_staff_find_their_work(registers, at_browser):
    assert 'href="/review/"' in at_browser(people.person("galina")).get("/").content.decode()
    assert 'href="/commission/"' in at_browser(people.person("boris")).get("/").content.decode()


@pytest.mark.django_db
def test_the_first_page_takes_few_queries(registers, anna, at_browser):
    drafts.submitted(anna)
    client = at_browser(anna)
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    assert len(queries) <= 8


@pytest.mark.django_db
def test_everybody_reads_the_journal_about_herself_only(anna, maria, at_browser):
    drafts.submitted(anna)
    hers, other = at_browser(anna).get("/journal/"), at_browser(maria).get("/journal/")
    assert "Заявление подписано" in hers.content.decode()
    assert "Заявление подписано" not in other.content.decode()
    assert {row["entry"].subject for row in other.context["rows"]} == {maria.pk}


@pytest.mark.django_db
def test_the_journal_does_not_repeat_identifiers(anna, at_browser):
    drafts.submitted(anna)
    page = at_browser(anna).get("/journal/").content.decode()
    assert "00000060003" not in page
    assert "000-000-600 03" not in page


@pytest.mark.django_db
def test_the_journal_takes_few_queries(anna, at_browser):
    drafts.submitted(anna)
    client = at_browser(anna)
    with CaptureQueriesContext(connection) as queries:
        client.get("/journal/")
    assert len(queries) <= 6


@pytest.mark.django_db
def test_seeding_gives_the_known_roles_once():
    call_command("seed")
    call_command("seed")
    roles = sorted(Member.objects.values_list("role", flat=True))
    assert roles == ["chair", "commissioner", "operator", "registrar", "registrar", "secretary"]
    assert Seat.objects.filter(active=True).count() == 3


@pytest.mark.django_db
def test_outside_the_sandbox_nobody_is_appointed(settings):
    settings.SANDBOX = False
    call_command("seed")
    assert not Member.objects.exists()
