"""A mail server and an SMS gateway on this machine, with moods."""

import asyncio
import contextlib
import json
import socket
import threading
import time
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class MailServer:
    """Real SMTP. answers: what it says in turn to RCPT or DATA ("RCPT 450 …"), then it takes everything."""

    def __init__(self, **options):
        self.answers: list[str] = []
        self.taken = []
        self.envelopes = []
        self.logins: list[tuple[bytes, bytes]] = []
        self.hang = 0.0
        self.controller = Controller(
            self, hostname="127.0.0.1", port=free_port(), authenticator=self.authenticate, **options
        )

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_error):
        self.controller.stop()

    @property
    def port(self) -> int:
        return self.controller.port

    def authenticate(self, server, session, envelope, mechanism, data):
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"right", handled=False)

    def said(self, command: str) -> str | None:
        if self.answers and self.answers[0].startswith(command):
            return self.answers.pop(0).removeprefix(command).strip()
        return None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if said := self.said("RCPT"):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        await asyncio.sleep(self.hang)
        if said := self.said("DATA"):
            return said
        self.taken.append(message_from_bytes(envelope.content))
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        if self.said("LOST") is not None:  # it took the letter, and the line is cut before it can say so
            server.transport.abort()
        return "250 taken"


class Gateway(ThreadingHTTPServer):
    """An SMS gateway. script: what it does in turn, the last thing for ever: a status, (status, body), "slow",
    "hold", "die", "garbage", "taken, then die"; anything that is taken is kept once by its Idempotency-Key."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Desk)
        self.script: list = [200]
        self.seen: list[tuple[dict[str, str], dict[str, str]]] = []
        self.delivered: dict[str, str] = {}
        self.released = threading.Event()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        """A client that hung up is what these tests are about."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/messages"


class _Desk(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((dict(self.headers), body))
        script = self.server.script
        act = script.pop(0) if len(script) > 1 else script[0]
        status, answer = act if isinstance(act, tuple) else (act, "{}")
        if act == "slow":
            time.sleep(0.6)
            status = 200
        elif act == "hold":  # says nothing until it is let go
            self.server.released.wait(60)
            return
        elif act == "die":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        elif act == "garbage":
            self.wfile.write(b"\x00\x01 hello, is this the fax?\r\n\r\n")
            return
        elif act == "taken, then die":
            self.server.delivered[self.headers["Idempotency-Key"]] = body["text"]
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if 200 <= status < 300:
            self.server.delivered[self.headers["Idempotency-Key"]] = body["text"]
        with contextlib.suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()
            self.wfile.write(answer.encode())

    def log_message(self, *args):
        pass


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
