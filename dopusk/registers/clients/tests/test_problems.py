"""Errors explain themselves and carry the trace id."""

import json

from django.db import OperationalError
from django.test import Client as Browser

from dopusk.registers.conftest import Program
from dopusk.registers.snils.models import Account

TRACE = "0123456789abcdef0123456789abcdef"


def test_a_refusal_carries_the_callers_trace_id(db):
    answer = Browser(headers={"X-Trace-Id": TRACE}).get("/api/frmo/organizations")
    assert answer.headers["X-Trace-Id"] == TRACE
    assert answer.json()["traceId"] == TRACE
    assert answer.json()["status"] == answer.status_code == 401


def test_a_wrong_field_is_named_with_its_code_and_not_repeated(portal):
    anna = {"snils": "112-233-445 96", "lastName": "Орлова", "firstName": "Анна", "birthDate": "1996-04-12"}
    answer = portal.post("/api/snils/check", anna)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_request"
    assert answer.json()["errors"] == [{"field": "snils", "code": "snils_checksum"}]
    assert "112" not in json.dumps(answer.json()["errors"])


def test_what_is_not_json_is_refused(portal):
    answer = portal.browser.post("/api/snils/check", b"{", content_type="application/json")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")


def test_a_fault_of_ours_tells_nothing_but_its_trace(portal, settings, monkeypatch):
    def broken(*args, **kwargs):
        raise OperationalError("secret detail")

    monkeypatch.setattr(Account.objects, "filter", broken)
    body = {"snils": "00000060003", "lastName": "О", "firstName": "А", "birthDate": "1996-04-12"}
    quiet = Program(settings.CLIENT_TOKENS["portal"])
    quiet.browser.raise_request_exception = False
    answer = quiet.post("/api/snils/check", body)
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert "secret" not in answer.content.decode()
