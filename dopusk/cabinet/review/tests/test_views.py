"""Galina's desk in a browser."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from dopusk.cabinet.applications.actions import NotAllowed
from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.applications.rules import Refusal
from dopusk.cabinet.checks.models import Finding
from dopusk.cabinet.review import actions
from dopusk.cabinet.review.models import Review
from dopusk.cabinet.review.rules import REASONS, Fault
from dopusk.cabinet.review.tests.people import browser, document, member, person, questions, review
from dopusk.cabinet.signin import access
from dopusk.kernel import sandbox
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db

POSTS = ["take", "release", "accept"]


def card(case, act=""):
    return f"/review/{case.application_id}/{act}"


def finding(case, rule="total_hours", outcome="failed"):
    evidence = {"code": "hours_short", "have": 126, "need": 144, "lacking": 18}
    return Finding.objects.create(
        application=case.application,
        position=Finding.objects.count(),
        rule=rule,
        outcome=outcome,
        evidence=evidence,
        checked_at=timezone.now(),
    )


@pytest.mark.parametrize("who", ["anna", "boris", "oleg"])
def test_the_desk_is_for_registrars(who):
    case = review()
    visitor = browser(person("anna") if who == "anna" else member(who))
    assert visitor.get("/review/").status_code == 403
    assert visitor.get(card(case)).status_code == 403
    assert visitor.get(card(case, "refuse/")).status_code == 403
    assert visitor.post("/review/next/").status_code == 403
    for act in [*POSTS, "refuse"]:
        assert visitor.post(card(case, f"{act}/")).status_code == 403
    assert Review.objects.get().registrar is None


def test_a_case_that_is_not_there_is_not_found():
    galina = browser(member("galina"))
    assert galina.get(f"/review/{uuid4()}/").status_code == 404
    for act in [*POSTS, "refuse"]:
        assert galina.post(f"/review/{uuid4()}/{act}/").status_code == 404


def test_a_draft_of_somebody_is_not_on_the_desk():
    draft = Application.objects.create(applicant=person("anna"), state_changed_at=timezone.now())
    galina = browser(member("galina"))
    assert galina.get(f"/review/{draft.pk}/").status_code == 404


def test_acts_are_not_done_by_following_a_link():
    case = review()
    galina = browser(member("galina"))
    for act in ("take", "release"):
        assert galina.get(card(case, f"{act}/")).status_code == 405
    assert galina.get(card(case, "accept/")).url == card(case)  # back from signing in, to the card
    assert Review.objects.get().decision == ""
    assert galina.get("/review/next/").status_code == 405


def test_the_queue_shows_the_most_urgent_first_with_days_left():
    today = timezone.localdate()
    review("anna", due_on=today + timedelta(days=20))
    review("maria", due_on=today - timedelta(days=1))
    answer = browser(member("galina")).get("/review/")
    rows = answer.context["rows"]
    assert [row["application"].applicant.first_name for row in rows] == ["Мария", "Анна"]
    assert [row["urgency"] for row in rows] == ["overdue", "calm"]
    assert answer.context["overdue"] == 1
    assert sandbox.person("anna").snils not in answer.content.decode()


def test_the_lists_are_free_mine_all_and_decided():
    galina = member("galina")
    mine, free, done = review("anna"), review("maria"), review("viktor")
    for case in (mine, done):
        actions.take(case.pk, galina)
    actions.accept(done.pk, galina)
    page = browser(galina)
    expected = {"free": [free], "mine": [mine], "all": [mine, free], "decided": [done]}
    for name, cases in expected.items():
        rows = page.get("/review/", {"list": name}).context["rows"]
        assert sorted(row["review"].pk for row in rows) == sorted(case.pk for case in cases), name
    assert page.get("/review/", {"list": "nonsense"}).context["chosen"] == "free"


def test_a_case_is_found_by_number_or_surname():
    anna, _maria = review("anna"), review("maria")
    page = browser(member("galina"))
    for text in (anna.application.number, anna.application.number[-3:], "орл", "Орлова"):
        rows = page.get("/review/", {"q": text}).context["rows"]
        assert [row["review"].pk for row in rows] == [anna.pk], text
    assert page.get("/review/", {"q": "Неизвестная"}).context["rows"] == []


@pytest.mark.parametrize("address", ["/review/", "/review/?list=all", "/review/?list=decided"])
def test_the_queue_asks_the_database_as_often_for_forty_cases_as_for_two(address):
    galina = member("galina")
    page = browser(galina)

    def fill(count):
        for _ in range(count):
            case = review("anna")
            if "decided" in address:
                actions.take(case.pk, galina)
                actions.accept(case.pk, galina)

    fill(2)
    few = questions(page, address)
    fill(38)
    assert questions(page, address) == few
    assert len(page.get(address).context["rows"]) == 25


def test_galina_takes_the_next_case_looks_and_accepts():
    case = review()
    one = document(case.application)
    page = browser(member("galina"))
    answer = page.post("/review/next/")
    assert answer["Location"] == card(case)
    answer = page.get(card(case))
    assert answer.context["may_decide"]
    assert f"/documents/{one.pk}/?inline=1" in answer.content.decode()
    answer = page.post(card(case, "accept/"))
    assert answer["Location"] == "/review/"
    assert Review.objects.get().decision == "accept"


def test_after_a_decision_the_next_case_on_the_desk_opens():
    galina = member("galina")
    first, second = review("anna"), review("maria")
    for case in (first, second):
        actions.take(case.pk, galina)
    page = browser(galina)
    assert page.post(card(first, "accept/"))["Location"] == card(second)


def test_what_failed_stands_first_and_the_page_says_how_many():
    case = review()
    finding(case, "dpp_hours", "passed")
    finding(case)
    answer = browser(member("galina")).get(card(case))
    assert answer.context["failed"] == 1
    assert [one.outcome for one in answer.context["findings"]] == ["failed", "passed"]


def test_stepan_is_told_who_was_faster():
    case = review()
    actions.take(case.pk, member("galina"))
    page = browser(member("stepan"))
    answer = page.post(card(case, "take/"), follow=True)
    assert answer.content.decode().count("Павлова Г. П.") == 1
    assert "Г. П.." not in answer.content.decode()
    assert 'href="#decision"' in answer.content.decode()
    assert not answer.context["may_decide"]
    answer = page.post(card(case, "accept/"), follow=True)
    assert Review.objects.get().decision == ""
    assert page.get(card(case, "refuse/"))["Location"] == card(case)


def test_her_own_application_is_not_hers_to_judge():
    galina = member("galina")
    case = review("galina")
    page = browser(galina)
    answer = page.get(card(case))
    assert not answer.context["may_take"]
    assert answer.context["blocked"]
    page.post(card(case, "take/"))
    assert Review.objects.get().registrar is None


def test_a_refusal_needs_a_reason_and_keeps_what_was_typed():
    case, galina = review(), member("galina")
    actions.take(case.pk, galina)
    page = browser(galina)
    answer = page.post(card(case, "refuse/"), {"comment": "Позвоните нам"})
    assert answer.status_code == 422
    form = answer.context["form"]
    assert form.errors.as_data()["__all__"][0].code == "reasons_missing"
    assert "Позвоните нам" in answer.content.decode()
    assert Application.objects.get().state == "CENTER_REVIEW"


def test_a_refusal_carries_place_and_words():
    case, galina = review(), member("galina")
    actions.take(case.pk, galina)
    answer = browser(galina).post(
        card(case, "refuse/"),
        {
            "file_unreadable": "on",
            "file_unreadable_place": "diploma",
            "file_unreadable_words": "Вторая страница чёрная",
            "comment": "",
        },
    )
    assert answer["Location"] == "/review/"
    (mark,) = Application.objects.get().marks
    assert (mark["code"], mark["field"], mark["words"]) == (
        "file_unreadable",
        "diploma",
        "Вторая страница чёрная",
    )


def test_the_applicant_reads_the_comment_with_the_faults():
    case, galina = review(), member("galina")
    actions.take(case.pk, galina)
    browser(galina).post(
        card(case, "refuse/"), {"file_unreadable": "on", "comment": "Позвоните нам, если не получится"}
    )
    anna, address = browser(person("anna")), f"/applications/{case.application_id}/"
    assert "Позвоните нам, если не получится" in anna.get(address).content.decode()
    draft = anna.post(f"{address}copy/")
    assert "Позвоните нам, если не получится" in anna.get(draft["Location"]).content.decode()


def test_a_place_that_does_not_belong_to_the_reason_is_an_error():
    case, galina = review(), member("galina")
    actions.take(case.pk, galina)
    answer = browser(galina).post(
        card(case, "refuse/"), {"signature_missing": "on", "signature_missing_place": "diploma"}
    )
    assert answer.status_code == 422
    assert "signature_missing_place" in answer.context["form"].errors


def test_the_pages_read_in_english_too():
    case, galina = review(), member("galina")
    actions.take(case.pk, galina)
    page = browser(galina)
    page.cookies["cabinet_language"] = "en"
    for address in ("/review/", card(case), card(case, "refuse/")):
        body = page.get(address).content.decode()
        assert '<html lang="en"' in body


def test_a_case_withdrawn_between_the_look_and_the_grasp_is_said(monkeypatch):
    review()
    monkeypatch.setattr(actions, "take", _gone)
    answer = browser(member("galina")).post("/review/next/", follow=True)
    assert answer.redirect_chain[-1][0] == "/review/"
    assert answer.status_code == 200


def _gone(*_args: object, **_more: object) -> None:
    raise NotAllowed(Refusal("wrong_state"))


def test_the_registrars_own_words_stand_in_the_journal_as_written():
    case, galina = review(), member("galina")
    place = next(reason for reason in REASONS if reason.code == "frmr_missing").fields[0]
    actions.take(case.pk, galina)
    actions.refuse(case.pk, galina, [Fault("frmr_missing", place, "Нет записи в ФРМР")], "")
    assert "Нет записи в ФРМР" in Entry.objects.get(act="application.intake_refused").words


def test_a_refusal_typed_when_the_session_was_over_comes_back_filled():
    case, galina = review(), member("galina")
    actions.take(case.pk, galina)
    page = browser(galina)
    session = page.session
    seen = session.pop(access.SEEN)
    session.save()
    refuse = card(case, "refuse/")
    typed = {"file_unreadable": "on", "comment": "Позвоните нам"}
    answer = page.post(refuse, typed, headers={"referer": f"http://testserver{refuse}"})
    assert answer.status_code == 302
    session[access.SEEN] = seen
    session.save()
    answer = page.get(refuse)
    assert (answer.status_code, answer.context["restored"]) == (200, True)
    assert answer.context["form"].data["file_unreadable"] == "on"
    assert "Позвоните нам" in answer.content.decode()
    assert "Набранное сохранилось" in answer.content.decode()
    page.post(refuse, typed)
    assert Application.objects.get().state == "INTAKE_REFUSED"


def test_the_registrar_reads_what_the_employer_wrote():
    report = {"agreement": "refused", "refusal_reason": "Нет цифр за 2024 год"}
    case, galina = review(data={"report": report}), member("galina")
    actions.take(case.pk, galina)
    facts = browser(galina).get(card(case)).context["facts"]
    assert "Нет цифр за 2024 год" in [row["value"] for row in facts]


def test_a_case_is_found_in_whatever_list_it_is():
    galina, stepan = member("galina"), member("stepan")
    done, held, free = (review("anna") for _turn in range(3))
    actions.take(done.pk, galina)
    actions.accept(done.pk, galina)
    actions.take(held.pk, stepan)
    page = browser(galina)
    answer = page.get("/review/", {"q": "Орлова", "list": "mine"})
    assert [row["review"].pk for row in answer.context["rows"]][-1] == done.pk
    assert {row["review"].pk for row in answer.context["rows"]} == {done.pk, held.pk, free.pk}
    text = answer.content.decode()
    cells = [
        text.count(f'<td class="govuk-table__cell">{where}')
        for where in ("Решённые мной", "Все на проверке", "Свободные")
    ]
    assert cells == [1, 1, 1]
