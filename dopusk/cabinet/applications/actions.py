"""Verbs of an application: lock the row, ask the rules, write, tell timeline, journal and open pages."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from procrastinate.contrib.django import app as queue
from procrastinate.exceptions import AlreadyEnqueued

from dopusk.cabinet.applications import rules, signatures, statement, words
from dopusk.cabinet.applications.models import Application, Event
from dopusk.cabinet.documents import actions as documents
from dopusk.cabinet.documents.models import Document
from dopusk.cabinet.registries.base import Specialty
from dopusk.cabinet.signin.models import Person
from dopusk.web import live
from dopusk.web.files.models import StoredFile
from dopusk.web.journal.actions import record
from dopusk.web.signing.actions import Examined

# how the journal calls the steps; it is kept in Russian
STEP_NAMES = {
    "contacts": "контакты",
    "specialty": "специальность",
    "report": "отчёт о деятельности",
    "documents": "другие документы",
}


BY_PRESS = "Заявление подписано простой электронной подписью и отправлено в центр аккредитации"
BY_SIGNATURE = "Заявление подписано усиленной электронной подписью и отправлено в центр аккредитации"
NotAllowed = rules.NotAllowed


def locked(application_id: UUID | str) -> Application:
    """The application's row, locked until the transaction ends, with its applicant."""
    rows = Application.objects.select_related("applicant").select_for_update(of=("self",))
    return rows.get(pk=application_id)


def own(application_id: UUID | str, person: Person) -> Application:
    """The same, if it is hers; Application.DoesNotExist for anybody else's."""
    application = locked(application_id)
    if application.applicant_id != person.pk:
        raise Application.DoesNotExist
    return application


def move(
    application_id: UUID | str,
    to: str,
    *,
    actor: str,
    words: str,
    act: str,
    session: str = "",
    detail: dict[str, Any] | None = None,
    **changes: object,
) -> Application:
    """Turn an application into another state, in the caller's transaction or one of its own.

    actor: person key or "system". act: journal code ("application.registered"). words: a Russian sentence the
    applicant may read. changes: further columns to write. Raises NotAllowed, Application.DoesNotExist.
    """
    with transaction.atomic():
        application = locked(application_id)
        _ask(rules.may_move(application.state, to))
        now = timezone.now()
        for name, value in changes.items():
            setattr(application, name, value)
        application.state = rules.State(to).value
        application.outcome = rules.outcome_after(to, application.outcome)
        application.active = rules.is_active(to, application.outcome)
        application.state_changed_at = now
        _changed(application)
        _event(application, actor, words, detail)
        _journal(application, actor, act, words, session, {"state": application.state, **(detail or {})})
    return application


def note(application: Application, *, actor: str, words: str, detail: dict[str, Any]) -> None:
    """Add to the history of an application what happened to it without another state."""
    Event.objects.create(
        application=application,
        at=timezone.now(),
        state=application.state,
        actor=actor,
        words=words,
        detail=detail,
    )


def start(person: Person, specialty: Specialty | None = None, *, session: str = "") -> Application:
    """Begin a draft; a draft that already stands for the specialty (or for none yet) is given back instead.

    Raises NotAllowed `already_applied` when an application for the specialty is on its way.
    """
    contacts = {name: value for name in ("email", "phone") if (value := getattr(person, name))}
    fields = _specialty_fields(specialty) if specialty else {}
    data: dict[str, Any] = {"contacts": contacts}
    if specialty:
        data["specialty"] = {"specialty_key": specialty.key}
    try:
        with transaction.atomic():
            _no_other(person, specialty.key if specialty else "")
            application = Application.objects.create(
                applicant=person, state_changed_at=timezone.now(), data=data, **fields
            )
            _event(application, person.pk, "Черновик начат", None)
            _journal(application, person.pk, "application.started", "Начат черновик заявления", session, {})
    except (_Draft, IntegrityError):
        return Application.objects.get(
            applicant=person, specialty_key=specialty.key if specialty else "", active=True
        )
    return application


def save_step(
    application_id: UUID | str,
    person: Person,
    step: str,
    answers: Mapping[str, Any],
    *,
    seen: str = "",
    specialty: Specialty | None = None,
    session: str = "",
) -> Application:
    """Keep the answers of a step. The same answers again change nothing.

    seen: stamp of the answers the form began with. specialty: goes with the step of that name.
    Raises NotAllowed (`not_a_draft`, `changed_elsewhere`, `already_applied`), Application.DoesNotExist.
    """
    with transaction.atomic():
        application = own(application_id, person)
        kept = application.data.get(step) or {}
        if dict(answers) == kept and application.state == rules.State.DRAFT:
            return application
        _ask(rules.may_save(application.state, kept, seen))
        application.data = {**application.data, step: dict(answers)}
        if specialty:
            _no_other(person, specialty.key, besides=application)
            for name, value in _specialty_fields(specialty).items():
                setattr(application, name, value)
        try:
            with transaction.atomic():
                _changed(application)
        except IntegrityError:  # another tab was faster
            _no_other(person, application.specialty_key, besides=application)
            raise
        if step == "consent":
            told = f"Дано согласие на обработку персональных данных, редакция {answers.get('version')}"
            _journal(application, person.pk, "consent.given", told, session, dict(answers))
        else:
            told = f"Черновик изменён: {STEP_NAMES[step]}"
            _journal(application, person.pk, "application.step_saved", told, session, {"step": step})
    return application


def add_document(
    application_id: UUID | str, person: Person, kind: str, stored: StoredFile, *, session: str = ""
) -> Document:
    """Put a kept file into the application; one that cannot be put there is not kept any longer.

    Raises NotAllowed, Application.DoesNotExist, `documents` DocumentRefused.
    """
    try:
        with transaction.atomic():
            application = own(application_id, person)
            _ask(rules.may_edit(application.state))
            _changed(application)
            return documents.add(person, str(application.pk), kind, stored, session=session)
    except (NotAllowed, Application.DoesNotExist, documents.DocumentRefused):
        documents.let_go(stored)
        raise


def remove_document(
    application_id: UUID | str, person: Person, document_id: UUID, *, session: str = ""
) -> None:
    """Take a document back. Raises NotAllowed, Document.DoesNotExist."""
    with transaction.atomic():
        application = own(application_id, person)
        _ask(rules.may_edit(application.state))
        rows = Document.objects.select_related("stored")
        document = rows.get(pk=document_id, folder=str(application.pk), owner=person)
        _changed(application)
        documents.remove(document, session=session)


def submit(
    application_id: UUID | str,
    person: Person,
    digest: str,
    *,
    examined: Examined | None = None,
    session: str = "",
) -> Application:
    """Sign and send: freeze what is judged, record its SHA-256, ask for the journey's next step.

    digest: of the content she was shown. examined: her electronic signature over its words; None when the press of
    the button is her signature. Raises NotAllowed (`not_a_draft`, `incomplete`, `content_changed`, and what
    `signatures.keep` refuses with).
    """
    with transaction.atomic():
        application = own(application_id, person)
        papers = list(Document.objects.in_folder(str(application.pk)))
        _ask(rules.may_submit(application.state, application.data, {one.kind for one in papers}))
        content = statement.snapshot(application, papers)
        if examined is None and statement.digest(content) != digest:
            raise NotAllowed(rules.Refusal("content_changed"))
        act = f"application_{application.kind}"
        kept = signatures.keep(examined, person, statement.lines(content), act=act, may_wait=True)
        documents.release(str(application.pk))
        signed = {"signature": str(kept.pk), **signatures.facts(kept).detail()} if kept else {}
        application = move(
            application.pk,
            rules.State.SUBMITTED,
            actor=person.pk,
            words=BY_SIGNATURE if kept else BY_PRESS,
            act="application.submitted",
            session=session,
            detail={"sha256": statement.digest(content), **signed},
            snapshot=content,
            submitted_at=timezone.now(),
        )
        if kept:
            signatures.attach(application, kept)
        wake(application.pk)
    return application


def give_back(application_id: UUID, code: str) -> Application:
    """Return an application whose signature fell before its registration; her copy says why. Raises NotAllowed.

    code: the verdict, "revoked_before"…
    """
    with transaction.atomic(), translation.override("ru"):
        said, fix = words.fallen(code)
        mark = {"code": code, "field": "signature", "words": said, "norm": rules.SIGNATURE_ACT, "fix": fix}
        return move(
            application_id,
            rules.State.INTAKE_REFUSED,
            actor="system",
            words=said,
            act="application.signature_fell",
            detail={"reasons": [code]},
            marks=[{**mark, "fixer": "applicant"}],
        )


def withdraw(application_id: UUID | str, person: Person, *, session: str = "") -> Application:
    """Take the application back. Raises NotAllowed `too_late_to_withdraw`."""
    with transaction.atomic():
        application = own(application_id, person)
        _ask(rules.may_withdraw(application.state))
        application = move(
            application.pk,
            rules.State.WITHDRAWN,
            actor=person.pk,
            words="Заявление отозвано",
            act="application.withdrawn",
            session=session,
            due_on=None,
        )
        wake(application.pk)
    return application


def copy(application_id: UUID | str, person: Person, *, session: str = "") -> Application:
    """A new draft from one that came back, with the faults marked; scans found faulty are not taken along.

    A second press gives the same draft. Raises NotAllowed (`nothing_to_mend`, `already_applied`).
    """
    try:
        with transaction.atomic():
            return _copy(own(application_id, person), person, session)
    except (_Draft, IntegrityError):
        former = Application.objects.get(pk=application_id)
        return Application.objects.get(applicant=person, specialty_key=former.specialty_key, active=True)


def _copy(former: Application, person: Person, session: str) -> Application:
    _ask(rules.may_copy(former.state, former.outcome))
    _no_other(person, former.specialty_key)
    data = {step: answers for step, answers in former.data.items() if step != "consent"}
    fresh = Application.objects.create(
        applicant=person,
        kind=former.kind,
        specialty_key=former.specialty_key,
        specialty_name=former.specialty_name,
        specialty_code=former.specialty_code,
        education_level=former.education_level,
        data=data,
        copied_from=former,
        marks=former.marks,
        state_changed_at=timezone.now(),
    )
    documents.copy(str(former.pk), str(fresh.pk), without={mark["field"] for mark in former.marks})
    _event(fresh, person.pk, "Черновик начат из прежнего заявления", None)
    _journal(
        fresh, person.pk, "application.copied", "Начат черновик из прежнего заявления", session,
        {"copied_from": str(former.pk)},
    )  # fmt: skip
    return fresh


class _Draft(Exception):
    """A draft for this specialty stands already."""


def _no_other(person: Person, specialty_key: str, besides: Application | None = None) -> None:
    """Raise when another application of hers for the specialty is on its way."""
    others = Application.objects.filter(applicant=person, specialty_key=specialty_key, active=True)
    other = others.exclude(pk=besides.pk).first() if besides else others.first()
    if other is None:
        return
    if besides is None and other.state == rules.State.DRAFT:
        raise _Draft
    raise NotAllowed(rules.Refusal("already_applied", {"application": str(other.pk)}))


def _specialty_fields(specialty: Specialty) -> dict[str, str]:
    return {
        "specialty_key": specialty.key,
        "specialty_name": specialty.name,
        "specialty_code": specialty.code,
        "education_level": specialty.level,
    }


def _ask(refusal: rules.Refusal | None) -> None:
    if refusal:
        raise NotAllowed(refusal)


def _changed(application: Application) -> None:
    application.version += 1
    application.save()
    live.tell(application.key, event="changed", version=application.version)


def _event(application: Application, actor: str, words: str, detail: dict[str, Any] | None) -> None:
    Event.objects.create(
        application=application,
        at=application.state_changed_at,
        state=application.state,
        actor=actor,
        words=words,
        detail=detail or {},
    )


def _journal(
    application: Application, actor: str, act: str, words: str, session: str, detail: dict[str, object]
) -> None:
    record(
        actor=actor,
        act=act,
        subject=application.applicant_id,
        object_=application.key,
        words=words,
        session=session,
        detail=detail,
    )


def wake(application_id: UUID) -> None:
    """Ask for the journey's next step by name: it belongs to `flow`, which this slice does not know."""
    job = queue.configure_task("flow.advance", queueing_lock=f"flow.advance {application_id}", queue="flow")
    try:
        with transaction.atomic():
            job.defer(application_id=str(application_id))
    except AlreadyEnqueued:  # one request is enough; should it run before we commit, the sweep asks again
        pass
