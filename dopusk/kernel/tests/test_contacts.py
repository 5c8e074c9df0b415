"""Telephones, mail and names as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.kernel import email, names, phone
from dopusk.kernel.invalid import Invalid


@pytest.mark.parametrize(
    "text",
    [
        "+7 900 000-00-03",
        "8 (900) 000 00 03",
        "79000000003",
        "9000000003",
        "+7(900)000–00–03",
        "8.900.000.00.03",
    ],
)
def test_annas_phone_is_read_in_any_usual_spelling(text):
    assert phone.parse(text) == "+79000000003"


@pytest.mark.parametrize(
    "text", ["", "900000003", "+1 900 000 00 03", "8 900 000 00 03 доб. 5", "+79000000003x"]
)
def test_what_is_not_a_russian_phone_is_refused(text):
    with pytest.raises(Invalid) as refused:
        phone.parse(text)
    assert refused.value.code == "phone_format"


def test_phone_is_shown_grouped_and_masked():
    assert phone.show("+79000000003") == "+7 900 000-00-03"
    assert phone.mask("+79000000003") == "+7 *** ***-**-03"


@given(st.text("0123456789", min_size=10, max_size=10))
def test_phone_round_trip(national):
    assert phone.parse(phone.show("+7" + national)) == "+7" + national


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Anna@Example.ORG ", "Anna@example.org"),
        ("anna+work@mail.example.org", "anna+work@mail.example.org"),
        ("анна@почта.рф".replace("анна", "anna"), "anna@почта.рф"),
    ],
)
def test_mail_is_kept_with_its_domain_in_lower_case(text, address):
    assert email.parse(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "", "anna", "anna@", "@example.org", "anna@example", "an na@example.org", "anna@@example.org",
        "anna@-example.org", "anna@example..org", ".anna@example.org", "anna@127.0.0.1",
        "a" * 65 + "@example.org", "anna@" + "a." * 130 + "org", "anna@example.org\nBcc: x@example.org",
    ],
)  # fmt: skip
def test_what_is_not_an_address_is_refused(text):
    with pytest.raises(Invalid) as refused:
        email.parse(text)
    assert refused.value.code == "email_format"


def test_mail_is_masked():
    assert email.mask("anna@example.org") == "a***@example.org"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  Орлова ", "Орлова"),
        ("Петрова – Водкина", "Петрова-Водкина"),
        ("Д’Артаньян", "Д'Артаньян"),
        ("Ибрагим   оглы", "Ибрагим оглы"),
        ("Андреи\u0306", "Андрей"),
    ],
)
def test_a_name_is_tidied(text, kept):
    assert names.clean(text) == kept


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("   ", "name_empty"),
        ("Orlova", "name_characters"),
        ("Opлова", "name_characters"),
        ("Орлова2", "name_characters"),
        ("-Орлова", "name_characters"),
        ("О" * 101, "name_length"),
    ],
)
def test_what_is_not_a_name_is_refused(text, code):
    with pytest.raises(Invalid) as refused:
        names.clean(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("Орлова", "ОРЛОВА", True),
        ("Соловьёва", "Соловьева", True),
        ("Петрова-Водкина", "Петрова Водкина", True),
        ("Петрова – Водкина", "петрова-водкина", True),
        ("Андреи\u0306", "Андрей", True),
        ("Орлова", "Орлов", False),
        ("Андрей", "Андреи", False),
    ],
)
def test_spellings_of_one_name_are_the_same(one, other, answer):
    assert names.same(one, other) is answer
    assert names.same(other, one) is answer


def test_names_sort_with_yo_beside_ye():
    assert sorted(["Ёлкин", "Жуков", "Егоров", "Ершов"], key=names.sort_key) == [
        "Егоров",
        "Ёлкин",
        "Ершов",
        "Жуков",
    ]


def test_annas_name_in_its_forms():
    assert names.full("Орлова", "Анна", "Сергеевна") == "Орлова Анна Сергеевна"
    assert names.full("Орлова", "Анна") == "Орлова Анна"
    assert names.short("Орлова", "Анна", "Сергеевна") == "Орлова А. С."
    assert names.short("Орлова", "Анна") == "Орлова А."
    assert names.mask("Орлова", "Анна", "Сергеевна") == "О***** Анна С."
    assert names.mask("Орлова", "Анна") == "О***** Анна"
