"""Questions whose wrong answers are wrong, alike and always the same."""

import hashlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dopusk.registers.questions import rules
from dopusk.registers.questions.rules import Kind, Material

TOWNS = ("г. Псков", "г. Калуга", "г. Вологда", "г. Кострома", "г. Рыбинск", "г. Смоленск")
TEXTS = st.text("абвгд 12«»-", min_size=1, max_size=20).filter(str.strip)


def rank_of(secret):
    return lambda text: hashlib.sha256(f"{secret}{text}".encode()).digest()


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("Медицинская сестра", "Медицинская сестра палатная", True),
        ("Врач-терапевт участковый", "ВРАЧ – ТЕРАПЕВТ", True),
        ("ГБПОУ «Учебный медицинский колледж»", "Медицинский колледж (Тверская область)", True),
        ("Сестринское дело", "Сестринское дело в педиатрии", True),
        ("Медицинский колледж (Тверская область)", "Медицинский колледж (Псковская область)", False),
        ("ГБУЗ «Больница № 1»", "ГБУЗ «Больница № 2»", False),
        ("Медицинская сестра процедурной", "Медицинская сестра операционная", False),
        ("2016", "2017", True),
        ("2016", "2016", True),
        ("2016", "2018", False),
    ],
)
def test_answers_one_might_take_for_each_other_are_near(one, other, answer):
    assert rules.near(one, other) is answer


@given(TEXTS, TEXTS)
def test_near_is_mutual_and_everything_is_near_itself(one, other):
    assert rules.near(one, one)
    assert rules.near(one, other) is rules.near(other, one)


@given(st.lists(TEXTS, max_size=3), st.lists(TEXTS, max_size=3), st.lists(TEXTS, max_size=12), st.integers())
def test_wrong_answers_are_never_near_a_true_one_or_each_other(asked, more, pool, secret):
    material = Material(Kind.POST, tuple(asked), (*asked, *more), (*pool, *asked))
    posed = rules.pose(material, rank_of(secret))
    if posed is None:
        return
    assert posed.right in asked
    assert rules.LEAST_WRONG <= len(posed.wrong) <= rules.MOST_WRONG
    for place, option in enumerate(posed.wrong):
        assert not any(rules.near(option, true) for true in (*asked, *more, *posed.wrong[:place]))


@given(st.integers(), st.permutations(TOWNS))
def test_asking_again_gives_the_same_options_in_whatever_order_the_pool_comes(secret, towns):
    def asked(pool):
        return rules.pose(
            Material(Kind.BIRTH_PLACE, ("г. Тверь",), ("г. Тверь",), tuple(pool)), rank_of(secret)
        )

    assert asked(towns) == asked(TOWNS)


@given(st.integers())
def test_one_more_in_the_pool_displaces_at_most_one_option(secret):
    def wrong(pool):
        material = Material(Kind.BIRTH_PLACE, ("г. Тверь",), ("г. Тверь",), pool)
        return set(rules.pose(material, rank_of(secret)).wrong)

    assert len(wrong((*TOWNS, "г. Владимир")) - wrong(TOWNS)) <= 1


def test_too_few_wrong_answers_make_no_question():
    material = Material(Kind.BIRTH_PLACE, ("г. Тверь",), ("г. Тверь",), ("г. Псков", "г. Калуга", "г. Тверь"))
    assert rules.pose(material, rank_of(1)) is None
    assert rules.pose(Material(Kind.BIRTH_PLACE, (), (), TOWNS), rank_of(1)) is None


def test_answers_of_the_right_ones_shape_come_first():
    odd = tuple(f"Колледж {letter * 5}" for letter in "абвгде")
    like = ("ГБПОУ «Первый»", "ГБПОУ «Второй»", "ГБПОУ «Третий»", "ГБПОУ «Пятый»")
    material = Material(Kind.INSTITUTION, ("ГБПОУ «Шестой»",), ("ГБПОУ «Шестой»",), (*odd, *like))
    assert set(rules.pose(material, rank_of(1)).wrong) == set(like)


@given(st.integers(1935, 1998), st.integers(18, 60), st.integers())
def test_years_hold_the_right_one_and_neither_the_future_nor_a_childhood(born, age, secret):
    year = min(born + age, 2026)
    posed = rules.pose(rules.of_years([year], born, 2026, rank_of(secret)), rank_of(secret))
    options = [int(option) for option in (posed.right, *posed.wrong)]
    assert posed.right == str(year)
    assert max(options) <= 2026
    assert min(options) >= born + rules.GROWN_UP
    assert max(options) - min(options) <= rules.YEARS_AROUND


def test_the_right_year_is_not_always_in_the_middle():
    places = set()
    for secret in range(60):
        posed = rules.pose(rules.of_years([2000], 1960, 2026, rank_of(secret)), rank_of(secret))
        places.add(sorted([posed.right, *posed.wrong]).index("2000"))
    assert places == {0, 1, 2, 3, 4}


def test_who_is_too_young_for_other_years_is_not_asked_for_hers():
    assert rules.pose(rules.of_years([2026], 2006, 2026, rank_of(1)), rank_of(1)) is None
    assert rules.pose(rules.of_years([], 1990, 2026, rank_of(1)), rank_of(1)) is None


@given(st.sets(st.sampled_from(Kind)), st.integers())
def test_three_are_chosen_and_the_passports_birth_place_only_when_nothing_else_is_left(kinds, secret):
    materials = [
        Material(kind, (f"{kind} верно",), (), tuple(f"{kind}{word}" for word in ("альфа", "бета", "гамма")))
        for kind in kinds
    ]
    chosen = rules.choose(materials, rank_of(secret))
    assert (chosen is None) is (len(kinds) < 3)
    if chosen:
        assert len({one.kind for one in chosen}) == 3
        assert (Kind.BIRTH_PLACE in {one.kind for one in chosen}) is (
            len(kinds) == 3 and Kind.BIRTH_PLACE in kinds
        )


@given(TEXTS)
def test_no_text_breaks_the_shape(text):
    assume(text)
    assert isinstance(rules.shape(text), str)
