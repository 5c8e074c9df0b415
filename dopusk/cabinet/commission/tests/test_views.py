"""The commission's pages: sittings, agenda, case, vote, protocol."""

from uuid import uuid4

import pytest
from django.utils import timezone

from dopusk.cabinet.commission import actions, agenda
from dopusk.cabinet.commission.models import Case, Commission, Seat, Sitting, Vote
from dopusk.cabinet.commission.rules import Choice
from dopusk.cabinet.commission.seats import by_level
from dopusk.cabinet.review.tests.people import (
    PDF,
    application,
    browser,
    commission,
    document,
    member,
    person,
    questions,
)
from dopusk.cabinet.signin import access
from dopusk.web.files import actions as files

pytestmark = pytest.mark.django_db


def convened(*keys):
    commission()
    cases = [actions.enter(application(key).pk, timezone.localdate()) for key in keys or ("anna",)]
    sitting = actions.convene(by_level("secondary"), member("boris"), timezone.localdate())
    return sitting, [Case.objects.get(pk=case.pk) for case in cases]


def of(case, act=""):
    return f"/commission/{case.sitting_id}/applications/{case.application_id}/{act}"


def pages(case):
    sitting = case.sitting_id
    reading = ["/commission/", f"/commission/{sitting}/", f"/commission/{sitting}/protocol/", of(case)]
    acting = [
        "/commission/convene/",
        f"/commission/{sitting}/close/",
        of(case, "vote/"),
        of(case, "postpone/"),
    ]
    return reading, acting


@pytest.mark.parametrize("who", ["anna", "galina", "oleg"])
def test_the_commission_is_for_its_members(who):
    _sitting, (case,) = convened()
    visitor = browser(person("anna") if who == "anna" else member(who))
    reading, acting = pages(case)
    assert {visitor.get(address).status_code for address in reading} == {403}
    assert {visitor.post(address).status_code for address in acting} == {403}


def test_a_sitting_of_another_commission_does_not_exist():
    _sitting, (case,) = convened()
    other = Commission.objects.create(key="central", name="Центральная", level="higher")
    Sitting.objects.update(commission=other)
    boris = browser(member("boris"))
    reading, acting = pages(case)
    assert {boris.get(address).status_code for address in reading[1:]} == {404}
    assert {boris.post(address).status_code for address in acting[1:]} == {404}


def test_a_case_of_another_sitting_does_not_exist():
    sitting, _cases = convened()
    boris = browser(member("boris"))
    assert boris.get(f"/commission/{sitting.pk}/applications/{uuid4()}/").status_code == 404
    assert boris.post(f"/commission/{sitting.pk}/applications/{uuid4()}/vote/").status_code == 404


def test_the_protocol_is_not_there_before_it_is_sealed():
    sitting, _cases = convened()
    assert browser(member("boris")).get(f"/commission/{sitting.pk}/protocol/").status_code == 404


def test_a_sealed_protocol_is_given_to_members():
    sitting, (case,) = convened()
    for who in ("boris", "vera"):
        actions.vote(case.pk, member(who), Choice.FOR, [], "", timezone.localdate())
    actions.close(sitting.pk, member("boris"), timezone.localdate())
    stored = files.keep(PDF, owner="system", purpose="protocol", media_type="application/pdf")
    actions.publish_protocol(sitting.pk, stored)
    answer = browser(member("grigory")).get(f"/commission/{sitting.pk}/protocol/")
    assert answer.content == PDF


def test_boris_calls_a_sitting_and_three_vote():
    commission()
    case = actions.enter(application().pk, timezone.localdate())
    document(case.application)
    boris, vera, grigory = (browser(member(who)) for who in ("boris", "vera", "grigory"))
    answer = boris.post("/commission/convene/")
    case.refresh_from_db()
    sitting = f"/commission/{case.sitting_id}/"
    assert answer["Location"] == sitting
    for page in (boris, vera, grigory):
        assert page.get(of(case)).context["may_vote"]
        assert page.post(of(case, "vote/"), {"vote": "for"})["Location"] == sitting
    assert boris.get(sitting).context["present"] == 3
    boris.post(f"{sitting}close/")
    assert Sitting.objects.get(pk=case.sitting_id).state == "closed"
    assert Case.objects.get().outcome == "passed"


def test_a_vote_against_needs_a_reason_and_keeps_the_words():
    _sitting, (case,) = convened()
    vera = browser(member("vera"))
    answer = vera.post(of(case, "vote/"), {"vote": "against", "words": "Не убеждена"})
    assert answer.status_code == 422
    assert answer.context["form"].errors.as_data()["reasons"][0].code == "reason_missing"
    assert "Не убеждена" in answer.content.decode()
    vera.post(of(case, "vote/"), {"vote": "against", "reasons": ["hours_short"], "words": "Не убеждена"})
    vote = Vote.objects.get()
    assert (vote.choice, vote.reason_codes, vote.words) == ("against", ["hours_short"], "Не убеждена")


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        ({}, "vote", "required"),
        ({"vote": "abstain"}, "vote", "invalid_choice"),
        ({"vote": "recuse"}, "recusal", "reason_missing"),
        ({"vote": "recuse", "recusal": "other_conflict"}, "words", "words_missing"),
        ({"vote": "recuse", "recusal": "own_case"}, "recusal", "invalid_choice"),
    ],
)
def test_a_vote_that_cannot_be_counted_is_not_cast(typed, field, code):
    _sitting, (case,) = convened()
    answer = browser(member("vera")).post(of(case, "vote/"), typed)
    assert answer.status_code == 422
    assert answer.context["form"].errors.as_data()[field][0].code == code
    assert not Vote.objects.exists()


def test_reasons_of_another_choice_are_left_aside():
    _sitting, (case,) = convened()
    browser(member("vera")).post(of(case, "vote/"), {"vote": "for", "reasons": ["hours_short"]})
    assert Vote.objects.get().reason_codes == []


def test_voting_twice_is_refused_on_the_page():
    _sitting, (case,) = convened()
    vera = browser(member("vera"))
    vera.post(of(case, "vote/"), {"vote": "for"})
    answer = vera.post(of(case, "vote/"), {"vote": "against", "reasons": ["hours_short"]}, follow=True)
    assert answer.redirect_chain[-1][0] == of(case)
    assert Vote.objects.get().choice == "for"


def test_nobody_sees_how_others_voted_before_voting():
    _sitting, (case,) = convened()
    browser(member("boris")).post(
        of(case, "vote/"), {"vote": "against", "reasons": ["hours_short"], "words": "Часов мало"}
    )
    vera = browser(member("vera"))
    assert "Часов мало" not in vera.get(of(case)).content.decode()
    vera.post(of(case, "vote/"), {"vote": "for"})
    assert "Часов мало" in vera.get(of(case)).content.decode()


def test_after_a_vote_the_next_case_opens():
    _sitting, (anna, maria) = convened("anna", "maria")
    vera = browser(member("vera"))
    assert vera.post(of(anna, "vote/"), {"vote": "for"})["Location"] == of(maria)


def test_boris_sees_that_his_own_case_is_not_his_to_judge():
    _sitting, (case,) = convened("boris")
    answer = browser(member("boris")).get(of(case))
    assert not answer.context["may_vote"]
    assert answer.context["row"]["my_vote"].automatic


def test_only_those_who_lead_call_postpone_or_close():
    sitting, (case,) = convened()
    grigory = browser(member("grigory"))
    grigory.post("/commission/convene/")
    grigory.post(of(case, "postpone/"))
    grigory.post(f"/commission/{sitting.pk}/close/")
    assert Case.objects.get().outcome == ""
    assert Sitting.objects.get(pk=sitting.pk).state == "open"
    assert Sitting.objects.filter(kind="unscheduled").count() == 1


def test_the_chair_is_told_which_cases_keep_the_sitting_open():
    sitting, (case,) = convened()
    answer = browser(member("boris")).post(f"/commission/{sitting.pk}/close/", follow=True)
    assert case.application.number in answer.content.decode()


def test_a_new_member_finds_her_seat_by_her_role():
    boris = member("boris")
    answer = browser(boris).get("/commission/")
    assert answer.context["seat"].place == "chair"
    assert Seat.objects.get().snils_index == boris.snils_index


def test_the_chair_reads_the_draft_of_the_protocol_before_closing():
    sitting, (case,) = convened()
    boris = browser(member("boris"))
    assert "draft" not in boris.get(f"/commission/{sitting.pk}/").context
    for who, choice in (("boris", Choice.FOR), ("vera", Choice.FOR), ("grigory", Choice.AGAINST)):
        reasons = ["dpp_hours_short"] if choice == Choice.AGAINST else []
        actions.vote(case.pk, member(who), choice, reasons, "Особо", timezone.localdate())
    (line,) = boris.get(f"/commission/{sitting.pk}/").context["draft"]
    assert line["applicant"] == "Орлова Анна Сергеевна"
    assert "Особо" in line["remarks"][0]
    assert "draft" not in browser(member("grigory")).get(f"/commission/{sitting.pk}/").context


def test_a_case_that_comes_while_boris_opens_the_sitting_does_no_harm(monkeypatch):
    sitting, (_case,) = convened()
    looked = agenda.overview
    # the agenda was looked at a moment before the case came to it
    monkeypatch.setattr(agenda, "overview", lambda *seen: looked(*seen) | {"undecided": 0})
    answer = browser(member("boris")).get(f"/commission/{sitting.pk}/")
    assert answer.status_code == 200
    assert answer.context["draft"] == []


def test_a_member_may_follow_the_sitting_live():
    sitting, _cases = convened()
    vera = browser(member("vera"))
    address = f"/commission/{sitting.pk}/ticket/"
    assert address in vera.get(f"/commission/{sitting.pk}/").content.decode()
    assert vera.get(address).json()["ticket"].count(".") == 2


def test_the_agenda_asks_the_database_as_often_for_many_cases():
    sitting, cases = convened(*["anna"] * 2)
    boris = browser(member("boris"))

    def vote(all_):
        for case in all_:
            for who in ("vera", "grigory"):
                actions.vote(case.pk, member(who), Choice.FOR, [], "", timezone.localdate())

    vote(cases)
    few = questions(boris, f"/commission/{sitting.pk}/")
    vote([actions.enter(application().pk, timezone.localdate()) for _ in range(30)])
    assert questions(boris, f"/commission/{sitting.pk}/") == few
    assert len(boris.get(f"/commission/{sitting.pk}/").context["rows"]) == 25


def test_the_pages_read_in_english_too():
    sitting, (case,) = convened()
    page = browser(member("boris"))
    page.cookies["cabinet_language"] = "en"
    for address in ("/commission/", f"/commission/{sitting.pk}/", of(case)):
        assert '<html lang="en"' in page.get(address).content.decode()


def test_a_vote_typed_when_the_session_was_over_comes_back_filled():
    _sitting, (case,) = convened()
    vera = browser(member("vera"))
    session = vera.session
    seen = session.pop(access.SEEN)
    session.save()
    typed = {"vote": "against", "words": "Не убеждена"}
    answer = vera.post(of(case, "vote/"), typed, headers={"referer": f"http://testserver{of(case, 'vote/')}"})
    assert answer.status_code == 302
    session[access.SEEN] = seen
    session.save()
    assert vera.get(of(case, "vote/"))["Location"] == of(case)
    page = vera.get(of(case))
    assert page.context["form"].data["vote"] == "against"
    assert "Не убеждена" in page.content.decode()
    assert "Набранное сохранилось" in page.content.decode()
    vera.post(of(case, "vote/"), {**typed, "reasons": ["hours_short"]})
    assert Vote.objects.get().words == "Не убеждена"
    assert "Набранное сохранилось" not in vera.get(of(case)).content.decode()


def test_before_anybody_voted_the_agenda_says_so_calmly():
    sitting, (case,) = convened()
    vera = browser(member("vera"))
    (row,) = vera.get(f"/commission/{sitting.pk}/").context["rows"]
    assert (row["code"], row["colour"]) == ("nobody_yet", "grey")
    assert 'href="#vote"' in vera.get(of(case)).content.decode()
    actions.vote(case.pk, member("vera"), Choice.FOR, [], "", timezone.localdate())
    (row,) = vera.get(f"/commission/{sitting.pk}/").context["rows"]
    assert (row["code"], row["colour"]) == ("no_quorum", "yellow")


def test_a_case_postponed_after_a_tie_is_postponed_and_nothing_else():
    sitting, (case,) = convened()
    actions.vote(case.pk, member("boris"), Choice.FOR, [], "", timezone.localdate())
    actions.vote(case.pk, member("vera"), Choice.AGAINST, ["hours_short"], "", timezone.localdate())
    boris = browser(member("boris"))
    assert boris.get(f"/commission/{sitting.pk}/").context["rows"][0]["by_chair"]
    actions.postpone(case.pk, member("boris"), "", timezone.localdate())
    page = boris.get(f"/commission/{sitting.pk}/")
    assert (page.context["rows"][0]["code"], page.context["rows"][0]["by_chair"]) == ("postponed", False)
    assert not any("председателя" in remark for remark in page.context["draft"][0]["remarks"])


def test_a_recusal_is_asked_for_its_one_reason_and_no_asked_field_is_optional():
    _sitting, (case,) = convened()
    vera = browser(member("vera"))
    form = vera.post(of(case, "vote/"), {"vote": "recuse"}).context["form"]
    other = vera.post(of(case, "vote/"), {"vote": "against"}).context["form"]
    assert list(form.errors["recusal"]) != list(other.errors["reasons"])
    assert not form["reasons"].optional
    assert not form["recusal"].optional
