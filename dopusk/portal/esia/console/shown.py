"""A report as the page of a diagnosis draws it: words for codes, texts cut where they differ."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dopusk.portal.esia.client_secret.reported import TABLE, difference
from dopusk.portal.esia.console import advice, precise
from dopusk.portal.esia.errors import KINDS
from dopusk.portal.esia.models import Diagnosis

Report = Mapping[str, Any]

STRINGS: Final[dict[str, str | Promise]] = {
    "v1": gettext_lazy("версия 1"),
    "v2_ac": gettext_lazy("версия 2, запрос кода"),
    "v3_code": gettext_lazy("версия 3, обмен кода"),
    "v3_credentials": gettext_lazy("версия 3, от имени системы"),
    "v3_refresh_a": gettext_lazy("версия 3, обновление, способ A"),
    "v3_refresh_b": gettext_lazy("версия 3, обновление, способ B"),
}
KINDS_OF_SIGNATURE: Final[dict[str, str | Promise]] = {
    "cms": gettext_lazy("PKCS#7 (CMS)"),
    "gost256": gettext_lazy("без обёртки, длиной как ГОСТ на 256 бит"),
    "gost512": gettext_lazy("без обёртки, длиной как ГОСТ на 512 бит"),
    "rsa": gettext_lazy("без обёртки, длиной как RSA"),
    "unknown": gettext_lazy("не похоже на подпись"),
}
ENCODINGS: Final[dict[str, str | Promise]] = {
    "base64url": gettext_lazy("base64url без «=»"),
    "base64url_padded": gettext_lazy("base64url с «=»"),
    "base64url_half": gettext_lazy("base64url, «=» обрезаны не все"),
    "base64": gettext_lazy("обычный base64 без «=»"),
    "base64_padded": gettext_lazy("обычный base64 с «=»"),
    "base64_half": gettext_lazy("обычный base64, «=» обрезаны не все"),
}
_NAMED: Final = {
    "parameter_missing",
    "parameter_repeated",
    "recipient_repeated",
    "parameters_unreadable",
    "scope_unknown",
    "scope_not_granted",
    "scope_of_another",
    "rs_path",
    "fault_on_demand",
    "test_person_unknown",
    "path_unknown",
    "te_method",
}  # the heading says which
_SECTIONS: Final = ("string", "hash", "signature", "clock")
_ABOUT: Final = (
    ("hash_", "hash"),
    ("clock_", "clock"),
    ("timestamp_", "clock"),
    *(
        (start, "signature")
        for start in ("secret_", "cms_", "raw_", "signer_", "digest_", "algorithm_", "rsa_")
    ),
    *((start, "signature") for start in ("bytes_", "halves_", "certificate_")),
)
HASHES: Final[dict[str, str | Promise]] = {
    "sha1": "SHA-1",
    "sha256": "SHA-256",
    "streebog256": gettext_lazy("Стрибог-256"),
}


def of(diagnosis: Diagnosis) -> dict[str, Any]:
    """Everything the page shows."""
    report = diagnosis.report
    kind = KINDS.get(diagnosis.esia_code)
    return {
        "one": diagnosis,
        "what": headline(diagnosis),
        "todo": precise.todo(diagnosis),
        "also": [(code, advice.on(code)) for code in (report.get("beside"), *report.get("also", [])) if code],
        "signed_right": bool(diagnosis.code) and report.get("signed_right", False),
        "sections": _order(diagnosis.code),
        "registered": [_plain_certificate(one) for one in report.get("registered", [])],
        "answer": kind,
        "detail": report.get("detail", ""),
        "string": _string(report),
        "signed": _signed(report),
        "variants": _variants(report),
        "hash": _hash(report),
        "clock": _clock(report),
        "signature": _signature(report),
        "redirect": _redirect(report),
        "scope": _scope(report),
        "known_scopes": precise.KNOWN_SCOPES if diagnosis.code in {"scope_unknown", "scope_form"} else (),
        "rest": {name: report[name] for name in ("path", "needed", "scopes") if report.get(name)},
        "parameters": report.get("parameters", []),
        "notes": [(code, advice.on(code)) for code in report.get("notes", [])],
        "forgiven": [(code, advice.on(code)[0]) for code in report.get("forgiven", [])],
    }


def headline(diagnosis: Diagnosis) -> str:
    """What happened, as a heading: without its full stop, and no number torn from its word."""
    code = "fault_on_demand" if precise.of_the_order(diagnosis) else diagnosis.code
    what, _todo = advice.on(code)
    words = re.sub(r" (?=\d)", "\N{NO-BREAK SPACE}", str(what).removesuffix("."))
    detail = diagnosis.report.get("order" if code != diagnosis.code else "detail", "")
    named = detail if code in _NAMED else ""
    return f"{words}: {named}" if named else words


def _order(code: str) -> list[str]:
    """Sections of the page, the one that the refusal is about first."""
    about = next((section for start, section in _ABOUT if code.startswith(start)), "string")
    return sorted(_SECTIONS, key=lambda section: section != about)


def _words(text: str) -> list[str]:
    """A text cut at its spaces, so that the page can show them; what else cannot be seen is named by its picture."""
    pictures = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "␡", 0xA0: "⍽", 0xFEFF: "BOM"}
    return [word.translate(pictures) for word in text.split(" ")]


def _parts(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**part, "words": _words(part["value"])} for part in given]


def _string(report: Report) -> dict[str, Any] | None:
    if "string_parts" not in report:
        return None
    return {
        "name": STRINGS.get(report["string_name"], report["string_name"]),
        "parts": _parts(report["string_parts"]),
        "bytes": report["string_bytes"],
        "sha256": report["string_sha256"],
        "hidden": any(part["hidden"] for part in report["string_parts"]),
    }


def _signed(report: Report) -> dict[str, Any] | None:
    """What the client signed instead: the parts of a known mistake, or the text its PKCS#7 carries."""
    if report.get("signed_parts"):
        return {"parts": _parts(report["signed_parts"])}
    text, place = report.get("signed_text"), report.get("differs_at")
    if text is None or place is None:
        return None
    return {"same": _words(text[:place]), "other": _words(text[place:]), "place": place + 1}


def _variants(report: Report) -> list[dict[str, Any]]:
    known = {str(name): words for name, words in STRINGS.items()}
    return [
        {
            "code": one["code"],
            "matched": one["matched"],
            "right": one["code"] in known,
            "words": known.get(one["code"]) or advice.on(one["code"])[0],
        }
        for one in report.get("variants", [])
    ]


def _hash(report: Report) -> dict[str, Any] | None:
    found = report.get("hash")
    if not found:
        return None
    return {
        "given": found["given"],
        "length": found["length"],
        "matches": found["matches"],
        "certificates": [_certificate(one, found) for one in found["certificates"]],
    }


def _certificate(one: Report, found: Report) -> dict[str, Any]:
    """Rows of algorithms, columns DER and PEM; the cell that was sent and the cell that should be."""
    sent = found["matches"].removeprefix("der_") if one["serial"] == found["of_certificate"] else ""
    rows = []
    for algorithm, words in HASHES.items():
        cells = []
        for name in (algorithm, f"pem_{algorithm}"):
            value = one["hashes"][name]
            hit = sent.replace("pem_crlf_", "pem_").replace("pem_bare_", "pem_") == name
            cells.append({"value": value, "sent": hit, "right": name == one["right"]})
        rows.append({"words": words, "cells": cells})
    return {
        **_plain_certificate(one),
        "right": one["hashes"][one["right"]],
        "right_words": HASHES[one["right"]],
        "sent": bool(sent),
        "elsewhere": bool(sent) and sent not in TABLE and not sent.startswith("pem_"),
        "rows": rows,
    }


def _plain_certificate(one: Report) -> dict[str, Any]:
    return {
        **{name: one[name] for name in ("subject", "serial", "algorithm", "disabled")},
        "not_before": datetime.fromisoformat(one["not_before"]),
        "not_after": datetime.fromisoformat(one["not_after"]),
        "expired": datetime.fromisoformat(one["not_after"]) < timezone.now(),
    }


def _clock(report: Report) -> dict[str, Any] | None:
    clock = report.get("clock")
    if not clock:
        return None
    seconds = clock["difference_seconds"]
    return {
        "timestamp": clock["timestamp"],
        "words": _words(clock["timestamp"]),
        "server_time": clock.get("server_time", ""),
        "tolerance": _lasting(clock["tolerance_seconds"]) if "tolerance_seconds" in clock else "",
        "difference": "" if seconds is None else _difference(seconds),
        "order": report.get("order", ""),
        "too_much": seconds is not None and abs(seconds) > clock["tolerance_seconds"],
    }


def _difference(seconds: int) -> str:
    if abs(seconds) <= 1:  # a timestamp has no parts of a second, and takes some of one to come
        return _("часы совпадают")
    words = _lasting(abs(seconds))
    return (
        _("система отстаёт: %(words)s") % {"words": words}
        if seconds > 0
        else _("система спешит: %(words)s") % {"words": words}
    )


def _lasting(seconds: int) -> str:
    """«3 ч 4 мин 5 с»."""
    rest = timedelta(seconds=seconds)
    parts = [
        (rest.days, _("%(n)s дн.")),
        (rest.seconds // 3600, _("%(n)s ч")),
        (rest.seconds // 60 % 60, _("%(n)s мин")),
        (rest.seconds % 60, _("%(n)s с")),
    ]
    return " ".join(words % {"n": number} for number, words in parts if number)


def _signature(report: Report) -> list[dict[str, Any]]:
    """Rows of a summary list: what `client_secret` held."""
    secret, cms = report.get("secret"), report.get("cms", {})
    if not secret:
        return []
    rows = [
        (_("Что это"), KINDS_OF_SIGNATURE.get(secret["kind"], secret["kind"])),
        (_("Записано"), ENCODINGS.get(secret["encoding"], _("не base64"))),
        (_("Длина"), _("%(characters)s знаков, после раскодирования %(bytes)s байт") % secret),
    ]
    if "attached" in cms:
        attached = _("строка вложена (attached)") if cms["attached"] else _("строка не вложена (detached)")
        attributes = _("есть") if cms["signed_attributes"] else _("нет")
        rows += [
            (_("Строка в PKCS#7"), attached),
            (_("Подписанные атрибуты"), attributes),
            (_("Хэш и подпись"), f"{cms['digest']}, {cms['signature']}"),
            (_("Подписал"), cms["signer"] or _("сертификат неизвестен")),
            (_("Вложенные сертификаты"), "; ".join(cms["embedded"]) or _("нет")),
        ]
    elif cms:
        rows.append((_("Почему не прочитан"), f"{cms['verdict']} {cms.get('why', '')}".strip()))
    if report.get("digest"):
        rows.append((_("Хэш, который подписан"), report["digest"]))
    if report.get("signed_by"):
        rows.append((_("Подписал"), report["signed_by"]))
    return [{"key": key, "value": str(value)} for key, value in rows]


def _redirect(report: Report) -> dict[str, Any] | None:
    """The address given beside those registered, cut where they part; the most alike first."""
    found = report.get("redirect_uri") or report.get("redirect_url")
    if not found or found["given"] in found["registered"]:
        return None
    given = found["given"]
    rows = []
    for one in found["registered"]:
        place = difference(one, given) or 0
        rows.append(
            {"place": place, "same": one[:place], "ours": one[place:], "theirs": given[place:], "uri": one}
        )
    rows.sort(key=lambda row: -row["place"])
    place = rows[0]["place"] if rows else 0
    return {"given": given, "same": given[:place], "other": given[place:], "rows": rows}


def _scope(report: Report) -> dict[str, Any] | None:
    """Scopes asked for, those the system does not have marked."""
    found = report.get("scope")
    if not found:
        return None
    granted: Sequence[str] = found["granted"]
    asked = [{"name": one, "granted": one.partition("?")[0] in granted} for one in found["given"]]
    return {
        "asked": asked,
        "granted": granted,
        "missing": [one["name"] for one in asked if not one["granted"]],
    }
