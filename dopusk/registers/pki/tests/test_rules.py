"""What may stand in a certificate, and what revoking may do to one."""

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from dopusk.kernel import sandbox, snils
from dopusk.registers.pki import rules
from dopusk.registers.pki.rules import Reason, Unfit, restoring_fault, revoking_fault
from dopusk.trust.issuers import HOLD, REASONS

FACTS = (
    *("last_name", "first_name", "patronymic", "snils", "inn", "email"),
    *("organisation", "ogrn", "inn_of_organisation", "title"),
)
ANNA = {"last_name": "Орлова", "first_name": "Анна", "snils": "000-000-600 03"}


def errors(**changed: str) -> dict[str, str]:
    try:
        rules.subject({**ANNA, **changed})
    except Unfit as unfit:
        return unfit.errors
    return {}


@pytest.mark.parametrize("person", [*sandbox.PEOPLE, *sandbox.NEWCOMERS], ids=lambda person: person.key)
@pytest.mark.parametrize("place", sandbox.ORGANISATIONS, ids=lambda place: place.key)
def test_every_known_person_can_be_certified_at_every_known_organisation(person, place) -> None:
    made = rules.subject({
        "last_name": person.last_name, "first_name": person.first_name, "patronymic": person.patronymic,
        "snils": snils.show(person.snils), "inn": person.inn, "email": person.email,
        "organisation": place.name if len(place.name) <= 64 else place.short_name,
        "ogrn": place.ogrn, "inn_of_organisation": place.inn, "title": "Врач",
    })  # fmt: skip
    assert (made.common_name, made.snils, made.inn) == (person.full_name, person.snils, person.inn)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, {}),
        ({"patronymic": ""}, {}),
        ({"last_name": " "}, {"last_name": "required"}),
        ({"snils": ""}, {"snils": "required"}),
        ({"snils": "0"}, {"snils": "snils_length"}),
        ({"first_name": "x"}, {"first_name": "name_characters"}),
        ({"title": "Врач"}, {"title": "organisation_absent"}),
        ({"title": "Врач", "organisation": "Больница"}, {}),
        ({"title": "Врач", "organisation": "Б" * 65}, {"organisation": "too_long"}),
        ({"organisation": "Б" * 64}, {}),
        ({"organisation": "Больница\u200b"}, {"organisation": "nul_character"}),
        ({"organisation": "Больница\nи поликлиника"}, {}),
        ({"last_name": "О" * 59}, {}),
        ({"last_name": "О" * 60}, {"last_name": "too_long"}),
        ({"last_name": "О" * 101}, {"last_name": "name_length"}),
    ],
)
def test_facts_are_judged_by_their_codes(changed, expected) -> None:
    assert errors(**changed) == expected


def test_a_cyrillic_domain_stands_in_the_letters_of_the_wire() -> None:
    assert rules.subject({**ANNA, "email": "anna@почта.рф"}).email == "anna@xn--80a1acny.xn--p1ai"


@given(st.fixed_dictionaries({}, optional={name: st.text(max_size=70) for name in FACTS}))
def test_any_texts_are_a_name_that_can_be_read_or_are_refused(facts) -> None:
    refused = errors(**facts)
    assert set(refused) <= set(FACTS)
    if refused:
        return
    made = rules.subject({**ANNA, **facts})
    assert len(made.common_name) <= 64
    assert made.name()[0] == 0x30
    made.email.encode("ascii")


def test_only_what_rfc_5280_knows_can_be_a_reason() -> None:
    assert {reason.value for reason in Reason} == set(REASONS)
    assert {x509.ReasonFlags(reason.value) for reason in Reason}


@pytest.mark.parametrize("wanted", Reason)
@pytest.mark.parametrize("current", [None, *Reason])
def test_what_is_revoked_stays_so_and_a_suspension_may_become_a_revocation(current, wanted) -> None:
    fault = revoking_fault(current, wanted)
    if current is None:
        assert fault is None
    elif current == HOLD:
        assert fault == ("suspended_already" if wanted == HOLD else None)
    else:
        assert fault == "revoked_already"
    assert restoring_fault(current) == (None if current == HOLD else "not_suspended")
