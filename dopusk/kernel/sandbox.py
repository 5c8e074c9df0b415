"""The sandbox's known people and organisations. None of them exists.

Numbers come from ranges never given to real people: СНИЛС 000-000-600 NN (below 001-001-998, so without
check digits), ИНН of the region 00, passports 9900 0006NN, telephones +7 900 000-00-NN, mail at example.org
(RFC 2606). Identity never changes from day to day, so three sites seeded on different days agree about it;
what depends on the day (trainings, terms) is told by `sandbox_stories`.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dopusk.kernel import inn, ogrn
from dopusk.kernel.names import full
from dopusk.kernel.passport import Passport

PASSWORD = "Uchebnyy-stend-2026"  # noqa: S105  known to everyone; refused outside the sandbox


class Role(StrEnum):
    """What a known person does in the cabinet."""

    APPLICANT = "applicant"
    REGISTRAR = "registrar"
    COMMISSIONER = "commissioner"
    OPERATOR = "operator"


class Seat(StrEnum):
    """A commissioner's place at the table."""

    CHAIR = "chair"
    SECRETARY = "secretary"
    MEMBER = "member"


class Gender(StrEnum):
    """As the portal's claim `gender` says it."""

    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True)
class Person:
    """One known person: identity as the registers hold it, contacts as the portal does."""

    key: str
    number: int  # NN: the last two digits of СНИЛС, passport, telephone
    last_name: str
    first_name: str
    patronymic: str
    gender: Gender
    birth_date: date
    birth_place: str
    passport_issued: date
    role: Role
    about: str  # what one can try as this person, in Russian
    seat: Seat | None = None
    confirmed: bool = True  # identity proven: a confirmed account of the portal
    totp_secret: str = ""  # base 32: of the app of a portal operator; known to everyone, sandbox only

    @property
    def full_name(self) -> str:
        """`Орлова Анна Сергеевна`."""
        return full(self.last_name, self.first_name, self.patronymic)

    @property
    def snils(self) -> str:
        """Eleven digits."""
        return f"000000600{self.number:02d}"

    @property
    def inn(self) -> str:
        """Twelve digits, valid check digits, a region that does not exist."""
        return inn.with_check(f"00000006{self.number:02d}")

    @property
    def phone(self) -> str:
        """`+79000000003`."""
        return f"+790000000{self.number:02d}"

    @property
    def email(self) -> str:
        """`anna@example.org`."""
        return f"{self.key}@example.org"

    @property
    def passport(self) -> Passport:
        """Series and number."""
        return Passport("9900", f"0006{self.number:02d}")

    @property
    def passport_issuer(self) -> str:
        """Who gave the passport out."""
        return "УМВД России по Тверской области"

    @property
    def passport_issuer_code(self) -> str:
        """`690-001`."""
        return "690-001"

    @property
    def password(self) -> str:
        """The same for all known people."""
        return PASSWORD


@dataclass(frozen=True)
class Newcomer(Person):
    """Someone whom the registers know and the portal does not: for whoever tries registration."""

    passport_valid: bool = True  # in the register of passports; False: withdrawn
    snils_last_name: str = ""  # the surname the СНИЛС register still holds, if another


@dataclass(frozen=True)
class Organisation:
    """One known organisation, as ФРМО holds it."""

    key: str
    number: int
    name: str
    short_name: str
    kind: str  # hospital | clinic | accreditation_center | school
    region_code: str
    address: str

    @property
    def oid(self) -> str:
        """ФРМО identifier `1.2.643.5.1.13.13.12.2.<region>.<n>`; numbers from 900001 are the sandbox's."""
        return f"1.2.643.5.1.13.13.12.2.{int(self.region_code)}.{900_000 + self.number}"

    @property
    def inn(self) -> str:
        """Ten digits, valid check digit."""
        return inn.organisation_with_check(f"0000006{self.number:02d}")

    @property
    def kpp(self) -> str:
        """Nine digits."""
        return f"{self.region_code}0101001"

    @property
    def ogrn(self) -> str:
        """Thirteen digits, valid check digit."""
        return ogrn.with_check(f"1000000006{self.number:02d}")


def _person(
    key: str, number: int, name: str, born: date, issued: date, role: Role, about: str, **more: object
) -> Person:
    last, first, patronymic = name.split()
    gender = Gender.FEMALE if patronymic.endswith("на") else Gender.MALE
    return Person(
        key, number, last, first, patronymic, gender, born, "г. Тверь", issued, role, about, **more,  # type: ignore[arg-type]
    )  # fmt: skip


PEOPLE: tuple[Person, ...] = (
    _person(
        "anna", 3, "Орлова Анна Сергеевна", date(1996, 4, 12), date(2016, 5, 17), Role.APPLICANT,
        "Медсестра. Всё в порядке: 150 часов обучения, аккредитация кончается через два месяца",
    ),
    _person(
        "maria", 4, "Кузнецова Мария Ивановна", date(1995, 9, 3), date(2015, 10, 2), Role.APPLICANT,
        "Медсестра. Первое заявление ей вернут, исправленное примут",
    ),
    _person(
        "viktor", 5, "Лебедев Виктор Андреевич", date(1994, 1, 25), date(2014, 2, 20), Role.APPLICANT,
        "Терапевт. Не хватает часов: засчитано 126 из 144",
    ),
    _person(
        "ksenia", 11, "Белова Ксения Юрьевна", date(1998, 7, 30), date(2018, 9, 4), Role.APPLICANT,
        "Фельдшер. Личность на портале не подтверждена", confirmed=False,
    ),
    _person(
        "galina", 6, "Павлова Галина Петровна", date(1974, 11, 8), date(2019, 12, 3), Role.REGISTRAR,
        "Сотрудник центра аккредитации: принимает и возвращает заявления",
    ),
    _person(
        "stepan", 7, "Никитин Степан Олегович", date(1997, 2, 14), date(2017, 3, 21), Role.REGISTRAR,
        "Второй сотрудник центра аккредитации",
    ),
    _person(
        "boris", 1, "Зайцев Борис Николаевич", date(1968, 6, 5), date(2013, 7, 9), Role.COMMISSIONER,
        "Врач, председатель комиссии", seat=Seat.CHAIR,
    ),
    _person(
        "vera", 2, "Соколова Вера Михайловна", date(1972, 3, 19), date(2017, 4, 25), Role.COMMISSIONER,
        "Ответственный секретарь комиссии", seat=Seat.SECRETARY,
    ),
    _person(
        "grigory", 8, "Морозов Григорий Ильич", date(1970, 10, 27), date(2015, 12, 1), Role.COMMISSIONER,
        "Член комиссии", seat=Seat.MEMBER,
    ),
    _person(
        "oleg", 10, "Волков Олег Романович", date(1996, 12, 2), date(2017, 1, 17), Role.OPERATOR,
        "Оператор стенда: журнал, выключатели регистров; на портале второй шаг входа, код на странице /sandbox/code/",
        totp_secret="UCHEBNYYSTENDDOPUSKOLEGVOLKOVTOT",  # noqa: S106 - known to everyone, as his password
    ),
)  # fmt: skip

ORGANISATIONS: tuple[Organisation, ...] = (
    Organisation(
        "hospital", 1, "ГБУЗ «Учебная городская клиническая больница № 1»", "УГКБ № 1", "hospital", "69",
        "170000, Тверская область, г. Тверь, Учебная ул., д. 1",
    ),
    Organisation(
        "clinic", 2, "ГБУЗ «Учебная городская поликлиника № 2»", "УГП № 2", "clinic", "69",
        "170000, Тверская область, г. Тверь, Учебная ул., д. 2",
    ),
    Organisation(
        "center", 3, "Учебный федеральный аккредитационный центр", "Учебный ФАЦ", "accreditation_center",
        "77",
        "100000, г. Москва, Учебный пер., д. 3",
    ),
    Organisation(
        "college", 4, "ГБПОУ «Учебный медицинский колледж»", "Учебный медколледж", "school", "69",
        "170000, Тверская область, г. Тверь, Учебная ул., д. 4",
    ),
    Organisation(
        "university", 5, "ФГБОУ ВО «Учебный государственный медицинский университет»", "Учебный ГМУ",
        "school",
        "69",
        "170000, Тверская область, г. Тверь, Учебная ул., д. 5",
    ),
)  # fmt: skip


def _newcomer(
    key: str, number: int, name: str, born: date, issued: date, about: str, **more: object
) -> Newcomer:
    last, first, patronymic = name.split()
    gender = Gender.FEMALE if patronymic.endswith("на") else Gender.MALE
    return Newcomer(
        key, number, last, first, patronymic, gender, born, "г. Тверь", issued, Role.APPLICANT, about,
        confirmed=False, **more,  # type: ignore[arg-type]
    )  # fmt: skip


# In no way among PEOPLE: whatever fills the portal and the cabinet with known people leaves them out.
NEWCOMERS: tuple[Newcomer, ...] = (
    _newcomer(
        "daria", 21, "Фролова Дарья Алексеевна", date(1997, 2, 18), date(2017, 3, 14),
        "Медсестра. Всё в порядке, о ней есть что спросить",
    ),
    _newcomer(
        "egor", 22, "Тихонов Егор Павлович", date(1993, 8, 9), date(2013, 9, 10),
        "Паспорт недействителен", passport_valid=False,
    ),
    _newcomer(
        "zhanna", 23, "Громова Жанна Викторовна", date(1995, 12, 1), date(2021, 6, 22),
        "Сменила фамилию, а в регистре СНИЛС стоит прежняя", snils_last_name="Жукова",
    ),
    _newcomer(
        "igor", 24, "Комаров Игорь Дмитриевич", date(1990, 5, 16), date(2010, 6, 15),
        "Не медработник: для контрольных вопросов о нём нет сведений",
    ),
    _newcomer(
        "lidia", 25, "Ефимова Лидия Геннадьевна", date(1992, 10, 11), date(2012, 11, 20),
        "Терапевт. Всё в порядке",
    ),
    _newcomer(
        "nina", 26, "Савельева Нина Владимировна", date(1999, 3, 27), date(2019, 4, 16),
        "Фельдшер. Всё в порядке",
    ),
)  # fmt: skip

_BY_KEY = {person.key: person for person in PEOPLE}
_NEWCOMER_BY_KEY = {newcomer.key: newcomer for newcomer in NEWCOMERS}
_ORGANISATION_BY_KEY = {organisation.key: organisation for organisation in ORGANISATIONS}


def person(key: str) -> Person:
    """The known person `anna`, `boris`…; KeyError for anyone else."""
    return _BY_KEY[key]


def newcomer(key: str) -> Newcomer:
    """The newcomer `daria`, `egor`…; KeyError for anyone else."""
    return _NEWCOMER_BY_KEY[key]


def organisation(key: str) -> Organisation:
    """The known organisation `hospital`, `center`…; KeyError for any other."""
    return _ORGANISATION_BY_KEY[key]
