"""What a real device says and SoftHSM never does: flags of its own count, ends in the middle of everything."""

from typing import Any

import pkcs11
import pytest
from pkcs11 import TokenFlag

from dopusk.agent import cards
from dopusk.agent.acts import Agent, thumbprint
from dopusk.agent.refusals import Refused
from dopusk.agent.tests.conftest import ORIGIN, PIN, Plug, text
from dopusk.agent.tokens import WrongPin
from dopusk.stand.pins import Pins


@pytest.mark.parametrize(
    ("flags", "left"),
    [
        (TokenFlag(0), None),
        (TokenFlag.USER_PIN_COUNT_LOW, None),
        (TokenFlag.USER_PIN_COUNT_LOW | TokenFlag.USER_PIN_FINAL_TRY, 1),
        (TokenFlag.USER_PIN_LOCKED, 0),
        (TokenFlag.USER_PIN_LOCKED | TokenFlag.USER_PIN_FINAL_TRY, 0),
    ],
)
def test_what_the_token_says_of_its_tries(flags: TokenFlag, left: int | None) -> None:
    assert cards._left(flags) == left


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (pkcs11.DeviceRemoved, "UNPLUGGED"),
        (pkcs11.TokenNotPresent, "UNPLUGGED"),
        (pkcs11.SessionHandleInvalid, "UNPLUGGED"),
        (pkcs11.SessionClosed, "UNPLUGGED"),
        (pkcs11.DeviceError, "UNPLUGGED"),
        (pkcs11.SlotIDInvalid, "UNPLUGGED"),
        (pkcs11.GeneralError, "TOKEN_FAULT"),
        (pkcs11.MechanismInvalid, "TOKEN_FAULT"),
        (pkcs11.DeviceMemory, "TOKEN_FAULT"),
    ],
)
class TestTheLibraryFails:
    """In the middle of signing, and of the login."""

    def test_while_it_signs(
        self,
        agent: Agent,
        pins: Pins,
        plug: Plug,
        monkeypatch: pytest.MonkeyPatch,
        error: type[Exception],
        code: str,
    ) -> None:
        _, certificate = plug()

        def fail(*_: object) -> bytes:
            raise error

        monkeypatch.setattr(cards, "_sign", fail)
        pins.types(PIN)
        with pytest.raises(Refused) as refused:
            agent.sign(text(), thumbprint(certificate), ORIGIN)
        assert refused.value.code == code
        assert agent.left(agent.seen()[0].token) == 5  # the PIN was right

    def test_at_the_login(self, error: type[Exception], code: str) -> None:
        with pytest.raises(Refused) as refused, cards._session(Fails(error, TokenFlag(0)), user_pin=PIN):
            pass
        assert refused.value.code == code


class Fails:
    """A token whose login ends so. flags: as it stands afterwards."""

    def __init__(self, error: type[Exception], flags: TokenFlag) -> None:
        self._error, self.flags, self.slot = error, flags, self

    def open(self, **_: object) -> Any:
        raise self._error

    def get_token(self) -> "Fails":
        return self


@pytest.mark.parametrize(
    ("error", "flags", "locked", "left"),
    [
        (pkcs11.PinIncorrect, TokenFlag(0), False, None),
        (pkcs11.PinLenRange, TokenFlag(0), False, None),
        (pkcs11.PinIncorrect, TokenFlag.USER_PIN_FINAL_TRY, False, 1),
        (pkcs11.PinIncorrect, TokenFlag.USER_PIN_LOCKED, True, 0),
        (pkcs11.PinLocked, TokenFlag(0), True, 0),
    ],
)
def test_a_wrong_pin_of_a_token_that_counts_itself(
    error: type[Exception], flags: TokenFlag, locked: bool, left: int | None
) -> None:
    with pytest.raises(WrongPin) as wrong, cards._session(Fails(error, flags), user_pin="0000"):
        pass
    assert (wrong.value.locked, wrong.value.left) == (locked, left)


@pytest.mark.parametrize(
    ("flags", "left"),
    [
        (TokenFlag.USER_PIN_LOCKED, None),  # which is why the administrator was called
        (TokenFlag.USER_PIN_LOCKED | TokenFlag.SO_PIN_FINAL_TRY, 1),
        (TokenFlag.SO_PIN_LOCKED, 0),
    ],
)
def test_a_wrong_pin_of_the_administrator_is_his_own(flags: TokenFlag, left: int | None) -> None:
    with pytest.raises(WrongPin) as wrong, cards._session(Fails(pkcs11.PinIncorrect, flags), so_pin="0000"):
        pass
    assert (wrong.value.locked, wrong.value.left) == (left == 0, left)


def test_the_tokens_own_count_narrows_ours(
    agent: Agent, pins: Pins, plug: Plug, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, certificate = plug()
    monkeypatch.setattr(cards, "_left", lambda flags, **_: 1)
    assert agent.left(agent.seen()[0].token) == 1
    pins.types("00000000")
    with pytest.raises(Refused) as refused:
        agent.sign(text(), thumbprint(certificate), ORIGIN)
    assert (refused.value.code, refused.value.left) == ("WRONG_PIN", 1)
    assert "ПОСЛЕДНЯЯ" in pins.asked()[0]["SETDESC"]
    monkeypatch.setattr(cards, "_left", lambda flags, **_: 0)
    with pytest.raises(Refused) as refused:
        agent.sign(text(), thumbprint(certificate), ORIGIN)
    assert refused.value.code == "LOCKED"
    assert len(pins.asked()) == 1
