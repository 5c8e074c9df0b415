"""The paper of a certificate: one A4 page, PDF/A-2a and PDF/UA-1 at once, by typst.

It is an extract from this stand's own register and says so: neither by name nor by look the official
certificate. The same paper gives the same bytes, for the only clock in it is ``issued_at``.
"""

import io
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

import segno

from dopusk.cabinet.certificates.numbers import show_code, show_number
from dopusk.web.paper import day, draw

Kind = Literal["primary", "primary_specialized", "periodic"]

_KINDS: Final[dict[Kind, str]] = {
    "primary": "Первичная",
    "primary_specialized": "Первичная специализированная",
    "periodic": "Периодическая",
}
_MOSCOW: Final = ZoneInfo("Europe/Moscow")  # days of the paper are Moscow's, whatever zone a moment comes in


@dataclass(frozen=True)
class SealLine:
    """What the paper says of the signature put on it right after: whose it is and until when."""

    owner: str
    serial_number: str
    valid_from: date
    valid_until: date


@dataclass(frozen=True)
class Paper:
    """All that stands on the paper.

    number: 13 digits; code: 12 characters of the verification code. specialty_code: ФГОС code, empty when the
    specialty has none. valid_until: the last day in force. verify_url: public page of this certificate, code
    included. issued_at: aware; sandbox: prints what it is, three times.
    """

    number: str
    code: str
    holder: str
    specialty: str
    specialty_code: str
    kind: Kind
    protocol_number: str
    protocol_date: date
    valid_from: date
    valid_until: date
    commission: str
    organisation: str
    verify_url: str
    issued_at: datetime
    sandbox: bool = True
    seal: SealLine | None = None


def render(paper: Paper) -> bytes:
    """The PDF. Raises ``ValueError`` when ``issued_at`` is naive."""
    return draw(Path(__file__).with_name("paper.typ"), _words(paper), paper.issued_at)


def _words(paper: Paper) -> dict[str, object]:
    """Everything the template prints, as the template prints it."""
    stand = " (учебный стенд)" if paper.sandbox else ""
    number = show_number(paper.number)
    return {
        "title": f"Выписка о прохождении аккредитации{stand} № {number}",
        "heading": "Выписка о прохождении аккредитации",
        "stand": stand.strip() or None,
        "lead": f"Сформирована {day(paper.issued_at.astimezone(_MOSCOW).date())}. {paper.organisation}",
        "issuer": paper.organisation,
        "description": f"{paper.holder}: {paper.specialty}, {_KINDS[paper.kind].lower()} аккредитация",
        "keywords": ["аккредитация", "выписка", paper.number],
        "ribbon": "Учебный стенд" if paper.sandbox else None,
        "footer": _footer(paper),
        "holder": paper.holder,
        "specialty": paper.specialty,
        "specialty_note": f"Код специальности {paper.specialty_code}" if paper.specialty_code else None,
        "kind": _KINDS[paper.kind],
        "protocol": f"№ {paper.protocol_number} от {day(paper.protocol_date)}",
        "commission": paper.commission,
        "valid_from": day(paper.valid_from),
        "valid_until": day(paper.valid_until),
        "number": number,
        "code": show_code(paper.code),
        "verify_url": paper.verify_url,
        "verify_shown": paper.verify_url.split("?", maxsplit=1)[0]
        .removeprefix("https://")
        .removeprefix("http://"),
        "check_words": "Наведите камеру телефона на код или откройте страницу и введите код проверки. "
        "Она скажет, действует ли аккредитация сегодня.",
        "qr": _qr(paper.verify_url),
        "qr_words": f"QR-код со ссылкой на страницу проверки: {paper.verify_url}",
        "sealed": _seal_words(paper.seal) if paper.seal else None,
        "labels": {
            "holder": "Фамилия, имя, отчество",
            "specialty": "Аккредитация пройдена по специальности",
            "kind": "Вид аккредитации",
            "protocol": "Протокол",
            "commission": "Решение приняла",
            "valid": "Действует",
            "number": "Реестровый номер",
            "check": "Проверить выписку",
            "code": "Код проверки",
            "sealed": "Подписано электронной подписью",
        },
    }


def _footer(paper: Paper) -> str:
    if paper.sandbox:
        return (
            "Учебный стенд. Все сведения вымышлены. Это не государственный документ: он не подтверждает "
            "аккредитацию и не даёт права заниматься медицинской деятельностью."
        )
    return "Выписка подтверждает запись реестра на день, когда она сформирована. Сегодняшнее состояние — по коду."


def _seal_words(seal: SealLine) -> list[str]:
    return [
        f"Владелец: {seal.owner}",
        f"Сертификат {seal.serial_number}",
        f"Действителен с {day(seal.valid_from)} по {day(seal.valid_until)}",
    ]


def _qr(url: str) -> str:
    drawn = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        drawn, kind="svg", border=0, dark="#1C1F1E", xmldecl=False, svgclass=None, lineclass=None
    )
    return drawn.getvalue().decode()
