"""Анна signs by a token of SoftHSM, and what happens when it cannot be done."""

import threading

import pytest

from dopusk.agent import configuration
from dopusk.agent.acts import Agent, thumbprint
from dopusk.agent.configuration import Configuration, Module
from dopusk.agent.prompts import Prompt
from dopusk.agent.refusals import Refused
from dopusk.agent.tests.conftest import ORIGIN, PIN, SO_PIN, Plug, text, with_tries
from dopusk.kernel import sandbox
from dopusk.stand.issuing import Authority
from dopusk.stand.pins import Pins
from dopusk.stand.softhsm import SoftHsm
from dopusk.trust import certificates, cms, keys


def refusal(agent: Agent, certificate: bytes, content: bytes = text("Фамилия: Орлова")) -> Refused:
    with pytest.raises(Refused) as refused:
        agent.sign(content, thumbprint(certificate), ORIGIN)
    return refused.value


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_anna_signs_with_the_chain_inside(agent: Agent, pins: Pins, plug: Plug, kind: keys.Kind) -> None:
    _, certificate = plug("Рутокен", kind)
    content = text("Фамилия: Орлова")
    pins.types(PIN)
    signature = agent.sign(content, thumbprint(certificate), ORIGIN)
    verdict = cms.verify(signature, content, [certificates.read(certificate)])
    assert verdict.good
    assert verdict.found is not None
    assert not verdict.found.attached
    assert [one.der == certificate for one in verdict.found.embedded].count(True) == 1
    assert len(verdict.found.embedded) == 2


def test_the_window_says_who_asks_what_is_signed_and_with_what(agent: Agent, pins: Pins, plug: Plug) -> None:
    _, certificate = plug("Токен Анны")
    pins.types(PIN)
    agent.sign(text("Фамилия: Орлова"), thumbprint(certificate), ORIGIN)
    said = pins.asked()[0]["SETDESC"]
    for part in (ORIGIN, "Вход на портал", "Фамилия: Орлова", "Токен Анны", "5"):
        assert part in said


def test_two_tokens_are_told_apart(agent: Agent, pins: Pins, plug: Plug) -> None:
    (first, one), (second, other) = plug("Первый", "ec"), plug("Второй", "rsa")
    listed = agent.list()
    assert {token["serial"] for token in listed["tokens"]} == {first, second}  # type: ignore[attr-defined]
    pins.types("00000000")
    assert refusal(agent, other).code == "WRONG_PIN"
    left = {shown["token"]["serial"]: shown["token"]["tries_left"] for shown in listed_now(agent)}
    assert left == {first: 5, second: 4}
    pins.types(PIN)
    assert agent.sign(text(), thumbprint(one), ORIGIN)


def listed_now(agent: Agent) -> list[dict[str, dict[str, object]]]:
    return agent.list()["certificates"]  # type: ignore[return-value]


def test_a_right_pin_forgives_the_wrong_ones(agent: Agent, pins: Pins, plug: Plug) -> None:
    _, certificate = plug()
    pins.types("00000000", "00000000", PIN, "00000000")
    assert [refusal(agent, certificate).left for _ in range(2)] == [4, 3]
    agent.sign(text(), thumbprint(certificate), ORIGIN)
    assert refusal(agent, certificate).left == 4


def test_too_many_wrong_pins_close_the_token_until_the_administrator_opens_it(
    agent: Agent, pins: Pins, plug: Plug
) -> None:
    serial, certificate = plug()
    agent = with_tries(agent, 3)
    pins.types(*["00000000"] * 3)
    assert [refusal(agent, certificate).code for _ in range(3)] == ["WRONG_PIN", "WRONG_PIN", "LOCKED"]
    pins.types(PIN)
    assert refusal(agent, certificate).code == "LOCKED"
    assert len(pins.asked()) == 3
    pins.types("11111111", "55555555")
    with pytest.raises(Refused) as wrong:
        agent.unlock(serial)
    assert (wrong.value.code, wrong.value.left) == ("WRONG_PIN", 2)
    assert refusal(agent, certificate).code == "LOCKED"
    pins.types(SO_PIN, "55555555", PIN, "55555555")
    agent.unlock(serial)
    assert refusal(agent, certificate).code == "WRONG_PIN"  # the old PIN is none any more
    assert agent.sign(text(), thumbprint(certificate), ORIGIN)


def test_wrong_pins_of_the_administrator_are_counted_too(agent: Agent, pins: Pins, plug: Plug) -> None:
    serial, _ = plug()
    agent = with_tries(agent, 3)
    codes = []
    for _ in range(4):
        pins.types("11111111", "55555555")
        with pytest.raises(Refused) as refused:
            agent.unlock(serial)
        codes.append(refused.value.code)
    assert codes == ["WRONG_PIN", "WRONG_PIN", "LOCKED", "LOCKED"]
    with pytest.raises(Refused) as refused:
        agent.unlock("no such")
    assert refused.value.code == "NO_TOKEN"


def test_a_token_that_is_pulled_out_while_the_pin_is_asked(
    agent: Agent, pins: Pins, plug: Plug, tokens: SoftHsm
) -> None:
    _, certificate = plug()
    pins.holds(PIN)

    def pull() -> None:
        pins.wait(1)
        tokens.unplug()
        pins.go()

    thread = threading.Thread(target=pull)
    thread.start()
    assert refusal(agent, certificate).code == "UNPLUGGED"
    thread.join()
    assert refusal(agent, certificate).code == "NO_TOKEN"
    tokens.plug()
    assert listed_now(agent)[0]["token"]["tries_left"] == 5  # the PIN was not tried
    pins.types(PIN)
    assert agent.sign(text(), thumbprint(certificate), ORIGIN)


def test_a_certificate_without_its_key(agent: Agent, pins: Pins, tokens: SoftHsm) -> None:
    certificate = Authority().person(keys.new(), sandbox.person("anna"))
    tokens.put(tokens.make("Пустой", PIN, SO_PIN), PIN, certificates=[certificate])
    pins.types(PIN)
    found = refusal(agent, certificate)
    assert (found.code, found.detail) == ("NO_CERT", "no_key")
    assert listed_now(agent)[0]["token"]["tries_left"] == 5  # the PIN was right


def test_a_key_without_its_certificate(agent: Agent, tokens: SoftHsm) -> None:
    tokens.put(tokens.make("Ключ", PIN, SO_PIN), PIN, key=keys.new())
    assert agent.list()["certificates"] == []
    assert [one["certificates"] for one in agent.list()["tokens"]] == [0]  # type: ignore[attr-defined]
    assert refusal(agent, b"another").code == "NO_CERT"


def test_the_certificate_of_one_token_and_the_key_of_another(
    agent: Agent, pins: Pins, tokens: SoftHsm
) -> None:
    """What comes out would be no signature by the certificate, so nothing comes out."""
    certificate = Authority().person(keys.new(), sandbox.person("anna"))
    serial = tokens.make("Чужой", PIN, SO_PIN)
    tokens.put(serial, PIN, key=keys.new(), certificates=[certificate])
    pins.types(PIN)
    found = refusal(agent, certificate)
    assert (found.code, found.detail) == ("NO_CERT", "other_key")


def test_a_new_pin_that_the_token_does_not_take(agent: Agent, pins: Pins, plug: Plug) -> None:
    serial, certificate = plug()
    pins.types(SO_PIN, "1")
    with pytest.raises(Refused) as refused:
        agent.unlock(serial)
    assert (refused.value.code, refused.value.detail[:7]) == ("TOKEN_FAULT", "new_pin")
    pins.types(PIN)
    assert agent.sign(text(), thumbprint(certificate), ORIGIN)  # the old one holds


def test_no_token_at_all(agent: Agent) -> None:
    assert agent.list() == {"ok": True, "certificates": [], "tokens": []}
    assert refusal(agent, b"any").code == "NO_TOKEN"


def test_a_library_that_is_not_there_hides_no_other(told: Configuration, tokens: SoftHsm, plug: Plug) -> None:
    _, certificate = plug()
    missing = Module("/nowhere/librtpkcs11ecp.so")
    state = configuration.state_folder()
    both = Configuration(origins=(ORIGIN,), known_modules=False, modules=(missing, tokens.module()))
    assert len(Agent(both, state, Prompt(both)).seen()) == 1
    alone = Configuration(origins=(ORIGIN,), known_modules=False, modules=(missing,))
    found = refusal(Agent(alone, state, Prompt(alone)), certificate)
    assert found.code == "TOKEN_FAULT"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "CONTENT_REFUSED"),
        (b"\x00" * 1000, "CONTENT_REFUSED"),
        ("Перевести всё".encode(), "CONTENT_REFUSED"),
        (text("Фамилия: Орлова").replace(b"\r\n", b"\n"), "CONTENT_REFUSED"),
        (text("Фамилия: Орлова") + b" ", "CONTENT_REFUSED"),
        (text("Фамилия: Орлова").replace("Ф".encode(), "\u202eФ".encode()), "CONTENT_REFUSED"),
        (text(origin="https://portal.example.org:8443"), "OTHER_ORIGIN"),
        (text(origin="http://portal.example.org"), "OTHER_ORIGIN"),
    ],
)  # fmt: skip
def test_what_is_no_text_of_this_site_is_not_signed(
    agent: Agent, pins: Pins, plug: Plug, content: bytes, code: str
) -> None:
    _, certificate = plug()
    assert refusal(agent, certificate, content).code == code
    assert pins.asked() == []
