"""Switches change real HTTP answers."""

import time

import httpx
import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.test import Client as Browser
from django.urls import reverse

from dopusk.kernel import sandbox
from dopusk.registers.faults.middleware import FaultMiddleware
from dopusk.registers.faults.models import Fault
from dopusk.registers.faults.rules import Mode, Register, registers_of
from dopusk.web.journal.models import Entry
from dopusk.web.outgoing import Register as Outgoing
from dopusk.web.outgoing import RegisterDown

PAGE = reverse("faults:index")
ANNA = f"/api/frmr/person/{sandbox.person('anna').snils}"
ONE_ADDRESS_EACH = {
    Register.SNILS: "/api/snils/check",
    Register.PASSPORTS: "/api/passports/check",
    Register.FRMR: ANNA,
    Register.FRMO: "/api/frmo/organizations",
    Register.DICTIONARIES: "/api/dictionaries/regions",
    Register.PKI: "/pki/ca.pem",
    Register.OCSP: "/pki/ocsp/ec/",
    Register.CRL: "/pki/root.crl",
    Register.QUESTIONS: "/api/questions",
}
PARTS_OF = {Register.PKI: {Register.OCSP, Register.CRL}}


def _switch(operator, register, mode, delay=0):
    return operator.put(f"/api/faults/{register}", {"mode": mode, "delayMs": delay})


def test_a_register_is_on_until_somebody_switches_it(operator):
    for register in Register:
        assert operator.get(f"/api/faults/{register}").json() == {"mode": "on", "delayMs": 0}


@pytest.mark.parametrize("register", Register)
def test_switched_off_it_answers_nobody_and_the_others_do_as_before(people, operator, register):
    assert _switch(operator, register, "off").json() == {"mode": "off", "delayMs": 0}
    for other, address in ONE_ADDRESS_EACH.items():
        answer = Browser().get(address)
        hit = other is register or other in PARTS_OF.get(register, ())
        assert (answer.status_code == 503) is hit
        if hit:
            assert (answer.json()["code"], answer.json()["register"]) == ("register_off", register)
            assert answer.headers["X-Trace-Id"] == answer.json()["traceId"]


def test_switched_on_again_it_answers_as_before(people, operator, cabinet):
    before = cabinet.get(ANNA).json()
    _switch(operator, "frmr", "off")
    _switch(operator, "frmr", "on")
    assert cabinet.get(ANNA).json() == before
    assert not Fault.objects.exists()


def test_broken_it_answers_200_with_what_is_no_json(people, operator, cabinet):
    _switch(operator, "frmr", "break")
    answer = cabinet.get(ANNA)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        answer.json()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"mode": "delay", "delayMs": 0}, "delay_out_of_range"),
        ({"mode": "delay", "delayMs": 60_001}, "delay_out_of_range"),
        ({"mode": "explode"}, "invalid_request"),
        ({}, "invalid_request"),
    ],
)
def test_a_wrong_switch_is_refused_and_nothing_changes(operator, body, code):
    answer = operator.put("/api/faults/frmr", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not Fault.objects.exists()


def test_there_is_no_switch_for_what_is_no_register(operator):
    assert operator.get("/api/faults/horoscopes").status_code == 422


def test_throwing_a_switch_stands_in_the_journal(operator):
    _switch(operator, "snils", "delay", 10)
    (entry,) = Entry.objects.filter(act="register.switched")
    assert (entry.actor, entry.object) == ("stand", "register:snils")


def test_the_operators_page_shows_every_register_and_throws_a_switch(db):
    assert [row["register"] for row in Browser().get(PAGE).context["rows"]] == [str(r) for r in Register]
    answer = Browser().post(PAGE, {"register": "frmr", "mode": "off", "delay_ms": "3000"})
    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    assert Fault.objects.get().switch().mode is Mode.OFF
    assert Browser().get(PAGE).status_code == 200


@pytest.mark.parametrize("delay", ["", "0", "soon", "600000"])
def test_a_wrong_delay_is_said_beside_its_field_and_kept(db, delay):
    answer = Browser().post(PAGE, {"register": "frmr", "mode": "delay", "delay_ms": delay})
    assert answer.status_code == 422
    row = next(row for row in answer.context["rows"] if row["register"] == "frmr")
    assert row["errors"]
    assert row["delay_ms"] == delay
    assert not Fault.objects.exists()


def test_the_page_wants_its_own_form(db):
    stranger = Browser(enforce_csrf_checks=True)
    assert stranger.post(PAGE, {"register": "frmr", "mode": "off"}).status_code == 403
    assert not Fault.objects.exists()


def test_outside_the_sandbox_there_are_no_switches(operator, settings):
    settings.SANDBOX = False
    assert Browser().get(PAGE).status_code == 404
    assert Browser().post(PAGE, {"register": "frmr", "mode": "off"}).status_code == 404
    assert operator.get("/api/faults/frmr").status_code == 404
    assert _switch(operator, "frmr", "off").status_code == 404
    assert not Fault.objects.exists()
    with pytest.raises(MiddlewareNotUsed):
        FaultMiddleware(lambda request: None)


@pytest.mark.parametrize(
    ("path", "registers"),
    [("/api/frmr/person/1", [Register.FRMR]), ("/pki/timestamp", [Register.PKI]),
     ("/api/pki/certificates", [Register.PKI]), ("/pki/ec.crl", [Register.CRL, Register.PKI]),
     ("/pki/gost-root.crl", [Register.CRL, Register.PKI]), ("/pki/ec.cer", [Register.PKI]),
     ("/pki/ocsp/gost", [Register.OCSP, Register.PKI]), ("/pki/ocsp/ec/MEk=", [Register.OCSP, Register.PKI]),
     ("/pki/", []), ("/pki/certificates/00/", []), ("/api/questions", [Register.QUESTIONS]),
     ("/api/questions/1/answers", [Register.QUESTIONS]), ("/api/faults/frmr", []), ("/faults/", []),
     ("/api/docs", []), ("/", []), ("/api/frmrx/", [])],
)  # fmt: skip
def test_whose_switches_an_answer_obeys(path, registers):
    assert list(registers_of(path)) == registers


@pytest.fixture
def line(live_server, settings):
    """The cabinet's line to ФРМР over real HTTP."""
    outgoing = Outgoing(live_server.url, settings.CLIENT_TOKENS["cabinet"], "frmr")
    yield outgoing
    outgoing.client.close()


@pytest.mark.django_db(transaction=True)
def test_over_real_http_an_outage_is_an_outage_and_ends(people, operator, cabinet, line):
    assert line.get(ANNA)["lastName"] == "Орлова"
    for mode in ("off", "break"):
        _switch(operator, "frmr", mode)
        with pytest.raises(RegisterDown):
            line.get(ANNA)
    _switch(operator, "frmr", "on")
    assert line.get(ANNA)["lastName"] == "Орлова"


@pytest.mark.django_db(transaction=True)
def test_over_real_http_a_delay_is_felt(people, operator, cabinet, line, live_server, settings):
    _switch(operator, "frmr", "delay", 300)
    began = time.monotonic()
    assert line.get(ANNA)["lastName"] == "Орлова"
    assert time.monotonic() - began >= 0.3
    key = {"Authorization": f"Bearer {settings.CLIENT_TOKENS['cabinet']}"}
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(live_server.url + ANNA, timeout=0.1, headers=key)
