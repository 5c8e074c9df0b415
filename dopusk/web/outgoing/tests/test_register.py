"""A register over real HTTP: answering, refusing, silent, broken, slow."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from dopusk.kernel import trace
from dopusk.web.outgoing import Register, RegisterDown, RegisterRefused, register


class Hangs(BaseHTTPRequestHandler):
    """Says nothing for a second (`/`), or begins to answer and then lets a byte fall now and then (`/drip`)."""

    asked = 0

    def do_GET(self):
        type(self).asked += 1
        if self.path == "/":
            time.sleep(1)
            return
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(20):
                self.wfile.write(b" ")
                time.sleep(0.05)
        except OSError:  # nobody waits any longer
            return

    def log_message(self, *args):
        pass


class Answers(BaseHTTPRequestHandler):
    script: list[tuple[int, str, str]] = []
    seen: list[dict[str, str]] = []

    def do_GET(self):
        type(self).seen.append(dict(self.headers))
        status, kind, body = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        pass


GOOD = (200, "application/json", '{"found": true}')
OFF = (503, "application/problem+json", '{"code": "register_off"}')
BROKEN = (200, "application/json", '{"found": tr')
REFUSED = (404, "application/problem+json", '{"code": "not_in_frmr"}')
PAGE = (200, "text/html", "<h1>Technical works</h1>")
ELSEWHERE = (302, "text/html", "")


@pytest.fixture
def ask(monkeypatch):
    """ask(answers…) makes a register that gives these answers in turn, the last one for ever."""
    monkeypatch.setattr(register, "WAIT_INITIAL", 0.001)
    monkeypatch.setattr(register, "WAIT_MAX", 0.002)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def make(*answers):
        Answers.script, Answers.seen = list(answers), []
        return Register(f"http://127.0.0.1:{server.server_port}", "token", "frmr")

    yield make
    server.shutdown()


def test_an_answer_arrives_with_token_and_trace(ask):
    with trace.use("a" * 32):
        assert ask(GOOD).get("/x") == {"found": True}
    assert Answers.seen[0]["Authorization"] == "Bearer token"
    assert Answers.seen[0]["X-Trace-Id"] == "a" * 32


@pytest.mark.parametrize("bad", [OFF, BROKEN, (500, "text/html", "<h1>"), (429, "text/plain", "")])
def test_a_passing_trouble_is_not_noticed(ask, bad):
    assert ask(bad, GOOD).get("/x") == {"found": True}


@pytest.mark.parametrize("bad", [OFF, BROKEN, PAGE, ELSEWHERE])
def test_a_lasting_trouble_is_down_since_its_beginning(ask, bad):
    frmr = ask(bad)
    with pytest.raises(RegisterDown) as first:
        frmr.get("/x")
    with pytest.raises(RegisterDown) as second:
        frmr.get("/x")
    assert first.value.since == second.value.since
    assert len(Answers.seen) == 2 * register.ATTEMPTS


def test_a_refusal_is_an_answer_and_is_not_repeated(ask):
    with pytest.raises(RegisterRefused) as refused:
        ask(REFUSED).get("/x")
    assert (refused.value.status, refused.value.code) == (404, "not_in_frmr")
    assert len(Answers.seen) == 1


def test_after_repeated_failures_the_register_is_left_alone_and_asked_again_later(ask, monkeypatch):
    frmr = ask(OFF)
    for _ in range(register.BREAK_AFTER):
        with pytest.raises(RegisterDown):
            frmr.get("/x")
    asked = len(Answers.seen)
    with pytest.raises(RegisterDown):
        frmr.get("/x")
    assert len(Answers.seen) == asked
    frmr.breaker.rest_until = 0
    Answers.script = [GOOD]
    assert frmr.get("/x") == {"found": True}
    assert frmr.breaker.since is None


def test_after_the_rest_one_asks_and_the_others_rest_on(ask):
    frmr = ask(OFF)
    for _ in range(register.BREAK_AFTER):
        with pytest.raises(RegisterDown):
            frmr.get("/x")
    since = frmr.breaker.since
    frmr.breaker.rest_until = 0
    assert [frmr.breaker.resting(), frmr.breaker.resting()] == [None, since]


def test_an_answer_that_cannot_be_unpacked_is_down():
    def packed(request):
        raise httpx.DecodingError("not gzip", request=request)

    with pytest.raises(RegisterDown) as down:
        Register("http://x", "t", "frmr", transport=httpx.MockTransport(packed)).get("/x")
    assert down.value.reason == "DecodingError"


def test_nobody_listening_is_down():
    with pytest.raises(RegisterDown):
        Register("http://127.0.0.1:9", "token", "frmr").get("/x")


def test_a_slow_register_is_down(monkeypatch):
    def slow(request):
        raise httpx.ReadTimeout("5 s", request=request)

    with pytest.raises(RegisterDown) as down:
        Register("http://x", "t", "frmr", transport=httpx.MockTransport(slow)).get("/x")
    assert down.value.reason == "ReadTimeout"


@pytest.fixture
def hanging():
    """A register that takes questions and does not answer; asked with a patience of 0.3 s."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hangs)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Hangs.asked = 0
    yield Register(f"http://127.0.0.1:{server.server_port}", "token", "frmr", patience=0.3)
    server.shutdown()


@pytest.mark.parametrize("path", ["/", "/drip"])
def test_a_hanging_register_keeps_nobody_longer_than_the_patience(hanging, path):
    began = time.monotonic()
    with pytest.raises(RegisterDown) as down:
        hanging.get(path)
    assert time.monotonic() - began < 0.7
    assert (down.value.reason, Hangs.asked) == ("ReadTimeout", 1)


def test_after_one_hanging_call_the_next_does_not_wait(hanging):
    with pytest.raises(RegisterDown) as first:
        hanging.get("/")
    began = time.monotonic()
    with pytest.raises(RegisterDown) as next_one:
        hanging.get("/")
    assert time.monotonic() - began < 0.1
    assert (next_one.value.since, Hangs.asked) == (first.value.since, 1)


def test_troubles_share_one_patience_with_the_waits_between_them(ask, monkeypatch):
    monkeypatch.setattr(register, "LEAST_SECONDS", 60.0)
    frmr = ask(OFF)
    frmr.patience = 30.0
    with pytest.raises(RegisterDown):
        frmr.get("/x")
    assert len(Answers.seen) == 1


def test_an_answer_that_cannot_be_read_is_a_failure_since_the_first_and_then_is_left_alone(ask):
    frmr = ask(GOOD)
    downs = []
    for _ in range(register.BREAK_AFTER + 1):
        with pytest.raises(RegisterDown) as down:
            frmr.ask("GET", "/x", lambda answer: answer.json()["lost"])
        downs.append(down.value)
    assert len({down.since for down in downs}) == 1
    assert len(Answers.seen) == register.BREAK_AFTER


def test_a_refusal_nobody_expected_is_a_failure_and_an_expected_one_an_answer(ask):
    frmr = ask(REFUSED)
    with pytest.raises(RegisterDown):
        frmr.ask("GET", "/x", lambda answer: answer.json())
    assert frmr.breaker.failures == 1
    with pytest.raises(RegisterRefused):
        frmr.ask("GET", "/x", lambda answer: answer.json(), refusals={"not_in_frmr"})
    assert frmr.breaker.failures == 0
