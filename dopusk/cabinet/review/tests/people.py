"""The known people at the table of the judging slices, and applications in the states these begin from."""

import threading
from collections.abc import Callable
from datetime import date, timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dopusk.cabinet.applications import statement
from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.documents.models import Document
from dopusk.cabinet.review.actions import open_review
from dopusk.cabinet.review.models import Review, next_number
from dopusk.cabinet.signin import access
from dopusk.cabinet.signin.models import Member, Person, snils_index
from dopusk.kernel import sandbox
from dopusk.web.files import actions as files

SEATS = {"boris": "chair", "vera": "secretary", "grigory": "commissioner"}
ROLES = {**SEATS, "galina": "registrar", "stepan": "registrar", "oleg": "operator"}
PDF = b"%PDF-1.7\n%%EOF\n"


def person(key: str) -> Person:
    """Anna, Galina, Boris… as the portal told of them; the same row each time."""
    known = sandbox.person(key)
    found = Person.objects.filter(pk=f"sub-{key}").first()
    if found:
        return found
    made = Person(
        sub=f"sub-{key}",
        last_name=known.last_name,
        first_name=known.first_name,
        patronymic=known.patronymic,
        birth_date=known.birth_date,
        email=known.email,
        phone=known.phone,
        assurance_level="confirmed",
        seen_at=timezone.now(),
    )
    made.seal_identity({"snils": known.snils, "inn": known.inn})
    made.save()
    return made


def member(key: str, role: str = "") -> Person:
    """The person with her role in this cabinet."""
    found = person(key)
    Member.objects.get_or_create(
        snils_index=snils_index(sandbox.person(key).snils),
        role=role or ROLES[key],
        defaults={"display_name": found.full_name},
    )
    return found


def commission() -> tuple[Person, Person, Person]:
    """Boris in the chair, Vera the secretary, Grigory the third."""
    return member("boris"), member("vera"), member("grigory")


def application(key: str = "anna", state: str = "CENTER_REVIEW", **more: object) -> Application:
    """A nurse's application with a number, standing in the state."""
    now = timezone.now()
    values: dict[str, object] = {
        "applicant": person(key),
        "number": next_number(now.year),
        "state": state,
        "specialty_key": f"34.02.01-{Application.objects.count()}",
        "specialty_name": "Сестринское дело",
        "specialty_code": "34.02.01",
        "education_level": "secondary",
        "submitted_at": now,
        "registered_at": now,
        "state_changed_at": now,
        "due_on": timezone.localdate() + timedelta(days=28),
        **more,
    }
    made = Application(**values)
    made.snapshot = statement.snapshot(made, [])
    made.save()
    return made


def review(key: str = "anna", due_on: date | None = None, **more: object) -> Review:
    """An application that waits for a registrar."""
    made = application(key, **more)
    return open_review(made, due_on or made.due_on)


def document(of: Application, kind: str = "employer_agreement") -> Document:
    """A scan in the application's folder."""
    stored = files.keep(PDF, owner=of.applicant_id, purpose="document", media_type="application/pdf", pages=2)
    return Document.objects.create(
        owner=of.applicant, folder=str(of.pk), kind=kind, title="Согласование отчёта на 2 л.", stored=stored
    )


def browser(who: Person) -> Client:
    """A browser in which the person has signed in."""
    client = Client()
    session = client.session
    session[access.KEY] = who.pk
    session[access.SEEN] = session[access.BEGAN] = int(timezone.now().timestamp())
    session.save()
    return client


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run the acts in threads of their own, started at one moment; what each returned or raised."""
    barrier = threading.Barrier(len(acts))
    answers: list[object] = [None] * len(acts)

    def run(at: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=10)
            answers[at] = act()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            answers[at] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def questions(page: Client, address: str) -> int:
    """How often a page asks the database."""
    with CaptureQueriesContext(connection) as asked:
        assert page.get(address).status_code == 200
    return len(asked)
