"""Names as people type them: their capitals are put right, and nothing else of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.kernel import names
from dopusk.kernel.invalid import Invalid

TYPED = st.from_regex(r"[А-Яа-яЁё]{1,6}([ '\-]{1,2}[А-Яа-яЁё]{1,6}){0,4}", fullmatch=True) | st.lists(
    st.sampled_from(["фон", "ВАН", "Да", "де", "оглы", "О'коннор", "МакДональд", "пётр", "ё", "д'артаньян"]),
    min_size=1,
    max_size=4,
).map("-".join)


@pytest.mark.parametrize(
    ("typed", "proper"),
    [
        ("фролова", "Фролова"),
        ("ФРОЛОВА", "Фролова"),
        ("фРОЛОВА", "Фролова"),
        ("Фролова", "Фролова"),
        ("  семёнова ", "Семёнова"),
        ("ЁЛКИНА", "Ёлкина"),
        ("анна-мария", "Анна-Мария"),
        ("АННА – МАРИЯ", "Анна-Мария"),
        ("салтыков-Щедрин", "Салтыков-Щедрин"),
        ("МакДональд", "МакДональд"),
        ("макдональд", "Макдональд"),
        ("ахмед оглы", "Ахмед оглы"),
        ("МАМЕД-ОГЛЫ", "Мамед-оглы"),
        ("рашид кызы", "Рашид кызы"),
        ("Мамед Оглы", "Мамед Оглы"),
        ("фон браун", "фон Браун"),
        ("ДЕ СИЛЬВА", "де Сильва"),
        ("ибн сина", "ибн Сина"),
        ("ван Дамм", "ван Дамм"),
        ("ван тхань", "Ван Тхань"),
        ("дер", "Дер"),
        ("оглы", "Оглы"),
        ("о'коннор", "О'Коннор"),
        ("Д`АРТАНЬЯН", "Д'Артаньян"),
        ("д'Артаньян", "д'Артаньян"),
        ("ю", "Ю"),
    ],
)
def test_capitals_are_put_right(typed, proper):
    assert names.proper(typed) == proper


@given(TYPED)
def test_only_the_case_of_letters_changes_and_only_once(typed):
    made = names.proper(typed)
    assert made.casefold() == names.clean(typed).casefold()
    assert names.same(made, typed)
    assert names.proper(made) == made
    assert not made.islower()
    assert not made.isupper() or not any(
        len(word) > 1 for word in made.replace("-", " ").replace("'", " ").split()
    )


@given(TYPED)
def test_small_and_capital_typing_come_to_the_same(typed):
    assert names.proper(typed.lower()) == names.proper(typed.upper())


@pytest.mark.parametrize("typed", ["", "  ", "Anna", "Анна1", "-", "а" * 101])
def test_what_is_no_name_is_refused_as_ever(typed):
    with pytest.raises(Invalid) as proper:
        names.proper(typed)
    with pytest.raises(Invalid) as clean:
        names.clean(typed)
    assert proper.value.code == clean.value.code
