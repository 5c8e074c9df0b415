"""Checking a СНИЛС."""

from typing import Any

from django.http import HttpRequest

from dopusk.registers.snils import rules
from dopusk.registers.snils.forms import Check
from dopusk.registers.snils.models import Account


def check(request: HttpRequest, body: Check) -> dict[str, Any]:
    """Is there such a number, and do name and birth date agree with its holder's."""
    account = Account.objects.filter(snils=body.snils).first()
    if account is None:
        return {"found": False, "matches": None}
    told = rules.Identity(body.last_name, body.first_name, body.patronymic, body.birth_date)
    held = rules.Identity(account.last_name, account.first_name, account.patronymic, account.birth_date)
    return {"found": True, "matches": rules.compare(told, held)}
