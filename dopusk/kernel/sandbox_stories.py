"""What ФРМР holds about the sandbox's health workers, told relative to `today`.

Plain facts only; `registers` turns them into rows, tests of other sites into expectations. Keys of
specialties and positions are those of the registers' dictionaries.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from dopusk.kernel import dates

NURSING, THERAPY, GENERAL_MEDICINE, FELDSHER = "34.02.01", "31.08.49", "31.05.01", "31.02.01"


@dataclass(frozen=True)
class Training:
    """A further training; `dpp`: a programme of professional education (ДПП), otherwise a НМО activity."""

    theme: str
    hours: int
    dpp: bool
    specialty: str
    issued: date
    school: str  # key of the organisation


@dataclass(frozen=True)
class Education:
    """A diploma: college, university (`prof`) or residency (`postgraduate`)."""

    specialty: str
    level: str  # key of the education level
    began: int  # year
    issued: date
    school: str
    postgraduate: bool = False


@dataclass(frozen=True)
class Post:
    """An employment record; `ended` None while it lasts."""

    organisation: str
    department: str
    position: str
    began: date
    ended: date | None = None
    rate: str = "1.00"


@dataclass(frozen=True)
class Accreditation:
    """The accreditation a person holds; the term runs from the protocol's date."""

    kind: str
    specialty: str
    passed: date
    ends: date


@dataclass(frozen=True)
class Story:
    """Everything the register knows about a health worker beside identity."""

    person: str
    education: tuple[Education, ...]
    posts: tuple[Post, ...]
    trainings: tuple[Training, ...]
    accreditations: tuple[Accreditation, ...]


def _held(specialty: str, ends: date) -> Accreditation:
    return Accreditation("periodic", specialty, dates.add_years(ends, -5), ends)


def _nurse(person: str, college_year: int, trainings: tuple[Training, ...], ends: date) -> Story:
    college = Education(NURSING, "secondary", college_year - 4, date(college_year, 6, 28), "college")
    post = Post("hospital", "Терапевтическое отделение", "nurse-ward", date(college_year, 8, 1))
    return Story(person, (college,), (post,), trainings, (_held(NURSING, ends),))


def _doctor(person: str, graduated: int, post: Post, trainings: tuple[Training, ...], ends: date) -> Story:
    university = Education(
        GENERAL_MEDICINE, "specialist", graduated - 6, date(graduated, 6, 30), "university"
    )
    residency = Education(
        THERAPY, "residency", graduated, date(graduated + 2, 7, 5), "university", postgraduate=True
    )
    return Story(person, (university, residency), (post,), trainings, (_held(THERAPY, ends),))


def _anna(today: date) -> Story:
    ends = dates.add_months(today, 2)

    def course(theme: str, hours: int, dpp: bool, months_ago: int) -> Training:
        return Training(theme, hours, dpp, NURSING, dates.add_months(today, -months_ago), "college")

    trainings = (
        course("Сестринское дело в терапии", 40, True, 40),
        course("Безопасность пациентов и персонала", 36, True, 8),
        course("Уход за пациентами с хронической сердечной недостаточностью", 36, False, 22),
        course("Профилактика инфекций, связанных с оказанием медицинской помощи", 38, False, 14),
    )
    return _nurse("anna", 2016, trainings, ends)


def _maria(today: date) -> Story:
    ends = dates.add_months(today, 4)

    def course(theme: str, hours: int, dpp: bool, months_ago: int, specialty: str = NURSING) -> Training:
        return Training(theme, hours, dpp, specialty, dates.add_months(today, -months_ago), "college")

    trainings = (
        course("Сестринское дело в хирургии", 72, True, 30),
        course("Инфузионная терапия: работа процедурной медсестры", 36, False, 26),
        course("Сестринский уход при нарушениях мозгового кровообращения", 36, False, 12),
        course("Медицинский массаж в спортивной практике", 36, True, 18, "34.02.02"),
    )
    return _nurse("maria", 2015, trainings, ends)


def _viktor(today: date) -> Story:
    ends = dates.add_months(today, 3)

    def course(theme: str, hours: int, dpp: bool, months_ago: int, specialty: str = THERAPY) -> Training:
        return Training(theme, hours, dpp, specialty, dates.add_months(today, -months_ago), "university")

    trainings = (
        course("Актуальные вопросы терапии", 72, True, 34),
        course("Артериальная гипертензия в амбулаторной практике", 36, False, 20),
        course("Рациональная антибиотикотерапия", 18, False, 10),
        course("Основы эстетической косметологии", 18, False, 16, "31.08.38"),
    )
    post = Post("clinic", "Терапевтическое отделение", "physician-therapist", date(2019, 9, 2))
    return _doctor("viktor", 2017, post, trainings, ends)


def _ksenia(today: date) -> Story:
    college = Education(FELDSHER, "secondary", 2014, date(2018, 6, 29), "college")
    post = Post("clinic", "Отделение неотложной помощи", "feldsher", date(2018, 9, 3))
    theme = "Неотложная помощь на догоспитальном этапе"
    training = Training(theme, 144, True, FELDSHER, dates.add_months(today, -9), "college")
    held = _held(FELDSHER, dates.add_months(today, 6))
    return Story("ksenia", (college,), (post,), (training,), (held,))


def _daria(today: date) -> Story:
    theme = "Уход за пациентами в стационаре"
    training = Training(theme, 144, True, NURSING, dates.add_months(today, -7), "college")
    return _nurse("daria", 2017, (training,), dates.add_months(today, 5))


def _lidia(today: date) -> Story:
    theme = "Амбулаторная помощь при болезнях лёгких"
    training = Training(theme, 144, True, THERAPY, dates.add_months(today, -11), "university")
    post = Post("clinic", "Терапевтическое отделение", "physician-therapist", date(2017, 9, 4))
    return _doctor("lidia", 2015, post, (training,), dates.add_months(today, 9))


def _nina(today: date) -> Story:
    college = Education(FELDSHER, "secondary", 2015, date(2019, 6, 27), "college")
    post = Post("clinic", "Отделение неотложной помощи", "feldsher", date(2019, 9, 2))
    theme = "Неотложная помощь на догоспитальном этапе"
    training = Training(theme, 144, True, FELDSHER, dates.add_months(today, -5), "college")
    held = _held(FELDSHER, dates.add_months(today, 8))
    return Story("nina", (college,), (post,), (training,), (held,))


def _commissioner(person: str, graduated: int, position: str, today: date) -> Story:
    theme = "Организация и проведение аккредитации специалистов"
    training = Training(theme, 144, True, THERAPY, dates.add_months(today, -15), "university")
    post = Post("hospital", "Терапевтическое отделение", position, date(graduated + 2, 9, 1))
    return _doctor(person, graduated, post, (training,), today + timedelta(days=900))


def stories(today: date) -> tuple[Story, ...]:
    """Stories of every known person who is a health worker; the rest are not in ФРМР at all."""
    return (
        _anna(today),
        _maria(today),
        _viktor(today),
        _ksenia(today),
        _commissioner("boris", 1992, "head-of-department", today),
        _commissioner("vera", 1996, "physician-therapist", today),
        _commissioner("grigory", 1994, "physician-therapist", today),
    )


def newcomer_stories(today: date) -> tuple[Story, ...]:
    """Stories of the newcomers who are health workers; the others are not in ФРМР."""
    return (_daria(today), _lidia(today), _nina(today))
