"""The sandbox's sixteen test people with the reserved СНИЛС 000-000-600 NN. None of them exists.

01–08 confirmed, 09–12 standard, 13–15 simplified, 16 blocked. Those whom the sandbox knows anyway are themselves
here; whatever the portal has no place for (children, vehicles, organisations, further documents) is `people_data`.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_noop as noop

from dopusk.kernel import sandbox
from dopusk.kernel.sandbox import Gender, Person, Role
from dopusk.portal.accounts.rules import Identity, Level
from dopusk.portal.esia.numbers import TEST_OID
from dopusk.portal.esia.sandbox.people_data import EXTRAS


@dataclass(frozen=True)
class Seat:
    """A test person. about: what one can try as her, in Russian (a msgid); extra: as `people_data` says."""

    who: Person
    level: Level
    about: str
    blocked: bool = False
    by_mail: bool = True  # the mail is shown to be hers
    by_phone: bool = True
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """NN of СНИЛС 000-000-600 NN."""
        return self.who.number

    @property
    def oid(self) -> int:
        """Her number in the dialect."""
        return TEST_OID + self.number

    @property
    def snils(self) -> str:
        """`000-000-600 03`."""
        return f"000-000-600 {self.number:02d}"

    def identity(self) -> Identity:
        """As the portal's account begins. Of whom nothing is proved, it holds the name and a contact only."""
        who, proved = self.who, self.level is not Level.SIMPLIFIED
        foreign = "rIdDoc" in self.extra.get("person", {})  # her identity document is none of Russia's
        passport = {
            "type": "RF_PASSPORT",
            "series": who.passport.series,
            "number": who.passport.number,
            "issue_date": who.passport_issued.isoformat(),
            "issuer": who.passport_issuer,
            "issuer_code": who.passport_issuer_code,
        }
        return Identity(
            last_name=who.last_name,
            first_name=who.first_name,
            patronymic=who.patronymic,
            gender=who.gender if proved else "",
            birth_date=who.birth_date.isoformat() if proved else "",
            snils=who.snils if proved else "",
            inn=who.inn if proved and not foreign else "",
            phone=who.phone if self.by_phone else "",
            email=who.email if self.by_mail else "",
            passport=passport if proved and not foreign else {},
            level=self.level,
        )


def _new(key: str, number: int, name: str, born: date, issued: date) -> Person:
    last, first, patronymic = (*name.split(), "")[:3]
    gender = Gender.FEMALE if last.endswith("а") else Gender.MALE
    return Person(
        key, number, last, first, patronymic, gender, born, "г. Тверь", issued, Role.APPLICANT, "", confirmed=False
    )  # fmt: skip


def _seat(who: Person | str, level: Level, about: str, **more: Any) -> Seat:
    person = sandbox.person(who) if isinstance(who, str) else who
    return Seat(person, level, about, extra=EXTRAS.get(person.number, {}), **more)


SIXTEEN: Final[tuple[Seat, ...]] = (
    _seat("boris", Level.CONFIRMED, noop("Руководитель ООО «Ромашка», машина, водительское удостоверение")),
    _seat("vera", Level.CONFIRMED, noop("Двое детей, заграничный паспорт")),
    _seat("anna", Level.CONFIRMED, noop("Ребёнок, машина, сотрудник ООО «Ромашка»")),
    _seat(
        "maria", Level.CONFIRMED,
        noop("Полис медицинского страхования, свидетельство о рождении, новая почта ждёт"),
    ),
    _seat("viktor", Level.CONFIRMED, noop("Паспорт недействителен, военный билет")),
    _seat("galina", Level.CONFIRMED, noop("Сотрудник государственного учреждения, состоит в его группе")),
    _seat("stepan", Level.CONFIRMED, noop("Индивидуальный предприниматель и самозанятый")),
    _seat("grigory", Level.CONFIRMED, noop("Водительское удостоверение истекло, две машины")),
    _seat(
        _new("rustam", 9, "Алиев Рустам", date(1990, 2, 11), date(2019, 3, 5)), Level.STANDARD,
        noop("Иностранец без отчества: иностранный паспорт, вид на жительство, нет ИНН"),
    ),
    _seat("oleg", Level.STANDARD, noop("Телефон меняется: новый номер ждёт кода")),
    _seat("ksenia", Level.STANDARD, noop("Адрес регистрации; паспорт обновлён по регистру")),
    _seat(
        _new("elena", 12, "Римская-Корсакова Елена Павловна", date(2008, 1, 15), date(2022, 2, 1)),
        Level.STANDARD, noop("Двойная фамилия, свидетельство о рождении старого образца, адреса нет"),
    ),
    _seat(
        _new("fedor", 13, "Щукин Фёдор Артёмович", date(1985, 12, 31), date(2015, 1, 20)), Level.SIMPLIFIED,
        noop("Известны только имя и почта"), by_phone=False,
    ),
    _seat(
        _new("yulia", 14, "Яшина Юлия Эдуардовна", date(2000, 2, 29), date(2020, 3, 10)), Level.SIMPLIFIED,
        noop("Только телефон; паспорт и СНИЛС на проверке"), by_mail=False,
    ),
    _seat(
        _new("timur", 15, "Журавлёв Тимур Маратович", date(1979, 6, 1), date(2024, 7, 2)), Level.SIMPLIFIED,
        noop("Проверка паспорта не прошла"),
    ),
    _seat(
        _new("zahar", 16, "Цветков Захар Игоревич", date(1988, 8, 8), date(2008, 9, 9)), Level.CONFIRMED,
        noop("Учётная запись заблокирована: войти нельзя"), blocked=True,
    ),
)  # fmt: skip


def by_snils(text: str) -> Seat | None:
    """The test person of a СНИЛС in any usual spelling: `000-000-600-03`, `000-000-600 03`, `00000060003`."""
    digits = "".join(sign for sign in text if sign.isdigit())
    return next((seat for seat in SIXTEEN if seat.who.snils == digits), None)
