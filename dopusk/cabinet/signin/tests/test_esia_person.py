"""Whatever a card holds, it makes claims of texts, or none; only what is signed makes an account confirmed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.cabinet.signin import esia_person, rules

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = ("firstName", "lastName", "middleName", "birthDate", "gender", "snils", "inn", "trusted", "rIdDoc")
ELEMENTS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["EML", "MBT", "RF_PASSPORT"]) | JSON,
            "vrfStu": st.sampled_from(["VERIFIED"]) | JSON,
            **dict.fromkeys(("id", "value", "series", "number", "issueDate", "issueId", "issuedBy"), JSON),
        },
    )
    | JSON,
    max_size=3,
)
COLLECTION = JSON | st.fixed_dictionaries({"elements": ELEMENTS | JSON})
CARDS = st.fixed_dictionaries(
    {}, optional={**dict.fromkeys(NAMES, JSON), "contacts": COLLECTION, "documents": COLLECTION}
)
SUBJECT = "urn:esia:sbj"
TRUE = "urn:esia:sbj:is_tru"


@given(
    identity=st.fixed_dictionaries({}, optional={SUBJECT: JSON | st.fixed_dictionaries({TRUE: JSON})}),
    card=CARDS,
)
def test_no_card_breaks_the_reading(identity, card):
    found = esia_person.claims(identity, card)
    document = found.pop("identity_document", {})
    assert all(isinstance(value, str) and value for value in found.values())
    assert all(isinstance(value, str) for value in document.values())
    rules.read_claims({**found, "iss": "i", "sub": "1"})


@pytest.mark.parametrize(
    ("signed", "told", "level"),
    [
        (True, True, "confirmed"),
        (True, None, "confirmed"),
        (True, False, "standard"),
        (None, True, "standard"),
        (False, True, "standard"),
        ("true", True, "standard"),
        (1, True, "standard"),
    ],
)
def test_only_the_signed_marker_makes_an_account_confirmed(signed, told, level):
    identity = {SUBJECT: {TRUE: signed} if signed is not None else {}}
    card = {"snils": "000-000-600 03", "rIdDoc": 1} | ({"trusted": told} if told is not None else {})
    assert esia_person.claims(identity, card)["assurance_level"] == level


@pytest.mark.parametrize(
    ("value", "claim"),
    [
        ("+7(900)0000003", "+79000000003"),
        ("+375(29)1234567", "+375(29)1234567"),
        ("8 900 000-00-03", "+79000000003"),
    ],
)
def test_telephones_are_written_as_ours(value, claim):
    contacts = {"elements": [{"type": "MBT", "vrfStu": "VERIFIED", "value": value}]}
    assert esia_person.claims({}, {"contacts": contacts})["phone_number"] == claim
