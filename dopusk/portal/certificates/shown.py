"""Certificates as their owner reads them."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from dopusk.portal.accounts.models import Account
from dopusk.portal.certificates import rules, words
from dopusk.portal.certificates.models import Certificate
from dopusk.portal.security.cards import Card
from dopusk.trust.owners import Owner
from dopusk.web.design.templatetags.design import day, days_count, moment, snils


@dataclass(frozen=True)
class Row:
    """One certificate of the list."""

    certificate: Certificate
    owner: Owner
    status: str
    colour: str
    term: str
    soon: bool


def row(certificate: Certificate) -> Row:
    """For the list."""
    standing = certificate.standing()
    word, colour = words.STANDINGS[standing]
    now = timezone.now()
    usable = standing in {rules.Standing.GOOD, rules.Standing.UNKNOWN}
    return Row(
        certificate,
        certificate.owner(),
        str(word),
        colour,
        term(certificate.not_after, now),
        usable and rules.ends_soon(certificate.not_after, now),
    )


def term(not_after: datetime, now: datetime) -> str:
    """«до 14 декабря 2026, ещё 40 дней»."""
    left = rules.days_left(not_after, now)
    if left < 0:
        return _("закончился %(day)s") % {"day": day(not_after)}
    if left == 0:
        return _("до %(when)s, последний день") % {"when": moment(not_after)}
    return _("до %(day)s, ещё %(left)s") % {"day": day(not_after), "left": days_count(left)}


def details(certificate: Certificate) -> list[dict[str, str]]:
    """What the certificate says, in rows."""
    owner = certificate.owner()
    rows = [
        (_("Владелец"), owner.full_name, ""),
        (_("СНИЛС"), snils(owner.snils) if owner.snils_valid else owner.snils, ""),
        (_("ИНН"), owner.inn, ""),
        (_("Организация"), owner.organisation, _organisation(owner)),
        (_("Должность"), owner.title, ""),
        (_("Электронная почта"), owner.email, ""),
        (_("Издатель"), certificate.issuer, ""),
        (
            _("Срок"),
            _("с %(start)s %(term)s")
            % {"start": day(certificate.not_before), "term": term(certificate.not_after, timezone.now())},
            "",
        ),
        (_("Алгоритм"), str(words.ALGORITHMS.get(certificate.algorithm, words.OTHER_ALGORITHM)), ""),
        (_("Серийный номер"), rules.grouped(certificate.serial), ""),
        (_("Отпечаток SHA-256"), rules.grouped(certificate.sha256), ""),
    ]
    return [{"key": key, "value": value, "source": source} for key, value, source in rows if value]


def _organisation(owner: Owner) -> str:
    found = [(_("ОГРН"), owner.ogrn), (_("ИНН организации"), owner.inn_of_organisation)]
    return ", ".join(f"{name} {value}" for name, value in found if value)


def answers(certificate: Certificate) -> list[str]:
    """By whose word the last check found what it found."""
    found = []
    for one in certificate.checked.get("answers", []):
        facts = {
            "source": words.SOURCES.get(one["source"], one["source"]),
            "of": one["of"] or _("Этот сертификат"),
            "at": moment(parse_datetime(one["at"])),
        }
        found.append(_("%(of)s: %(source)s, сведения на %(at)s") % facts)
    return found


def chain(certificate: Certificate) -> list[str]:
    """From the certificate's own issuer to the root."""
    return list(certificate.checked.get("chain", []))


def revoked_at(certificate: Certificate) -> datetime | None:
    """When its issuer revoked it."""
    return parse_datetime(certificate.checked.get("revoked_at") or "")


def differences(owner: Owner, account: Account) -> list[str]:
    """«Фамилия: в сертификате «Смирнова», на портале «Орлова»»."""
    theirs = rules.Named(owner.last_name, owner.first_name, owner.patronymic)
    hers = rules.Named(account.last_name, account.first_name, account.patronymic)
    return [
        _("%(part)s: в сертификате «%(theirs)s», на портале «%(hers)s»")
        % {"part": words.NAMES[part], "theirs": getattr(theirs, part), "hers": getattr(hers, part)}
        for part in rules.differences(theirs, hers)
    ]


def card(sub: uuid.UUID) -> Card:
    """On the first page of «Безопасность»."""
    usable = Certificate.objects.usable(sub)[:3]
    lines = [
        _("%(issuer)s, %(term)s") % {"issuer": one.issuer, "term": term(one.not_after, timezone.now())}
        for one in usable
    ]
    if lines:
        text = _("По этим сертификатам можно войти на портал без пароля.")
    else:
        text = _(
            "Если у Вас есть электронная подпись, добавьте её сертификат: по ней можно входить без пароля."
        )
    return Card(_("Электронная подпись"), text, lines, reverse("certificates:list"), _("Сертификаты"))
