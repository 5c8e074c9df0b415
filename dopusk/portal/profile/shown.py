"""A profile as its page shows it: rows with what is known and where each is changed."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from dopusk.kernel import snils
from dopusk.portal.accounts.models import Account
from dopusk.portal.profile import rules, words
from dopusk.portal.profile.models import Document, Fact
from dopusk.web.design.templatetags.design import day

UNDER = {  # what names a row of a section, and what tells it from its neighbours
    "education": ("institution", "specialty"),
    "qualification": ("number", "issued_by"),
    "employment": ("employer", "post"),
}
SHOWN_OF_PASSPORT = 3  # last digits


def value_of(field: rules.Field, text: str) -> str:
    """A kept text as people read it."""
    if text and field.shape in {rules.Shape.PAST, rules.Shape.DAY}:
        return day(dt.date.fromisoformat(text))
    return str(words.CHOICES[text]) if text and field.shape is rules.Shape.CHOICE else text


def title_of(fact: Fact, content: dict[str, str]) -> str:
    """A fact in a few words: «Самарский медицинский колледж, Сестринское дело»."""
    if fact.section in rules.SINGLE:
        return str(words.SECTIONS[fact.section])
    said = rules.summary(content, *UNDER[fact.section])
    return f"{words.CHOICES[content['kind']]} {said}" if "kind" in content else said


def address(content: dict[str, str]) -> str:
    """An address on one line."""
    parts = [content.get(name, "") for name in ("postcode", "region", "locality", "street")]
    house = content.get("house", "")
    flat = content.get("flat", "")
    parts.append(_("дом %(number)s") % {"number": house} if house else "")
    parts.append(_("кв. %(number)s") % {"number": flat} if flat else "")
    return ", ".join(part for part in parts if part)


def sections(facts: Iterable[Fact], documents: Iterable[Document]) -> list[dict[str, Any]]:
    """The sections with their rows; each row has its fields, its scans and its addresses."""
    scans: dict[Any, list[Document]] = {}
    for document in documents:
        scans.setdefault(document.fact_id, []).append(document)
    rows: dict[str, list[dict[str, Any]]] = {section: [] for section in rules.SECTIONS}
    for fact in facts:
        content = fact.opened()
        rows[fact.section].append(
            {
                "fact": fact,
                "title": title_of(fact, content),
                "fields": _fields(fact, content),
                "address": address(content) if fact.section in rules.SINGLE else "",
                "documents": [
                    {"pk": one.pk, "title": one.title() or words.CHOICES[one.kind]}
                    for one in scans.get(fact.pk, [])
                ],
            }
        )
    return [
        {
            "code": section,
            "title": words.SECTIONS[section],
            "rows": found,
            "single": section in rules.SINGLE,
            "empty": words.EMPTY[section],
            "add": words.ADD[section],
        }
        for section, found in rows.items()
    ]


def _fields(fact: Fact, content: dict[str, str]) -> list[dict[str, Any]]:
    if fact.section in rules.SINGLE:
        return []
    return [
        {
            "key": words.FIELDS[field.name],
            "value": value_of(field, content.get(field.name, "")),
            "url": reverse("profile:change_field", args=[fact.section, fact.pk, field.name]),
        }
        for field in rules.SECTIONS[fact.section]
    ]


def personal(account: Account, opened: dict[str, Any]) -> list[dict[str, Any]]:
    """«Персональные данные»: each with its pencil, even where it leads to why not."""
    values = {
        "last_name": account.last_name,
        "first_name": account.first_name,
        "patronymic": account.patronymic,
        "birth_date": day(account.birth_date),
        "gender": str(words.CHOICES[account.gender]) if account.gender else "",
        "snils": snils.show(opened["snils"]) if opened["snils"] else "",
        "inn": opened["inn"],
        "identity_document": passport(opened["identity_document"] or {}),
        "sub": str(account.sub),
    }
    fixed = {
        name: rules.immutable(name, account.level, has_snils=bool(opened["snils"])) for name in values
    }  # the pencil says beforehand where it leads
    return [
        {
            "key": words.FIELDS[name],
            "value": value,
            "url": reverse("profile:personal", args=[name]),
            "fixed": fixed[name],
            "for_ever": fixed[name] in rules.FOR_EVER,
        }
        for name, value in values.items()
    ]


def passport(document: dict[str, str]) -> str:
    """A passport with all but its last digits hidden; empty when there is none."""
    if not document:
        return ""
    last = document["number"][-SHOWN_OF_PASSPORT:]
    hidden = "•" * (len(document["number"]) - SHOWN_OF_PASSPORT)
    return f"•••• {hidden}{last}"
