"""The known people of the sandbox, written into every register that has something to say about them."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from dopusk.kernel import names, sandbox
from dopusk.kernel.sandbox_stories import Story, newcomer_stories, stories
from dopusk.registers.dictionaries.models import Entry
from dopusk.registers.organisations.models import Organisation
from dopusk.registers.passports.models import Passport
from dopusk.registers.snils.models import Account
from dopusk.registers.workers import models as workers


@transaction.atomic
def settle(today: date) -> int:
    """Write down the known people and the newcomers who are not there yet. Returns how many; changes nobody."""
    _organisations()
    told = {story.person: story for story in (*stories(today), *newcomer_stories(today))}
    settled = 0
    for person in (*sandbox.PEOPLE, *sandbox.NEWCOMERS):
        _account, new = Account.objects.get_or_create(
            snils=person.snils,
            defaults={
                "last_name": _held_last_name(person),
                "first_name": person.first_name,
                "patronymic": person.patronymic,
                "birth_date": person.birth_date,
            },
        )
        if not new:
            continue
        settled += 1
        _passport(person)
        if story := told.get(person.key):
            _frmr(person, story)
    return settled


def _organisations() -> None:
    Organisation.objects.bulk_create(
        [
            Organisation(
                oid=known.oid,
                name=known.name,
                short_name=known.short_name,
                kind=known.kind,
                inn=known.inn,
                kpp=known.kpp,
                ogrn=known.ogrn,
                region_code=known.region_code,
                address=known.address,
                licence_number=""
                if known.kind == "school"
                else f"ЛО-{known.region_code}-01-9{known.number:05d}",
                licence_date=None if known.kind == "school" else date(2019, 5, 20),
            )
            for known in sandbox.ORGANISATIONS
        ],
        ignore_conflicts=True,
    )


def _held_last_name(person: sandbox.Person) -> str:
    """The surname the СНИЛС register holds: an older one of somebody who changed hers."""
    older = person.snils_last_name if isinstance(person, sandbox.Newcomer) else ""
    return older or person.last_name


def _passport(person: sandbox.Person) -> None:
    Passport.objects.create(
        series=person.passport.series,
        number=person.passport.number,
        issued=person.passport_issued,
        issuer=person.passport_issuer,
        issuer_code=person.passport_issuer_code,
        last_name=person.last_name,
        first_name=person.first_name,
        patronymic=person.patronymic,
        birth_date=person.birth_date,
        birth_place=person.birth_place,
        valid=person.passport_valid if isinstance(person, sandbox.Newcomer) else True,
    )


def _frmr(person: sandbox.Person, story: Story) -> None:
    row = workers.Person.objects.create(
        snils=person.snils,
        last_name=person.last_name,
        first_name=person.first_name,
        patronymic=person.patronymic,
        name_key=names.sort_key(person.full_name),
        gender=str(person.gender),
        birth_date=person.birth_date,
        birth_place=person.birth_place,
        inn=person.inn,
        phone=person.phone,
        email=person.email,
        region_code="69",
        is_medical_worker=True,
        is_pharm_worker=False,
        passport_series=person.passport.series,
        passport_number=person.passport.number,
        passport_issued=person.passport_issued,
        passport_issuer=person.passport_issuer,
        passport_issuer_code=person.passport_issuer_code,
    )
    _education(row, story, person.number)
    _posts(row, story, person.number)
    _trainings(row, story, person.number)
    _accreditations(row, story, person.number)


def _education(row: workers.Person, story: Story, number: int) -> None:
    for place, diploma in enumerate(story.education):
        kind = workers.EducationPostgraduate if diploma.postgraduate else workers.EducationProf
        kind.objects.create(
            person=row,
            doc_serial=f"69{diploma.issued.year % 100:02d}",
            doc_number=f"0006{number:02d}{place}",
            doc_date=diploma.issued,
            institution=sandbox.organisation(diploma.school).name,
            level_key=diploma.level,
            specialty_key=diploma.specialty,
            begin_year=diploma.began,
        )


def _posts(row: workers.Person, story: Story, number: int) -> None:
    for place, post in enumerate(story.posts):
        employer = sandbox.organisation(post.organisation)
        position = Entry.objects.get(dictionary="positions", key=post.position)
        workers.Card.objects.create(
            person=row,
            organization_oid=employer.oid,
            organization_name=employer.name,
            department=post.department,
            position_key=post.position,
            post_name=position.item["name"],
            rate=post.rate,
            contract_number=f"6{number:02d}/{place + 1}",
            contract_date=post.began,
            begin_date=post.began,
            end_date=post.ended,
        )


def _trainings(row: workers.Person, story: Story, number: int) -> None:
    for place, training in enumerate(story.trainings):
        workers.EducationExt.objects.create(
            person=row,
            kind="dpp" if training.dpp else "cme",
            institution=sandbox.organisation(training.school).name,
            hours=training.hours,
            theme=training.theme,
            doc_serial="6900",
            doc_number=f"0006{number:02d}{place}",
            doc_date=training.issued,
            specialty_key=training.specialty,
        )


def _accreditations(row: workers.Person, story: Story, number: int) -> None:
    for place, held in enumerate(story.accreditations):
        workers.Accreditation.objects.create(
            registry_number=f"0000{number:08d}{place}",
            person=row,
            kind=held.kind,
            specialty_key=held.specialty,
            pass_date=held.passed,
            end_date=held.ends,
            protocol_date=held.passed,
            protocol_number=f"69-{held.passed.year}-{number}",
            organization_oid=sandbox.organisation("center").oid,
            recorded_at=timezone.now(),
        )
