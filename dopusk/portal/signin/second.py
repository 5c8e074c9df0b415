"""One try of a second step, in the middle of a sign-in or at a step-up: counted first, then looked at."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dopusk.portal.accounts.models import Account
from dopusk.portal.codes import actions as codes
from dopusk.portal.codes.rules import Gone, Right, Sent
from dopusk.portal.codes.rules import Held as NotSent
from dopusk.portal.factors import actions as factors
from dopusk.portal.factors.rules import Methods
from dopusk.portal.sessions.actions import Place
from dopusk.portal.signin import actions
from dopusk.portal.signin.rules import Held

AT_SIGNIN: Final = "signin.second"
AT_STEP_UP: Final = "signin.again"


@dataclass(frozen=True)
class Proved:
    """The code was right. amr: what it adds (RFC 8176); keys: counts that begin anew."""

    amr: list[str]
    keys: list[bytes]


@dataclass(frozen=True)
class NotProved:
    """It was not. code: `code_wrong`, `code_expired`, `code_used`, `code_locked`, `code_unknown`."""

    code: str
    held_until: datetime | None = None
    closed: bool = False


def ways(have: Methods) -> list[str]:
    """The codes she may type, the handiest first; a passkey has its own button."""
    able = {"totp": have.totp, "sms": have.sms, "recovery": have.recovery_codes_left > 0}
    return [way for way, can in able.items() if can]


def try_code(
    sub: uuid.UUID, how: str, text: str, place: Place, *, purpose: str, sms: uuid.UUID | None
) -> Proved | NotProved | Held:
    """Look at one code of hers. purpose: what an SMS was sent for. Raises passwords.Busy for a recovery code."""
    leave = actions.reserve_second(sub, place.device_cookie)
    if isinstance(leave, Held):
        return leave
    fault = NotProved("code_wrong", leave.held_until)
    if how == "totp":
        right = factors.check_totp(sub, text)
    elif how == "recovery":
        right = factors.use_recovery_code(sub, text)
    else:
        answer = codes.check_code(sms, purpose, text) if sms else Gone("unknown")
        right = isinstance(answer, Right) and answer.sub == sub
        if isinstance(answer, Gone):
            fault = NotProved(f"code_{answer.code}", answer.until)
    if not right:
        actions.second_failed(sub, place, signed_in=purpose == AT_STEP_UP)
        return fault
    return Proved(["sms" if how == "sms" else "otp", "mfa"], leave.keys)


def send_sms(sub: uuid.UUID, place: Place, *, purpose: str) -> Sent | NotSent:
    """A code to her telephone."""
    phone = Account.objects.get(pk=sub).opened()["phone"]
    return codes.send_code(purpose, "sms", phone, sub=sub, network=place.network)
