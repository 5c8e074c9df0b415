"""From the wire of the registers to facts. Anything unexpected raises KeyError, TypeError or ValueError."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from dopusk.cabinet.registries import base

Body = Mapping[str, Any]


def _day(text: Any) -> date:
    return date.fromisoformat(text)


def _day_or_none(text: Any) -> date | None:
    return None if text is None else _day(text)


def record(body: Body) -> base.Record:
    """`GET /api/frmr/person/{snils}/full`."""
    return base.Record(
        worker=_worker(body["person"]),
        education=(
            *(_education(row, postgraduate=False) for row in body["prof"]),
            *(_education(row, postgraduate=True) for row in body["postgraduate"]),
        ),
        trainings=tuple(_training(row) for row in body["ext"]),
        certificates=tuple(_certificate(row) for row in body["cert"]),
        cards=tuple(_card(row) for row in body["card"]),
        accreditations=tuple(_accreditation(row) for row in body["accreditation"] if _said(row["passed"])),
    )


def _worker(row: Body) -> base.Worker:
    return base.Worker(
        snils=row["snils"],
        last_name=row["lastName"],
        first_name=row["firstName"],
        patronymic=row.get("patronymic") or "",
        birth_date=_day(row["birthDate"]),
        death_date=_day_or_none(row.get("deathDate")),
        medical=_said(row["isMedicalWorker"]),
        pharmaceutical=_said(row["isPharmWorker"]),
    )


def _document(row: Body) -> str:
    return " ".join(part for part in (row.get("docSerial"), row.get("docNumber")) if part)


def _education(row: Body, *, postgraduate: bool) -> base.Education:
    return base.Education(
        specialty=row["specialtyKey"],
        level=row["levelEducationId"],
        institution=row["institution"],
        number=_document(row),
        issued=_day(row["docDate"]),
        began=int(row["beginYear"]),
        postgraduate=postgraduate,
    )


def _training(row: Body) -> base.Training:
    if row["profEducationKindId"] not in {"dpp", "cme"}:
        raise ValueError("profEducationKindId")
    return base.Training(
        key=str(row["id"]),
        theme=row["theme"],
        hours=int(row["hoursCount"]),
        kind=row["profEducationKindId"],
        specialty=row["specialtyKey"],
        institution=row["institution"],
        issued=_day(row["docDate"]),
        number=_document(row),
        registered=_said(row["registered"]),
    )


def _certificate(row: Body) -> base.Certificate:
    return base.Certificate(
        specialty=row["specialtyKey"],
        number=" ".join(part for part in (row.get("certSerial"), row.get("certNumber")) if part),
        issued=_day(row["passDate"]),
        ends=_day(row.get("endDateExtension") or row["endDate"]),
    )


def _card(row: Body) -> base.Card:
    return base.Card(
        organisation=row["organization"],
        organisation_oid=row["organizationOid"],
        department=row.get("department") or "",
        position=row["positionKey"],
        position_name=row["postName"],
        began=_day(row["beginDate"]),
        ended=_day_or_none(row.get("endDate")),
        rate=str(row.get("rate") or ""),
        main=row.get("positionTypeId", 1) == 1,
    )


def _accreditation(row: Body) -> base.Accreditation:
    return base.Accreditation(
        registry_number=row["registryNumber"],
        kind=row["accreditationKindId"],
        specialty=row["specialtyKey"],
        passed_on=_day(row["passDate"]),
        ends=_day(row.get("endDateExtension") or row["endDate"]),
        protocol_number=row.get("protocolNumber") or "",
        protocol_on=_day_or_none(row.get("protocolDate")),
        excluded=_said(row["excluded"]),
    )


def _entry(row: Body) -> dict[str, Any]:
    return {
        "key": row["key"],
        "name": row["name"],
        "valid_from": _day(row["validFrom"]),
        "valid_to": _day_or_none(row.get("validTo")),
        "order_no": row.get("orderNo") or "",
    }


def specialty(row: Body) -> base.Specialty:
    """A row of `specialties`."""
    diplomas = tuple(row.get("requiresDiploma") or ())
    return base.Specialty(
        **_entry(row),
        code=row.get("code") or "",
        level=row["level"],
        kind=row["kind"],
        requires_diploma=diplomas,
    )


def position(row: Body) -> base.Position:
    """A row of `positions`."""
    return base.Position(**_entry(row), level=row["level"], specialties=tuple(row["specialties"]))


def level(row: Body) -> base.EducationLevel:
    """A row of `education-levels`."""
    return base.EducationLevel(**_entry(row), level=row["level"])


COMPARED = ("lastName", "firstName", "patronymic", "birthDate")


def snils_answer(body: Body) -> base.SnilsAnswer:
    """`POST /api/snils/check`. A field it says nothing of is no agreement."""
    if not _said(body["found"]):
        return base.SnilsAnswer(found=False)
    matches = body["matches"]
    return base.SnilsAnswer(True, tuple(name for name in COMPARED if not _said(matches[name])))


def _said(answer: Any) -> bool:
    if not isinstance(answer, bool):
        raise TypeError("neither true nor false")
    return answer
