"""Whose certificate it is, as its subject says: nothing is guessed, and what is said twice is not said."""

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from dopusk.trust import owners
from dopusk.trust.owners import Owner
from dopusk.trust.tests import chains
from dopusk.trust.tests.chains import ANNA, Issued, key_of

CA = chains.root("ec", "root")
PLAIN = Owner(
    "Орлова Анна Сергеевна", "Орлова", "Анна", "Сергеевна", "11223344595", "770123456703", *[""] * 5
)


def owner(*, further: tuple[bytes, ...] = (), without: tuple[str, ...] = (), **said: str) -> Owner:
    kinds = {
        "given": NameOID.GIVEN_NAME,
        "surname": NameOID.SURNAME,
        "snils": owners.SNILS,
        "inn": owners.INN,
        "organisation": NameOID.ORGANIZATION_NAME,
        "ogrn": owners.OGRN,
        "ogrnip": owners.OGRNIP,
        "inn_of_organisation": owners.INN_OF_ORGANISATION,
        "title": NameOID.TITLE,
        "email": NameOID.EMAIL_ADDRESS,
    }
    subject = {**ANNA, **{kinds[name]: value for name, value in said.items()}}
    for name in without:
        del subject[kinds[name]]
    return owners.owner(CA.issue(key_of("ec", "anna"), Issued(subject, further=further)))


def test_anna() -> None:
    assert owner() == PLAIN
    assert PLAIN.snils_valid
    assert PLAIN.full_name == "Орлова Анна Сергеевна"


def test_anna_of_her_hospital() -> None:
    told = owner(
        organisation="Больница № 4",
        ogrn="1027700132195",
        inn_of_organisation="7701234560",
        title="медсестра",
        email="anna@example.org",
    )
    assert (told.organisation, told.ogrn, told.inn_of_organisation) == (
        "Больница № 4",
        "1027700132195",
        "7701234560",
    )
    assert (told.title, told.email, told.inn) == ("медсестра", "anna@example.org", "770123456703")


def test_an_entrepreneur_has_an_ogrn_of_his_own() -> None:
    assert owner(ogrnip="304500116000157").ogrn == "304500116000157"


def test_ten_digits_behind_two_zeros_are_of_an_organisation() -> None:
    told = owner(inn="007701234560")
    assert (told.inn, told.inn_of_organisation) == ("", "7701234560")


def test_a_person_whose_inn_begins_with_two_zeros_keeps_it() -> None:
    told = owner(inn="000000060345")  # right check digits of a person's, as the sandbox's people have
    assert (told.inn, told.inn_of_organisation) == ("000000060345", "")


@pytest.mark.parametrize(
    ("given", "first", "patronymic"),
    [
        ("Анна", "Анна", ""),
        ("Анна  Сергеевна", "Анна", "Сергеевна"),
        ("Али Рустам оглы", "Али", "Рустам оглы"),
    ],
)
def test_names(given: str, first: str, patronymic: str) -> None:
    told = owner(given=given)
    assert (told.first_name, told.patronymic) == (first, patronymic)


def test_a_person_without_parts_of_a_name_has_the_common_one() -> None:
    assert owner(without=("given", "surname")).full_name == "Орлова Анна Сергеевна"


@pytest.mark.parametrize(
    ("snils", "read", "valid"),
    [
        ("112-233-445 95", "11223344595", True),
        ("11223344594", "11223344594", False),
        ("1122334459", "1122334459", False),
        ("АБВ", "АБВ", False),
        ("00000000000", "00000000000", False),
    ],
)
def test_snils(snils: str, read: str, valid: bool) -> None:
    told = owner(snils=snils)
    assert (told.snils, told.snils_valid) == (read, valid)


def test_no_snils_is_not_a_valid_one() -> None:
    told = owner(without=("snils",))
    assert (told.snils, told.snils_valid) == ("", False)


@pytest.mark.parametrize(("second", "expected"), [("22334455600", ""), ("11223344595", "11223344595")])
def test_two_numbers_are_none_and_one_said_twice_is_one(second: str, expected: str) -> None:
    subject = [*ANNA.items(), (owners.SNILS, second)]
    assert owners.owner(CA.issue(key_of("ec", "anna"), Issued(subject))).snils == expected


def test_mail_may_stand_beside_the_subject() -> None:
    names = x509.SubjectAlternativeName([x509.RFC822Name("anna@example.org")])
    assert owner(further=(chains.extension(names),)).email == "anna@example.org"
    several = x509.SubjectAlternativeName(
        [x509.RFC822Name("a@example.org"), x509.RFC822Name("b@example.org")]
    )
    assert owner(further=(chains.extension(several),)).email == ""


def test_the_issuer_as_people_call_it() -> None:
    assert owners.issuer_name(CA.issue(key_of("ec", "anna"), Issued(ANNA))) == "Учебный УЦ root"
    nameless = chains.root("ec", "nameless", subject={NameOID.ORGANIZATION_NAME: "Больница № 4"})
    assert owners.issuer_name(nameless.certificate) == "Больница № 4"
