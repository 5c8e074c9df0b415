"""What the registers say becomes facts; what they cannot say is never taken for an answer."""

import copy
import time

import httpx
import pytest
from django.conf import settings

from dopusk.cabinet.registries import base, http
from dopusk.kernel import sandbox
from dopusk.web.outgoing import RegisterDown

ANNA = sandbox.person("anna")
IDENTITY = base.Identity(ANNA.last_name, ANNA.first_name, ANNA.patronymic, ANNA.birth_date)


@pytest.fixture
def asked(registers):
    """The adapters over the running registers; calling the fixture beneath breaks one."""
    return http.registers()


def test_anna_is_read_whole(asked):
    record = asked.record(ANNA.snils)
    assert record.worker.last_name == "Орлова"
    assert [one.specialty for one in record.education] == ["34.02.01"]
    assert sum(one.hours for one in record.trainings) == 150
    assert {one.kind for one in record.trainings} == {"dpp", "cme"}
    assert record.cards[0].position == "nurse-ward"
    assert record.cards[0].ended is None
    assert record.accreditations[0].specialty == "34.02.01"


def test_a_residency_stands_apart_from_the_first_diploma(asked):
    record = asked.record(sandbox.person("viktor").snils)
    assert {one.specialty: one.postgraduate for one in record.education} == {
        "31.05.01": False,
        "31.08.49": True,
    }


def test_who_is_not_there_is_an_answer(asked):
    assert asked.record("00000060099") is None


def test_dictionaries_come_with_their_days(asked):
    found = asked.dictionaries()
    assert found.specialties["34.02.01"].level == "secondary"
    assert found.specialties["31.08.23"].valid_to is not None
    assert "34.02.01" in found.positions["nurse-ward"].specialties
    assert found.levels["residency"].level == "higher"


def test_a_snils_is_compared_field_by_field(asked):
    assert asked.check_snils(ANNA.snils, IDENTITY) == base.SnilsAnswer(found=True)
    other = base.Identity("Смирнова", ANNA.first_name, ANNA.patronymic, ANNA.birth_date)
    assert asked.check_snils(ANNA.snils, other).differs == ("lastName",)
    assert asked.check_snils("00000060099", IDENTITY) == base.SnilsAnswer(found=False)


@pytest.mark.parametrize(
    "matches",
    [
        None,
        {},
        {"lastName": True, "firstName": True, "patronymic": True},
        {"lastName": True, "firstName": True, "patronymic": True, "birthDate": "yes"},
    ],
)
def test_a_comparison_that_leaves_a_field_out_is_no_agreement(matches):
    answer = httpx.Response(200, json={"found": True, "matches": matches})
    with pytest.raises(RegisterDown):
        adapters(lambda request: answer).check_snils(ANNA.snils, IDENTITY)


@pytest.mark.parametrize("mode", ["off", "break"])
@pytest.mark.parametrize(
    ("register", "question"),
    [
        ("frmr", lambda asked: asked.record(ANNA.snils)),
        ("dictionaries", lambda asked: asked.dictionaries()),
        ("snils", lambda asked: asked.check_snils(ANNA.snils, IDENTITY)),
    ],
)
def test_a_register_switched_off_or_broken_is_down_and_says_since_when(
    asked, registers, register, question, mode
):
    registers(register, mode)
    with pytest.raises(RegisterDown) as down:
        question(asked)
    assert down.value.name == register
    assert down.value.since is not None


def test_one_silent_register_does_not_silence_another(asked, registers):
    registers("frmr", "off")
    with pytest.raises(RegisterDown):
        asked.record(ANNA.snils)
    assert asked.check_snils(ANNA.snils, IDENTITY).found


class Counted:
    """Dictionaries that count how often they are asked and know an ETag."""

    def __init__(self):
        self.asked, self.unchanged, self.body = 0, 0, {"version": "1", "items": []}

    def answer(self, request):
        self.asked += 1
        if request.headers.get("If-None-Match") == '"v1"':
            self.unchanged += 1
            return httpx.Response(304)
        return httpx.Response(200, json=self.body, headers={"ETag": '"v1"'})


def adapters(answer):
    return http.HttpRegisters("http://registers", "token", transport=httpx.MockTransport(answer))


def test_a_dictionary_is_asked_for_once_in_minutes():
    counted = Counted()
    asked = adapters(counted.answer)
    asked.dictionaries()
    asked.dictionaries()
    assert counted.asked == 3  # three dictionaries, once each


def test_later_it_is_asked_whether_it_changed(monkeypatch):
    counted = Counted()
    asked = adapters(counted.answer)
    asked.dictionaries()
    later = http.time.monotonic() + http.KEEP_SECONDS + 1
    monkeypatch.setattr(http.time, "monotonic", lambda: later)
    asked.dictionaries()
    assert (counted.asked, counted.unchanged) == (6, 3)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"items": [{"key": "34.02.01"}]},
        {"items": [{"key": "a", "name": "b", "validFrom": "yesterday", "level": "", "kind": ""}]},
    ],
)
def test_a_dictionary_of_another_shape_is_no_answer(body):
    with pytest.raises(RegisterDown):
        adapters(lambda request: httpx.Response(200, json=body)).dictionaries()


def test_a_refusal_our_question_should_not_meet_is_no_answer():
    forbidden = httpx.Response(403, json={"code": "forbidden"})
    with pytest.raises(RegisterDown):
        adapters(lambda request: forbidden).record(ANNA.snils)


def test_the_trace_id_and_the_token_go_with_the_question():
    seen = []

    def answer(request):
        seen.append(request.headers)
        return httpx.Response(200, json={"found": False, "matches": None})

    adapters(answer).check_snils(ANNA.snils, IDENTITY)
    assert seen[0]["Authorization"] == "Bearer token"
    assert seen[0]["X-Trace-Id"] is not None


@pytest.fixture(scope="module")
def told(registers_address):
    """What the register really tells of Анна, to be spoilt."""
    answer = httpx.get(
        f"{registers_address}/api/frmr/person/{ANNA.snils}/full",
        headers={"Authorization": f"Bearer {settings.REGISTERS_TOKEN}"},
    )
    return answer.raise_for_status().json()


@pytest.mark.parametrize(
    ("group", "field"),
    [("ext", "registered"), ("accreditation", "passed"), ("accreditation", "excluded")],
)
@pytest.mark.parametrize("instead", [[], [None], ["yes"]])
def test_what_is_not_said_of_a_document_is_not_made_up(told, group, field, instead):
    body = copy.deepcopy(told)
    assert adapters(lambda request: httpx.Response(200, json=body)).record(ANNA.snils)
    del body[group][0][field]
    for value in instead:
        body[group][0][field] = value
    with pytest.raises(RegisterDown):
        adapters(lambda request: httpx.Response(200, json=body)).record(ANNA.snils)


def test_an_answer_of_another_shape_is_remembered_from_the_first(told):
    asked = adapters(lambda request: httpx.Response(200, json={"person": told["person"]}))
    downs = []
    for _ in range(2):
        with pytest.raises(RegisterDown) as down:
            asked.record(ANNA.snils)
        downs.append(down.value)
    assert downs[0].since == downs[1].since
    assert asked.frmr.breaker.failures == 2


def test_a_hanging_register_holds_a_page_once_for_its_patience(asked, registers):
    registers("frmr", "delay", 6_000)
    waited = []
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(RegisterDown):
            asked.record(ANNA.snils)
        waited.append(time.monotonic() - began)
    assert waited[0] < http.PATIENCE + 0.5
    assert waited[1] < 0.1


def test_the_worker_waits_where_a_page_does_not(asked, registers):
    registers("frmr", "delay", 2_500)
    assert http.registers(http.WORKER_PATIENCE).record(ANNA.snils).worker.last_name == "Орлова"
