"""Олег appoints operators; nobody widens her own rights, and one who appoints always stays."""

import io
import threading
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from dopusk.kernel import sandbox
from dopusk.portal.notices.models import Notice
from dopusk.portal.operators.actions import NotDone, appoint, dismiss
from dopusk.portal.operators.models import Appointment
from dopusk.portal.operators.rules import (
    RIGHTS,
    Right,
    Role,
    fault_of_appointment,
    fault_of_dismissal,
    rights_of,
)
from dopusk.portal.operators.tests.people import operator, phone, signed_in
from dopusk.portal.operators.words import DUTIES, ROLES
from dopusk.portal.tests.browser import Browser, known, path_of, statements
from dopusk.web.journal.models import Entry


def held(key: str) -> set[str]:
    return set(Appointment.objects.filter(account=known(key), ended_at=None).values_list("role", flat=True))


def give(browser: Browser, key: str, role: str, last_name: str = ""):
    fields = {
        "identifier": phone(key),
        "last_name": last_name or sandbox.person(key).last_name,
        "role": role,
    }
    return browser.submit(browser.get(reverse("operators:roles")), reverse("operators:roles"), **fields)


def test_every_role_has_its_words_and_no_right_is_without_a_role():
    assert set(ROLES) == set(DUTIES) == set(RIGHTS) == set(Role)
    assert rights_of(frozenset(Role)) == set(Right)


@pytest.mark.parametrize(
    ("own", "already", "fault"),
    [(False, False, None), (False, True, "post_held"), (True, False, "own_post"), (True, True, "own_post")],
)
def test_a_post_is_given_to_others_once(own, already, fault):
    assert fault_of_appointment(own=own, held=already) == fault


@pytest.mark.parametrize(
    ("role", "holds", "administrators", "fault"),
    [
        (Role.ADMINISTRATOR, True, 1, "last_administrator"),
        (Role.ADMINISTRATOR, True, 2, None),
        (Role.ADMINISTRATOR, False, 1, "post_not_held"),
        (Role.SUPPORT, True, 1, None),
        (Role.SUPPORT, False, 0, "post_not_held"),
    ],
)
def test_the_last_who_appoints_stays(role, holds, administrators, fault):
    assert fault_of_dismissal(role, held=holds, administrators=administrators) == fault


@pytest.mark.django_db
def test_oleg_makes_maria_of_support_and_she_learns_of_it_in_words():
    oleg = operator("oleg", Role.ADMINISTRATOR)
    known("maria")
    answer = give(oleg, "maria", "support")
    assert path_of(answer) == reverse("operators:roles")
    assert held("maria") == {"support"}
    maria = known("maria")
    assert maria.second_factor
    entry = Entry.objects.get(act="operator.appointed", subject=str(maria.pk))
    assert entry.actor == str(known("oleg").pk)
    assert entry.session
    assert entry.words.endswith(": поддержка людей")
    notice = Notice.objects.get(account=maria, kind="operator_appointed")
    assert ROLES[Role.SUPPORT] in notice.text


@pytest.mark.django_db
@pytest.mark.parametrize("spelling", ["{}", "8 ({1}) {2}"])
def test_any_usual_spelling_finds_her(spelling):
    oleg = operator("oleg", Role.ADMINISTRATOR)
    number = phone("maria")
    typed = number if spelling == "{}" else f"8 ({number[2:5]}) {number[5:8]}-{number[8:10]}-{number[10:]}"
    known("maria")
    fields = {"identifier": typed, "last_name": sandbox.person("maria").last_name.upper(), "role": "support"}
    oleg.submit(oleg.get(reverse("operators:roles")), reverse("operators:roles"), **fields)
    assert held("maria") == {"support"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "last_name", "role", "code"),
    [
        ("maria", "Другая", "support", "person_unknown"),
        ("oleg", "", "support", "own_post"),
        ("maria", "", "reviewer", "post_held"),
    ],
)
def test_what_is_not_given(key, last_name, role, code):
    oleg = operator("oleg", Role.ADMINISTRATOR)
    appoint(known("maria").pk, Role.REVIEWER, by="system")
    before = Appointment.objects.count()
    answer = give(oleg, key, role, last_name)
    assert answer.status_code == 422
    assert f'data-code="{code}"' in answer.text
    assert Appointment.objects.count() == before


@pytest.mark.django_db
def test_nobody_else_and_wrong_surname_answer_alike():
    oleg = operator("oleg", Role.ADMINISTRATOR)
    nobody = give(oleg, "maria", "support")  # she has no account yet
    known("maria")
    wrong = give(oleg, "maria", "support", "Другая")
    assert nobody.status_code == wrong.status_code == 422
    assert all('data-code="person_unknown"' in answer.text for answer in (nobody, wrong))


@pytest.mark.django_db
def test_a_post_is_ended_after_one_more_question():
    oleg = operator("oleg", Role.ADMINISTRATOR)
    appoint(known("maria").pk, Role.SUPPORT, by="system")
    address = reverse("operators:dismiss", args=[known("maria").pk, "support"])
    page = oleg.get(address)
    assert page.status_code == 200
    assert held("maria") == {"support"}
    assert path_of(oleg.submit(page, address)) == reverse("operators:roles")
    assert held("maria") == set()
    assert Entry.objects.filter(act="operator.dismissed", subject=str(known("maria").pk)).count() == 1
    assert Notice.objects.filter(account=known("maria"), kind="operator_dismissed").count() == 1
    assert oleg.get(address).status_code == 404


@pytest.mark.django_db
def test_the_only_one_who_appoints_cannot_leave():
    oleg = operator("oleg", Role.ADMINISTRATOR)
    address = reverse("operators:dismiss", args=[known("oleg").pk, "administrator"])
    answer = oleg.submit(oleg.get(address), address)
    assert answer.status_code == 409
    assert 'data-code="last_administrator"' in answer.text
    assert held("oleg") == {"administrator"}
    appoint(known("maria").pk, Role.ADMINISTRATOR, by="system")
    assert oleg.submit(oleg.get(address), address).status_code == 302
    assert oleg.get(reverse("operators:roles")).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_of_two_who_dismiss_each_other_at_one_moment_one_stays():
    people = [known("oleg"), known("maria")]
    for one in people:
        appoint(one.pk, Role.ADMINISTRATOR, by="system")
    start, outcomes = threading.Barrier(2), []

    def dismissed(whom, by):
        try:
            start.wait()
            outcomes.append(dismiss(whom.pk, Role.ADMINISTRATOR, by=str(by.pk)))
        except NotDone as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=dismissed, args=pair) for pair in (people, people[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == [True, "last_administrator"]
    assert Appointment.objects.filter(role="administrator", ended_at=None).count() == 1


@pytest.mark.django_db
def test_the_desk_shows_cards_of_her_rights_and_asks_no_more_for_more_operators():
    oleg = operator("oleg", Role.ADMINISTRATOR)
    assert reverse("operators:roles") in oleg.get(reverse("operators:desk")).text
    reviewer = operator("maria", Role.REVIEWER)
    assert reverse("operators:roles") not in reviewer.get(reverse("operators:desk")).text
    with statements() as few:
        oleg.get(reverse("operators:roles"))
    for key in ("anna", "boris", "galina", "vera"):
        appoint(known(key).pk, Role.SUPPORT, by=str(known("oleg").pk))
    with statements() as many:
        oleg.get(reverse("operators:roles"))
    assert len(many) == len(few) + 1  # the names of those who gave the posts


@pytest.mark.django_db
def test_the_first_operator_is_made_by_a_command():
    known("anna")
    said = io.StringIO()
    call_command("appoint", sandbox.person("anna").email, "administrator", stdout=said)
    assert held("anna") == {"administrator"}
    assert Entry.objects.get(act="operator.appointed").actor == "system"
    call_command("appoint", sandbox.person("anna").email, "administrator", stdout=said)
    assert said.getvalue().splitlines()[1].endswith("held already")
    assert sandbox.person("anna").email not in said.getvalue()
    with pytest.raises(CommandError):
        call_command("appoint", "nobody@example.org", "support", stdout=said)


@pytest.mark.django_db
def test_nobody_appoints_herself_by_any_way():
    anna = known("anna")
    with pytest.raises(NotDone) as refused:
        appoint(anna.pk, Role.SUPPORT, by=str(anna.pk))
    assert refused.value.code == "own_post"
    assert dismiss(anna.pk, Role.SUPPORT, by=str(uuid.uuid4())) is False


@pytest.mark.django_db
def test_only_operators_find_their_workplace_in_the_head():
    anna = signed_in(known("anna"))
    assert reverse("operators:desk") not in anna.get("/journal/").text
    assert reverse("operators:desk") not in Browser().get("/").text
    assert reverse("operators:desk") in operator("maria", Role.REVIEWER).get("/journal/").text


@pytest.mark.django_db
def test_oleg_of_four_posts_stands_in_one_row_with_all_of_them():
    oleg = operator("oleg", *Role)
    text = oleg.get(reverse("operators:roles")).text
    table = text.split("<tbody", 1)[1].split("</tbody>", 1)[0]
    assert table.count('scope="row"') == 1
    for role in Role:
        assert reverse("operators:dismiss", args=[known("oleg").pk, role.value]) in table
