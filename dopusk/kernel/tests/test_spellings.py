"""Numbers and addresses in whatever spelling people type or paste: the same value, or a reason, and never a crash."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dopusk.kernel import email, inn, passport, pasted, phone, snils
from dopusk.kernel.invalid import Invalid

PARSERS = {
    "snils": snils.parse,
    "inn": inn.parse,
    "organisation's inn": inn.parse_organisation,
    "passport": passport.parse_number,
    "issuer": passport.parse_issuer_code,
    "phone": phone.parse,
    "email": email.parse,
}
REASONS = {
    "snils": {"snils_characters", "snils_length", "snils_number", "snils_checksum"},
    "inn": {"inn_characters", "inn_length", "inn_checksum"},
    "organisation's inn": {"inn_characters", "inn_length", "inn_checksum"},
    "passport": {"passport_format"},
    "issuer": {"passport_issuer_code"},
    "phone": {"phone_format"},
    "email": {"email_format"},
}
each_parser = pytest.mark.parametrize("kind", PARSERS)

# What comes along with a copied text: zero-width spaces, direction marks, a byte order mark, soft hyphens.
UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u202d\u202e\u2060\u2066\u2069\ufeff\u00ad"
GAPS = ["", " ", "-", "\u00a0", "\u2009", "–", "—", "\u2011", "−", "\t", "\n", ".", *UNSEEN]
ANYTHING = st.text(st.characters(exclude_categories=()))  # lone surrogates too
NEARLY = st.text(st.sampled_from("0123456789０１٣४ -–()+.№Nсерияномер@axn\u0301İßｅ" + UNSEEN + "\x00\n"))
DIGITS = "0123456789"


def digits(count):
    return st.text(DIGITS, min_size=count, max_size=count)


SNILS = digits(9).filter(lambda nine: int(nine) > 0).map(snils.with_check)
OLD_SNILS = st.integers(1, snils.LAST_UNCHECKED).flatmap(lambda n: digits(2).map(lambda two: f"{n:09d}{two}"))
INN = digits(10).filter(lambda ten: int(ten) > 0).map(inn.with_check)


@st.composite
def spelt(draw, text):
    """The text as somebody may type or paste it: with gaps of any kind, and digits of another width."""
    wide = str.maketrans(DIGITS, "０１２３４５６７８９") if draw(st.booleans()) else {}
    gaps = draw(st.lists(st.sampled_from(GAPS), min_size=len(text) + 1, max_size=len(text) + 1))
    return gaps[0] + "".join(letter.translate(wide) + gap for letter, gap in zip(text, gaps[1:], strict=True))


@st.composite
def copied(draw, text):
    """The text with what nobody sees strewn into it."""
    unseen = st.text(UNSEEN, max_size=2)
    return draw(unseen) + "".join(letter + draw(unseen) for letter in text)


def read(kind, text):
    """The value and None, or None and the refusal."""
    try:
        return PARSERS[kind](text), None
    except Invalid as refused:
        return None, refused


def shown(kind, value):
    """As pages show it."""
    return {"snils": snils.show, "phone": phone.show}.get(kind, str)(value)


@each_parser
@given(st.data())
def test_any_text_is_a_value_or_has_its_reason(kind, data):
    text = data.draw(ANYTHING | NEARLY)
    value, refused = read(kind, text)
    if refused:
        assert refused.code in REASONS[kind]
        assert all(isinstance(fact, int) for fact in refused.detail.values())  # never the text itself
    else:
        assert PARSERS[kind](shown(kind, value)) == PARSERS[kind](str(value)) == value


@given(SNILS | OLD_SNILS, st.data())
def test_snils_in_any_spelling_is_the_same(number, data):
    assert snils.parse(snils.show(number)) == snils.parse(number) == number
    assert snils.parse(data.draw(spelt(number))) == number


@given(INN, st.data())
def test_inn_in_any_spelling_is_the_same(number, data):
    assert inn.parse(number) == number
    assert inn.parse(data.draw(spelt(number))) == number


@given(digits(10), st.data())
def test_a_passport_in_any_spelling_is_the_same(ten, data):
    held = passport.Passport(ten[:4], ten[4:])
    assert passport.parse_number(str(held)) == held
    assert passport.parse_number(data.draw(spelt(ten))) == held
    assert passport.parse_number(data.draw(copied(f"{ten[:2]} {ten[2:4]} № {ten[4:]}"))) == held


@given(digits(6), st.data())
def test_an_issuers_code_in_any_spelling_is_the_same(six, data):
    code = passport.parse_issuer_code(six)
    assert code == f"{six[:3]}-{six[3:]}"
    assert passport.parse_issuer_code(code) == passport.parse_issuer_code(data.draw(spelt(six))) == code


@given(digits(10), st.sampled_from(["+7", "7", "8", ""]), st.data())
def test_a_phone_in_any_spelling_is_the_same(national, prefix, data):
    number = phone.parse(national)
    assert number == phone.parse(phone.show(number)) == phone.parse(number) == f"+7{national}"
    assert phone.parse(data.draw(spelt(prefix + national))) == number
    bracketed = f"{prefix} ({national[:3]}) {national[3:6]}-{national[6:8]}-{national[8:]}"
    assert phone.parse(data.draw(copied(bracketed))) == number


@given(
    st.from_regex(r"[a-zA-Z0-9_+-]{1,20}(\.[a-zA-Z0-9]{1,20})?", fullmatch=True),
    st.from_regex(r"[a-z0-9]{1,20}\.[a-z]{2,10}", fullmatch=True)
    | st.sampled_from(["почта.рф", "пример.example"]),
    st.data(),
)
def test_an_address_in_any_spelling_is_the_same(local, domain, data):
    address = f"{local}@{domain}"
    assert email.parse(address) == address
    assert email.parse(f"  {local}@{domain.upper()}\n") == address
    assert email.parse(data.draw(copied(address))) == address


@given(st.from_regex(r"[а-яё]{1,12}", fullmatch=True).filter(str.isalpha))
def test_a_russian_domain_and_its_letters_of_wire_are_one_address(label):
    wire = f"xn--{label.encode('punycode').decode()}.xn--p1ai"
    assert email.parse(f"anna@{wire}") == email.parse(f"anna@{label}.рф") == f"anna@{label}.рф"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("anna@ｅｘａｍｐｌｅ．ｏｒｇ", "anna@example.org"),
        ("anna@EXAMPLE.ORG\u200b", "anna@example.org"),
        ("\u202aanna@example.org\u202c", "anna@example.org"),
        ("anna@xn--a.org", None),
        ("anna@xn--80ak6aa92e.com", "anna@аррӏе.com"),
        ("anna@xn--.org", None),
        ("anna@xn--99999999999999999.org", None),
        ("anna@xn--example-.org", None),
        ("anna@İ.org", None),
        ("anna@a\u0301.org", "anna@á.org"),
        ("аnna@example.org", None),
    ],
)
def test_domains_that_look_alike_are_one_or_none(text, address):
    value, refused = read("email", text)
    assert value == address
    assert (refused is None) is (address is not None)


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (snils.parse, "СНИЛС 112-233-445 95", "11223344595"),
        (snils.parse, "снилс: 112 233 445 95", "11223344595"),
        (snils.parse, "№ 112-233-445-95", "11223344595"),
        (inn.parse, "ИНН: 500100732259", "500100732259"),
        (inn.parse, "инн 5001 0073 2259", "500100732259"),
    ],
)
def test_the_name_of_the_number_may_be_pasted_with_it(parse, text, value):
    assert parse(text) == value


@pytest.mark.parametrize("text", ["ИНН 112-233-445 95", "112-233-445 95 снилсы", "№№", "СНИЛС"])
def test_the_name_of_another_number_may_not(text):
    with pytest.raises(Invalid) as refused:
        snils.parse(text)
    assert refused.value.code in {"snils_characters", "snils_length"}


@pytest.mark.parametrize(
    "text", ["паспорт 9900 000603", "9900 N000603", "9900 No 000603", "серия: 9900, номер: 000603"]
)
def test_the_words_around_a_passports_number_do_not_matter(text):
    assert passport.parse_number(text) == passport.Passport("9900", "000603")


@pytest.mark.parametrize("digit", ["٣", "४", "৩", "三", "𝟛", "③"])
@each_parser
def test_digits_of_other_scripts_are_read_as_digits_or_refused(kind, digit):
    for text in (digit * 10, digit * 11, digit * 12, f"+7900000000{digit}", f"anna@example.{digit}"):
        value, refused = read(kind, text)
        if refused:
            assert refused.code in REASONS[kind]
        else:
            assert str(value).isascii() or kind == "email"  # a domain may have letters of any script


@pytest.mark.parametrize("letter", ["1", " ", "-", "a", "№", "@", ".", "\u200b", "\ufdfa", "\u0301", "серия"])
@each_parser
def test_a_very_long_text_is_refused_without_being_looked_at(monkeypatch, kind, letter):
    monkeypatch.setattr(pasted, "unicodedata", None)
    with pytest.raises(Invalid) as refused:
        PARSERS[kind](letter * 1_000_000)
    assert refused.value.code in REASONS[kind]


@given(st.text(UNSEEN + " -\n", max_size=40))
@example("\ufeff")
def test_what_nobody_sees_is_an_empty_field(text):
    for kind, parse in PARSERS.items():
        with pytest.raises(Invalid) as refused:
            parse(text)
        assert refused.value.code in REASONS[kind]
