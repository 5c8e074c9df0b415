"""Facts of the sandbox's people without any register: the stories told as the registers would."""

from datetime import date

from dopusk.cabinet.registries import base
from dopusk.kernel import sandbox, sandbox_stories

DAY = date(2026, 11, 22)
ORDER = "Приказ"


def specialty(key, name, level, kind, diplomas, valid_from=date(2008, 1, 1), valid_to=None):
    """A row of the dictionary."""
    return base.Specialty(
        key, name, valid_from, valid_to, ORDER, code=key, level=level, kind=kind, requires_diploma=diplomas
    )


NURSING = specialty("34.02.01", "Сестринское дело", "secondary", "secondary", ("34.02.01", "31.02.01"))
THERAPY = specialty("31.08.49", "Терапия", "higher", "residency", ("31.05.01", "31.05.02"))
SEXOLOGY = specialty(
    "31.08.23", "Сексология", "higher", "residency", ("31.05.01",), valid_to=date(2027, 2, 28)
)
PALLIATIVE = specialty(
    "palliative", "Паллиативная помощь", "higher", "residency", ("31.05.01",), valid_from=date(2027, 9, 1)
)


def position(key, name, specialties, valid_to=None):
    """A row of the list of posts."""
    return base.Position(key, name, date(2023, 9, 1), valid_to, ORDER, level="", specialties=specialties)


def level(key, kind):
    """A level of education."""
    return base.EducationLevel(key, key, date(2013, 9, 1), None, ORDER, level=kind)


DICTIONARIES = base.Dictionaries(
    specialties={one.key: one for one in (NURSING, THERAPY, SEXOLOGY, PALLIATIVE)},
    positions={
        one.key: one
        for one in (
            position("nurse-ward", "Медсестра палатная", ("34.02.01",)),
            position("physician-therapist", "Врач-терапевт", ("31.08.49",)),
            position("milk", "Медсестра молочно-раздаточного пункта", ("34.02.01",), date(2023, 8, 31)),
            position("masseur", "Массажист", ("34.02.02",)),
        )
    },
    levels={
        one.key: one
        for one in (
            level("secondary", "secondary"),
            level("specialist", "higher"),
            level("residency", "higher"),
        )
    },
)


def record(key: str, day: date = DAY) -> base.Record:
    """What ФРМР holds about a known person on the day."""
    who = sandbox.person(key)
    story = next(one for one in sandbox_stories.stories(day) if one.person == key)
    return base.Record(
        base.Worker(who.snils, who.last_name, who.first_name, who.patronymic, who.birth_date),
        tuple(
            base.Education(one.specialty, one.level, one.school, "1", one.issued, one.began, one.postgraduate)
            for one in story.education
        ),
        tuple(
            base.Training(
                str(place),
                one.theme,
                one.hours,
                "dpp" if one.dpp else "cme",
                one.specialty,
                one.school,
                one.issued,
            )
            for place, one in enumerate(story.trainings)
        ),
        (),
        tuple(
            base.Card(
                one.organisation, "oid", one.department, one.position, one.position, one.began, one.ended
            )
            for one in story.posts
        ),
        tuple(
            base.Accreditation(f"69{place}", one.kind, one.specialty, one.passed, one.ends)
            for place, one in enumerate(story.accreditations)
        ),
    )
