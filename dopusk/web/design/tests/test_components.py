"""Components say what they are given, escaped, in good Russian and English."""

import datetime as dt

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation

from dopusk.web.design import term
from dopusk.web.design.templatetags import design

NASTY = '<script>alert("1")</script>'


def draw(source, **context):
    return Template("{% load design %}" + source).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        "{% button x %}",
        "{% button 'Да' name=x value=x %}",
        "{% link_button x x %}",
        "{% tag x x %}",
        "{% task_list rows %}",
        "{% summary_list rows %}",
        "{% finding 'failed' x x x x x x %}",
        "{% timeline rows %}",
        "{% notice x x %}{{ x }}{% endnotice %}",
        "{% empty %}{{ x }}{% endempty %}",
        "{% problem x x x x x x %}",
        "{% meter x 1 2 3 x %}",
        "{% back_link x x %}",
        "{% breadcrumbs rows %}",
        "{% wrap 'p' x %}{{ x }}{% endwrap %}",
    ],
)
def test_what_comes_in_is_escaped(source):
    row = dict.fromkeys(
        ("title", "url", "hint", "status", "colour", "key", "value", "action_url", "source", "when", "who",
         "text", "state", "label"),
        NASTY,
    )  # fmt: skip
    html = draw(source, x=NASTY, rows=[row])
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_button_is_markup_and_not_text():
    assert draw("{% button 'Отправить' %}").startswith("<button ")
    assert draw("{% link_button '/next/' 'Дальше' %}").startswith("<a ")


def test_a_page_leaves_out_what_it_does_not_use():
    assert draw("{% wrap 'h1' 'big' %}  \n {% endwrap %}") == ""
    assert draw("{% wrap 'h1' 'big' %} Заявление {% endwrap %}") == '<h1 class="big">Заявление</h1>'


def test_a_landmark_can_be_named_and_a_mistaken_frame_is_told():
    assert draw("{% wrap 'nav' 'x' 'Назад' %}a{% endwrap %}") == '<nav class="x" aria-label="Назад">a</nav>'
    with pytest.raises(TemplateSyntaxError):
        draw("{% wrap 'nav' %}a{% endwrap %}")


def test_a_step_without_a_link_cannot_be_pressed():
    html = draw(
        "{% task_list rows %}",
        rows=[{"title": "Отправка", "url": "", "hint": "Позже", "status": "Пока нельзя"}],
    )
    assert "<a " not in html


def test_an_unknown_outcome_is_never_drawn_as_another():
    with pytest.raises(TemplateSyntaxError):
        draw("{% finding 'maybe' 'Часы' %}")
    assert "dk-finding--unknown" in draw("{% finding 'unknown' 'Часы' %}")


def test_every_outcome_has_a_shape_of_its_own_beside_its_colour():
    drawn = {outcome: draw(f"{{% finding '{outcome}' '' %}}") for outcome in ("passed", "failed", "unknown")}
    shapes = {html[html.index("<svg") : html.index("</svg>")] for html in drawn.values()}
    assert len(shapes) == 3


def test_the_current_step_of_a_journey_is_marked():
    html = draw("{% timeline rows %}", rows=[{"title": "А", "state": "past"}, {"title": "Б", "state": "now"}])
    assert html.count('aria-current="step"') == 1


def test_paging_keeps_the_rest_of_the_query():
    request = RequestFactory().get("/review/", {"state": "new", "page": "2"})
    html = draw("{% paging page %}", page=Paginator(range(100), 10).page(2), request=request)
    assert "state=new&amp;page=3" in html
    assert html.count('aria-current="page"') == 1


def test_one_page_needs_no_paging():
    assert draw("{% paging page %}", page=Paginator(range(5), 10).page(1)).strip() == ""


@pytest.mark.parametrize(
    ("n", "words"),
    [(1, "1 час"), (2, "2 часа"), (5, "5 часов"), (11, "11 часов"), (21, "21 час"), (126, "126 часов")],
)
def test_hours_agree_with_their_number(n, words):
    assert design.hours_count(n) == words


def test_a_deadline_is_said_in_words_with_working_days():
    monday, friday = dt.date(2026, 12, 14), dt.date(2026, 12, 18)
    assert design.day_left(friday, monday) == "до 18 декабря 2026, осталось 4 рабочих дня"
    assert design.day_left(friday, friday) == "до 18 декабря 2026, последний день"
    assert design.day_left(monday, friday) == "срок истёк 14 декабря 2026"
    with translation.override("en"):
        assert design.day_left(friday, monday) == "by 18 December 2026, 4 working days left"


def test_a_moment_is_told_in_the_time_of_the_site():
    assert design.moment(dt.datetime(2026, 12, 14, 7, 32, tzinfo=dt.UTC)) == "14 декабря 2026, 10:32"
    assert design.day(dt.datetime(2026, 12, 14, 22, 0, tzinfo=dt.UTC)) == "15 декабря 2026"


def test_identifiers_are_grouped_and_masked():
    assert design.snils("11223344595") == "112-233-445 95"
    assert design.mask_snils("11223344595") == "***-***-445 95"
    assert design.snils(None) == design.mask_snils("") == ""
    assert design.phone("+79000000003") == "+7 900 000-00-03"
    assert design.phone("добавочный 12") == "добавочный 12"
    assert design.phone(None) == ""


@pytest.mark.parametrize(
    ("today", "phase", "percent"),
    [
        (dt.date(2020, 12, 31), "before", 0),
        (dt.date(2021, 1, 1), "running", 0),
        (dt.date(2023, 7, 3), "running", 50),
        (dt.date(2025, 12, 1), "soon", 98),
        (dt.date(2026, 1, 1), "soon", 100),
        (dt.date(2026, 1, 2), "over", 100),
    ],
)
def test_a_term_of_five_years_knows_where_today_is(today, phase, percent):
    bar = term.draw(dt.date(2021, 1, 1), dt.date(2026, 1, 1), today)
    assert (bar.phase, bar.percent) == (phase, percent)
    assert [mark.year for mark in bar.marks] == [2022, 2023, 2024, 2025]


def test_a_term_from_a_leap_day_and_one_that_ends_before_it_begins_can_be_drawn():
    assert "dk-term--running" in draw(
        "{% term_bar a b c %}", a=dt.date(2024, 2, 29), b=dt.date(2029, 2, 28), c=dt.date(2025, 2, 28)
    )
    assert term.draw(dt.date(2026, 1, 2), dt.date(2026, 1, 1), dt.date(2026, 1, 3)).phase == "over"
