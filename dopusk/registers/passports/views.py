"""Checking a passport."""

from django.http import HttpRequest

from dopusk.registers.passports import rules
from dopusk.registers.passports.forms import Check
from dopusk.registers.passports.models import Passport


def check(request: HttpRequest, body: Check) -> rules.Verdict:
    """Is the passport valid and does it belong to this person."""
    told = rules.Page(
        body.issue_date, body.issuer_code, body.last_name, body.first_name, body.patronymic, body.birth_date
    )
    known = Passport.objects.filter(series=body.series, number=body.number).first()
    if known is None:
        return rules.judge(told, None)
    held = rules.Page(
        known.issued, known.issuer_code, known.last_name, known.first_name, known.patronymic, known.birth_date
    )
    return rules.judge(told, held, withdrawn=not known.valid)
