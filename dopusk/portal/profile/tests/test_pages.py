"""The profile's pages as Anna (confirmed) and Ksenia (standard) and a newcomer see them."""

import datetime as dt
import re
import uuid

import pytest
from django.utils import timezone

from dopusk.kernel import sandbox
from dopusk.portal.accounts.actions import open_account
from dopusk.portal.accounts.models import Account
from dopusk.portal.accounts.rules import Identity, Level
from dopusk.portal.profile import actions, rules
from dopusk.portal.profile.models import Fact, Look
from dopusk.portal.profile.tests.test_rules import COLLEGE, HOME, LICENCE, POST
from dopusk.portal.tests.browser import Browser, known, path_of
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db


def signed_in(who: str = "anna") -> Browser:
    known(who)
    browser = Browser()
    browser.sign_in(f"{who}@example.org")
    return browser


def sub_of(who: str) -> uuid.UUID:
    return known(who).sub


def send(browser: Browser, address: str, **fields: str):
    """Fill in the form of a page: its hidden fields and these."""
    page = browser.get(address)
    hidden = dict(
        re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text.split("<main")[1])
    )
    return browser.post(address, data={**hidden, **fields})


def codes(answer) -> set[str]:
    return set(re.findall(r'data-code="([^"]+)"', answer.text))


def day3(name: str, iso: str) -> dict[str, str]:
    year, month, day = iso.split("-")
    return {f"{name}_day": day, f"{name}_month": month, f"{name}_year": year}


def anna_writes(section: str, content: dict[str, str]) -> Fact:
    return actions.add_fact(sub_of("anna"), section, content, session="")


def simplified(who: str = "anna") -> None:
    Account.objects.filter(pk=sub_of(who)).update(level="simplified")


def test_a_stranger_is_sent_to_sign_in_and_back():
    """profile:profile profile:documents profile:export profile:close profile:name_change"""
    for address in (
        "/profile/",
        "/profile/documents/",
        "/profile/export/",
        "/profile/close/",
        "/profile/name/",
    ):
        answer = Browser().get(address)
        assert (path_of(answer), answer.headers["location"]) == ("/signin/", f"/signin/?next={address}")


def test_anna_sees_what_is_known_of_her_a_pencil_beside_each():
    page = signed_in().get("/profile/")
    assert page.status_code == 200
    for field in rules.IDENTITY:
        assert f'href="/profile/personal/{field}/"' in page.text
    assert page.text.count('href="/contacts/"') == 2
    passport = known("anna").opened()["identity_document"]["number"]
    shown = re.search(r"Паспорт</dt>.*?value\">(.*?)</dd>", page.text, re.DOTALL)[1]
    assert shown == f"•••• •••{passport[-3:]}"


def test_no_pencil_is_drawn_beside_what_does_not_change_here():
    page = signed_in().get("/profile/")
    links = dict(re.findall(r'<a class="govuk-link" href="(/[^"]*)">\s*(<svg|\S)', page.text))
    for field in rules.IDENTITY:  # Anna's are confirmed
        assert links[f"/profile/personal/{field}/"] != "<svg"
    assert links["/contacts/"] == "<svg"
    simplified()
    assert re.search(r'href="/profile/personal/last_name/">\s*<svg', signed_in().get("/profile/").text)


def test_taking_ones_data_out_and_leaving_are_found_at_the_top():
    page = signed_in().get("/profile/").text
    for address in ("/profile/export/", "/profile/close/"):
        assert page.index(f'href="{address}"') < page.index('id="contacts"')


def test_anna_adds_an_education_and_it_rests_sealed():
    """profile:add"""
    anna = signed_in()
    answer = send(anna, "/profile/education/add/", **COLLEGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/profile/#education")
    fact = Fact.objects.get()
    assert fact.opened() == COLLEGE
    assert "колледж".encode() not in bytes(fact.sealed)
    assert COLLEGE["institution"] in anna.get("/profile/").text
    assert Entry.objects.about(str(sub_of("anna")))[0].act == "profile.fact_added"


def test_a_licence_and_a_post_with_their_days():
    anna = signed_in()
    licence = {name: value for name, value in LICENCE.items() if name != "issued_on"}
    assert (
        send(anna, "/profile/qualification/add/", **licence, **day3("issued_on", "2020-02-29")).status_code
        == 303
    )
    post = {name: value for name, value in POST.items() if name != "since"}
    assert send(anna, "/profile/employment/add/", **post, **day3("since", "2010-09-01")).status_code == 303
    assert [one.opened() for one in Fact.objects.of(sub_of("anna"))] == [LICENCE, POST]


def test_what_was_typed_stays_when_something_has_to_be_mended():
    anna = signed_in()
    answer = send(anna, "/profile/education/add/", **{**COLLEGE, "year": "2090"})
    assert (answer.status_code, codes(answer)) == (422, {"year_future"})
    assert COLLEGE["institution"] in answer.text
    assert not Fact.objects.exists()


def test_a_pencil_changes_its_own_field():
    """profile:change_field"""
    fact = anna_writes("education", COLLEGE)
    answer = send(signed_in(), f"/profile/education/{fact.pk}/year/", year="2015")
    assert answer.status_code == 303
    fact.refresh_from_db()
    assert fact.opened() == {**COLLEGE, "year": "2015"}


def test_an_end_before_the_beginning_is_said_at_the_field_at_hand():
    fact = anna_writes("employment", {**POST, "until": "2015-01-01"})
    answer = send(signed_in(), f"/profile/employment/{fact.pk}/since/", **day3("since", "2016-01-01"))
    assert (answer.status_code, codes(answer)) == (422, {"ends_before_start"})


def test_of_two_tabs_the_later_is_told_and_may_insist():
    fact = anna_writes("education", COLLEGE)
    address = f"/profile/education/{fact.pk}/specialty/"
    first, second = signed_in(), signed_in()
    page = second.get(address)
    assert send(first, address, specialty="Лечебное дело").status_code == 303
    refused = second.submit(page, "/i18n/setlang/")  # another form of the page does not count as saving
    assert refused.status_code == 302
    seen = re.search(r'name="seen" value="([^"]+)"', page.text)[1]
    answer = second.post(address, data={"specialty": "Акушерское дело", "seen": seen, **_csrf(page)})
    assert (answer.status_code, codes(answer)) == (409, {"changed_meanwhile"})
    assert ("Лечебное дело" in answer.text, "Акушерское дело" in answer.text) == (True, True)
    seen = re.search(r'name="seen" value="([^"]+)"', answer.text)[1]
    assert (
        second.post(address, data={"specialty": "Акушерское дело", "seen": seen, **_csrf(answer)}).status_code
        == 303
    )
    fact.refresh_from_db()
    assert fact.opened()["specialty"] == "Акушерское дело"


def _csrf(page) -> dict[str, str]:
    return {"csrfmiddlewaretoken": re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]}


def test_different_fields_in_two_tabs_do_not_collide():
    fact = anna_writes("education", COLLEGE)
    anna = signed_in()
    page = anna.get(f"/profile/education/{fact.pk}/year/")
    send(anna, f"/profile/education/{fact.pk}/specialty/", specialty="Лечебное дело")
    seen = re.search(r'name="seen" value="([^"]+)"', page.text)[1]
    answer = anna.post(
        f"/profile/education/{fact.pk}/year/", data={"year": "2016", "seen": seen, **_csrf(page)}
    )
    assert answer.status_code == 303
    fact.refresh_from_db()
    assert (fact.opened()["specialty"], fact.opened()["year"]) == ("Лечебное дело", "2016")


def test_removing_asks_first():
    """profile:remove"""
    fact = anna_writes("education", COLLEGE)
    anna = signed_in()
    assert anna.get(f"/profile/education/{fact.pk}/remove/").status_code == 200
    assert Fact.objects.exists()
    assert send(anna, f"/profile/education/{fact.pk}/remove/").status_code == 303
    assert not Fact.objects.exists()


def test_an_address_is_one_of_its_kind_and_changes_as_a_whole():
    """profile:change"""
    anna = signed_in()
    assert send(anna, "/profile/registration/add/", **HOME).status_code == 303
    fact = Fact.objects.get()
    again = anna.get("/profile/registration/add/")
    assert again.headers["location"] == f"/profile/registration/{fact.pk}/"
    assert send(anna, f"/profile/registration/{fact.pk}/", **{**HOME, "house": "7"}).status_code == 303
    fact.refresh_from_db()
    assert fact.opened()["house"] == "7"
    with pytest.raises(actions.NotDone, match="changed_meanwhile"):
        anna_writes("registration", HOME)


def test_what_is_anothers_does_not_exist():
    fact = anna_writes("education", COLLEGE)
    boris = signed_in("boris")
    for address in (
        f"/profile/education/{fact.pk}/",
        f"/profile/education/{fact.pk}/year/",
        f"/profile/education/{fact.pk}/remove/",
    ):
        assert boris.get(address).status_code == 404
        assert boris.post(address).status_code in {403, 404}
    with pytest.raises(actions.NotDone, match="gone"):
        actions.remove_fact(sub_of("boris"), fact.pk, session="")
    anna = signed_in()
    for address in (
        "/profile/nonsense/add/",
        "/profile/personal/password/",
        f"/profile/education/{fact.pk}/x/",
    ):
        assert anna.get(address).status_code == 404


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("sub", "immutable_identifier"),
        ("snils", "immutable_snils"),
        ("last_name", "name_needs_document"),
        ("birth_date", "immutable_birth_date"),
        ("inn", "inn_by_proofing"),
    ],
)
def test_what_is_confirmed_is_refused_with_the_reason(field, code):
    """profile:personal"""
    anna = signed_in()
    assert codes(anna.get(f"/profile/personal/{field}/")) == {code}
    before = known("anna")
    page = anna.get("/profile/")
    answer = anna.post(f"/profile/personal/{field}/", data={field: "Петрова", **_csrf(page)})
    assert (answer.status_code, codes(answer)) == (403, {code})
    assert (known("anna").last_name, known("anna").sub) == (before.last_name, before.sub)


def test_a_newcomer_writes_her_name_herself():
    simplified()
    anna = signed_in()
    assert send(anna, "/profile/personal/last_name/", last_name=" петрова - водкина ").status_code == 303
    assert known("anna").last_name == "Петрова-Водкина"
    assert send(anna, "/profile/personal/patronymic/", patronymic="").status_code == 303
    assert known("anna").patronymic == ""
    assert send(anna, "/profile/personal/birth_date/", **day3("birth_date", "1990-05-01")).status_code == 303
    assert known("anna").birth_date == dt.date(1990, 5, 1)
    wrong = send(anna, "/profile/personal/first_name/", first_name="Anna")
    assert (wrong.status_code, codes(wrong)) == (422, {"name_characters"})


def test_one_who_has_only_just_registered_sees_an_empty_profile_and_may_take_it_out():
    nothing = Identity("Белых", "Юлия", "", "", "", "", "", "+79000000777", "", {}, Level.SIMPLIFIED)
    open_account(nothing, sandbox.PASSWORD, demo=True)
    browser = Browser()
    browser.sign_in("+79000000777")
    page = browser.get("/profile/")
    assert (page.status_code, "+7 900 000-07-77" in page.text) == (200, True)
    assert codes(browser.get("/profile/personal/snils/")) == {"snils_by_proofing"}
    assert codes(browser.get("/")) == {"not_confirmed", "no_second_factor"}
    export = browser.get("/profile/export/")
    assert browser.post("/profile/export/", data=_csrf(export)).json()["account"]["snils"] == ""


def test_the_monthly_look_is_confirmed_or_put_off():
    """profile:look"""
    Account.objects.filter(pk=sub_of("anna")).update(created_at=timezone.now() - dt.timedelta(days=40))
    anna = signed_in()
    page = anna.get("/profile/")
    assert 'action="/profile/look/"' in page.text
    anna.submit(page, "/profile/look/", decision="later")
    look = Look.objects.get()
    assert (look.ask_on - timezone.localdate(), look.found_right_at) == (dt.timedelta(days=7), None)
    assert 'action="/profile/look/"' not in anna.get("/profile/").text
    Look.objects.update(ask_on=timezone.localdate())
    anna.submit(anna.get("/profile/"), "/profile/look/", decision="right")
    look.refresh_from_db()
    assert look.ask_on == rules.next_look(timezone.localdate())
    assert look.found_right_at is not None


def test_the_page_costs_as_many_statements_however_much_it_shows(django_assert_max_num_queries):
    anna = signed_in()
    for _number in range(12):
        anna_writes("education", COLLEGE)
        anna_writes("qualification", LICENCE)
    with django_assert_max_num_queries(8):
        anna.get("/profile/")
