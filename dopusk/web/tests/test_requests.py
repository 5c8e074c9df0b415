"""Every answer is traced and guarded."""

import logging
import re

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from dopusk.web.requests import SecurityHeadersMiddleware, TraceFilter


def test_an_answer_carries_a_trace_id_of_its_own(client):
    first, second = client.get("/health/live/"), client.get("/health/live/")
    assert re.fullmatch("[0-9a-f]{32}", first["X-Trace-Id"])
    assert first["X-Trace-Id"] != second["X-Trace-Id"]


def test_a_sister_sites_trace_is_continued(client):
    assert client.get("/health/live/", headers={"X-Trace-Id": "b" * 32})["X-Trace-Id"] == "b" * 32


@pytest.mark.parametrize("bad", ["", "B" * 32, "x", "b" * 33, "' or 1=1"])
def test_a_trace_that_is_none_is_replaced(client, bad):
    assert client.get("/health/live/", headers={"X-Trace-Id": bad})["X-Trace-Id"] != bad


def test_every_answer_has_the_strict_headers(client):
    answer = client.get("/health/live/")
    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"


def test_a_view_may_name_where_its_form_leads():
    def view(request):
        response = HttpResponse()
        response.csp_form_action = ["https://clinic.example"]
        return response

    answer = SecurityHeadersMiddleware(view)(RequestFactory().get("/"))
    assert "form-action 'self' https://clinic.example;" in answer["Content-Security-Policy"]


@pytest.mark.django_db
def test_ready_asks_the_database(client):
    assert client.get("/health/ready/").json()["ready"] is True


@pytest.mark.django_db
def test_an_unknown_address_is_our_own_page_with_the_trace(client):
    answer = client.get("/nothing/here/")
    assert answer.status_code == 404
    assert answer["X-Trace-Id"] in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cookie", "language"), [(None, "ru"), ("en", "en"), ("ru", "ru"), ("de", "ru"), ("../x", "ru")]
)
def test_pages_are_russian_until_english_is_chosen(client, settings, cookie, language):
    if cookie:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    answer = client.get("/nothing/here/", headers={"Accept-Language": "en-GB,en"})
    assert answer["Content-Language"] == language
    assert f'lang="{language}"' in answer.content.decode()


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("/api/frmr/person/11223344595/full", "/api/frmr/person/***-***-445 95/full"),
        ("112-233-445 95", "***-***-445 95"),
        ("/certificates/7726000000001/", "/certificates/7726000000001/"),
        ("trace 11223344595112233445951122334459", "trace 11223344595112233445951122334459"),
    ],
)
def test_no_snils_reaches_the_log(said, written):
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s: %s", ("Not Found", said), None)
    assert TraceFilter().filter(record)
    assert record.getMessage() == f"Not Found: {written}"


def test_nobody_who_is_quoted_writes_a_line_of_ours():
    said = "denied\r\n2026 portal INFO\x1b[2J\x9b2J\u2028\x85Анна"
    record = logging.LogRecord("x", logging.WARNING, "", 0, "sign-in did not work: %s", (said,), None)
    assert TraceFilter().filter(record)
    written = record.getMessage()
    assert len(written.splitlines()) == 1
    assert "\x1b" not in written
    assert "\x9b" not in written
    assert written.endswith("Анна")


def test_a_record_whose_arguments_do_not_fit_is_kept():
    record = logging.LogRecord("x", logging.INFO, "", 0, "%d", ("many",), None)
    assert TraceFilter().filter(record)
    assert len(record.trace_id) == 32
