"""The public question, asked through the composed WSGI application as the world asks it, and through Django alone."""

import io
import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from wsgiref.util import setup_testing_defaults

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from dopusk.cabinet.certificates.numbers import show_code, show_number
from dopusk.cabinet.verification import mount
from dopusk.cabinet.verification.hot import PublicAnswers
from dopusk.cabinet.verification.lookup import Lookup
from dopusk.cabinet.verification.tests.people import certificate

pytestmark = pytest.mark.django_db(transaction=True)
FIELDS = {"status", "number", "specialty", "kind", "valid_from", "valid_until", "holder", "answered_at"}


def django_is_not_asked(environ: Any, start_response: Any) -> list[bytes]:
    raise AssertionError(f"{environ['PATH_INFO']} reached Django")


class Reply:
    """What a WSGI application gave."""

    def __init__(self, app: Any, path: str, query: str = "", **environ: str) -> None:
        scope: dict[str, Any] = {"PATH_INFO": path, "QUERY_STRING": query, **environ}
        setup_testing_defaults(scope)
        scope["wsgi.errors"] = self.errors = io.StringIO()

        def start_response(status: str, headers: list[tuple[str, str]]) -> None:
            self.status, self.headers = int(status[:3]), dict(headers)

        self.body = b"".join(app(scope, start_response))

    def json(self) -> dict[str, Any]:
        return json.loads(self.body)


Ask = Callable[..., Reply]


@pytest.fixture
def ask() -> Iterator[Ask]:
    lookup = Lookup(mount.database)
    app = PublicAnswers(django_is_not_asked, lookup, mount.safety_headers())
    yield lambda path, query="", **environ: Reply(app, path, query, HTTP_ACCEPT="application/json", **environ)
    lookup.close()
    deadline = time.monotonic() + 5
    while (
        verification_sessions() and time.monotonic() < deadline
    ):  # a backend outlives its connection a little
        time.sleep(0.01)


def verification_sessions() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE application_name = 'dopusk-verification' AND datname = current_database()"
        )
        return cursor.fetchone()[0]


def test_a_certificate_in_force_says_so_with_specialty_dates_and_a_masked_name(ask: Ask) -> None:
    paper = certificate()
    reply = ask(f"/verify/{paper.number}", f"code={paper.code}")
    answer = reply.json()
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/json"
    assert answer.pop("answered_at").startswith(timezone.localdate().isoformat())
    assert answer == {
        "status": "in_force",
        "number": paper.number,
        "specialty": "Сестринское дело",
        "kind": "periodic",
        "valid_from": paper.valid_from.isoformat(),
        "valid_until": paper.valid_until.isoformat(),
        "holder": "О***** Анна С.",
    }


def test_the_answer_follows_the_state_and_the_day(ask: Ask) -> None:
    today = timezone.localdate()
    for expected, changes in [
        ("in_force", {"valid_until": today}),
        ("expired", {"valid_until": today - timedelta(days=1)}),
        ("suspended", {"state": "suspended"}),
        ("revoked", {"state": "revoked"}),
    ]:
        paper = certificate(**changes)
        assert ask(f"/verify/{paper.number}", f"code={paper.code}").json()["status"] == expected


def without_time(body: bytes) -> bytes:
    return re.sub(rb'"answered_at":"[^"]+"', b"", body)


def test_an_unknown_number_a_wrong_code_and_nonsense_are_answered_alike(ask: Ask) -> None:
    paper = certificate(code="4F7K9QXM2T8B")
    replies = [
        ask("/verify/7799999999999", f"code={paper.code}"),
        ask(f"/verify/{paper.number}", "code=4F7K9QXM2T8C"),
        ask(f"/verify/{paper.number}", "code=4F7K"),
        ask(f"/verify/{paper.number}", ""),
        ask(f"/verify/{paper.number}", "code=" + "9" * 5000),
        ask(f"/verify/{paper.number}", "&".join(["code=x"] * 80)),
        ask(f"/verify/{paper.number}", "code=%00%ff'--"),
        ask("/verify/1' OR '1'='1", f"code={paper.code}"),
        ask("/verify/" + "\xd0\xff\x00", f"code={paper.code}"),
        ask("/verify/" + "7" * 5000, f"code={paper.code}"),
    ]
    assert {reply.status for reply in replies} == {200}
    assert {without_time(reply.body) for reply in replies} == {without_time(replies[0].body)}
    assert {frozenset(reply.headers) for reply in replies} == {frozenset(replies[0].headers)}
    assert replies[0].json().keys() == FIELDS
    assert replies[0].json()["status"] == "not_found"
    assert "Анна" not in replies[1].body.decode()


def test_number_and_code_may_be_typed_as_people_type_them(ask: Ask) -> None:
    paper = certificate(code="4F7K0QXM1T8B")
    spellings = [
        (f"/verify/{show_number(paper.number)}", f"code={show_code(paper.code).lower()}"),
        (f"/verify/{paper.number}/", "code=4F7KOQXMIT8B"),
        (f"/verify/{paper.number}", f"lang=en&code={paper.code}&format=json"),
    ]
    for path, query in spellings:
        assert ask(path, query).json()["status"] == "in_force"


def test_a_specialty_with_quotes_is_still_json(ask: Ask) -> None:
    paper = certificate(specialty_name='Терапия "общая" \\ \t новая')
    assert ask(f"/verify/{paper.number}", f"code={paper.code}").json()["specialty"] == paper.specialty_name


def test_the_trace_id_of_the_caller_comes_back_and_another_shape_is_replaced(ask: Ask) -> None:
    theirs = "0123456789abcdef" * 2
    assert ask("/verify/1", HTTP_X_TRACE_ID=theirs).headers["X-Trace-Id"] == theirs
    ours = ask("/verify/1", HTTP_X_TRACE_ID="x\r\nSet-Cookie: a=b").headers["X-Trace-Id"]
    assert re.fullmatch("[0-9a-f]{32}", ours)


def test_both_ways_give_the_same_body_and_the_same_headers_of_safety(ask: Ask, client: Client) -> None:
    paper = certificate()
    hot = ask(f"/verify/{paper.number}", f"code={paper.code}")
    slow = client.get(f"/verify/{paper.number}?code={paper.code}", headers={"Accept": "application/json"})
    assert without_time(slow.content) == without_time(hot.body)
    assert slow["Content-Type"] == hot.headers["Content-Type"]
    for name in ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy"):
        assert hot.headers[name] == slow[name]
    assert "frame-ancestors 'none'" in hot.headers["Content-Security-Policy"]
    assert hot.headers["Cache-Control"] == slow["Cache-Control"] == "no-store"


def test_everything_else_goes_to_django() -> None:
    seen = []

    def django(environ: Any, start_response: Any) -> list[bytes]:
        seen.append((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        start_response("204 No Content", [])
        return []

    app = mount.before(django)
    Reply(app, "/")
    Reply(app, "/verify/", "format=json")
    Reply(app, "/verify/1/2", "format=json")
    Reply(app, "/verify/7726000000001", "code=4F7K9QXM2T8B", HTTP_ACCEPT="text/html,application/json")
    Reply(app, "/verify/7726000000001", "format=json", REQUEST_METHOD="POST")
    assert [path for _, path in seen] == ["/", "/verify/", "/verify/1/2"] + ["/verify/7726000000001"] * 2


def vacuum_until_all_is_visible(link: psycopg.Connection[Any]) -> None:
    """The test server commits asynchronously, and a snapshot elsewhere may hold a page back for a moment."""
    for _ in range(50):
        link.execute("CHECKPOINT")
        link.execute("VACUUM (ANALYZE) certificates_certificate")
        pages = link.execute(
            "SELECT relpages, relallvisible FROM pg_class WHERE oid = 'certificates_certificate'::regclass"
        ).fetchone()
        if pages[0] == pages[1]:
            return
        time.sleep(0.1)
    raise AssertionError(f"{pages[1]} of {pages[0]} pages are visible to all")


def test_the_statement_reads_one_index_and_no_table() -> None:
    for _ in range(30):
        paper = certificate()
    with psycopg.connect(**mount.database(), autocommit=True) as link:  # type: ignore[arg-type]
        vacuum_until_all_is_visible(link)
        # thirty rows fit one page; with three million nobody need be told
        link.execute("SET enable_seqscan = off")
        plan = link.execute(
            "EXPLAIN (ANALYZE, FORMAT JSON) SELECT valid_from, valid_until, state, kind, specialty_name, "
            "holder_mask FROM certificates_certificate WHERE number = %s AND code = %s",
            [paper.number, paper.code],
        ).fetchone()[0][0]["Plan"]
    assert plan["Node Type"] == "Index Only Scan"
    assert plan["Index Name"] == "certificate_public_answer"
    assert (plan["Actual Rows"], plan["Heap Fetches"]) == (1, 0)


def test_vacuum_comes_soon_enough_for_the_index_alone_to_be_read() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'certificates_certificate'")
        options = dict(option.split("=") for option in cursor.fetchone()[0])
    assert float(options["autovacuum_vacuum_insert_scale_factor"]) == 0
    assert int(options["autovacuum_vacuum_insert_threshold"]) <= 10_000


def test_a_terminated_backend_costs_the_asker_nothing(ask: Ask) -> None:
    paper = certificate()
    path, query = f"/verify/{paper.number}", f"code={paper.code}"
    assert ask(path, query).json()["status"] == "in_force"
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid, 2000)) FROM pg_stat_activity "
                "WHERE application_name = 'dopusk-verification' AND datname = current_database()"
            )
            assert cursor.fetchone() == (1,)
        assert ask(path, query).json()["status"] == "in_force"


def test_a_changed_table_costs_the_asker_nothing(ask: Ask) -> None:
    paper = certificate()
    path, query = f"/verify/{paper.number}", f"code={paper.code}"
    assert ask(path, query).json()["status"] == "in_force"
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE certificates_certificate ALTER COLUMN kind TYPE varchar(21)")
    assert ask(path, query).json()["status"] == "in_force"


def test_a_database_that_is_away_is_said_plainly_and_asked_again_when_it_is_back(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = certificate()
    path, query = f"/verify/{paper.number}", f"code={paper.code}"
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "HOST", "/nowhere")
        reply = ask(path, query)
        assert reply.status == 503
        assert reply.headers["Content-Type"] == "application/problem+json"
        assert reply.json()["code"] == "database_down"
        assert reply.json()["trace_id"] == reply.headers["X-Trace-Id"]
        assert "/nowhere" not in reply.body.decode()
        assert reply.headers["X-Trace-Id"] in reply.errors.getvalue()
    assert ask(path, query).json()["status"] == "in_force"
