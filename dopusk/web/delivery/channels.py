"""The ways out: a mail server, an SMS gateway. Each carries a parcel or raises TryLater or Refused.

Both may be handed the same parcel again after a crash: Message-ID and Idempotency-Key come from its id.
Reasons are stable codes; they never hold an address or what a server said.
"""

import contextlib
import functools
import json
import re
import smtplib
import ssl
from collections import defaultdict
from collections.abc import Callable
from email.header import Header
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.utils import timezone

from dopusk.kernel import trace
from dopusk.web.delivery.configuration import Gateway, Smtp
from dopusk.web.delivery.rules import Parcel, ascii_address, one_line
from dopusk.web.outbox.senders import Refused, TryLater
from dopusk.web.outgoing.register import Breaker

Carry = Callable[[Parcel], None]
LATER = frozenset({401, 408, 425, 429})  # a token of ours that is not known is not the letter's fault
LARGEST_ANSWER = 64 * 1024
BREAKERS: dict[str, Breaker] = defaultdict(Breaker)  # by channel: one that hangs must not hold all workers


class Unanswered(TryLater):
    """The server gave no usable answer; after five in a row it is left alone for ten seconds."""


def of(channel: str) -> Carry | None:
    """How letters of a channel leave this deployment; None: they go to the inbox of the stand."""
    smtp: Smtp | None = settings.DELIVERY_MAIL
    gateway: Gateway | None = settings.DELIVERY_SMS
    if channel == "mail" and smtp:
        return functools.partial(_guarded, BREAKERS["mail"], functools.partial(mail, smtp))
    if channel == "sms" and gateway:
        return functools.partial(_guarded, BREAKERS["sms"], functools.partial(sms, gateway))
    return None


def _guarded(breaker: Breaker, carry: Carry, parcel: Parcel) -> None:
    if breaker.resting():
        raise TryLater("resting")
    try:
        carry(parcel)
    except Unanswered:
        breaker.failed()
        raise
    except (TryLater, Refused):
        breaker.answered()
        raise
    breaker.answered()


def mail(server: Smtp, parcel: Parcel) -> None:
    """Hand a plain-text letter to a mail server."""
    try:
        to = ascii_address(parcel.to)
    except ValueError as error:
        raise Refused("address_domain") from error
    letter = written(server, to, parcel)
    with contextlib.closing(_connected(server)) as connection:
        try:
            connection.sendmail(server.from_, [to], letter)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _said in error.recipients.values()]
            raise _answered(max(codes, default=450)) from error
        except smtplib.SMTPResponseException as error:
            raise _answered(error.smtp_code) from error
        except OSError as error:  # smtplib's own errors are some
            raise Unanswered(f"smtp_{type(error).__name__}") from error
        with contextlib.suppress(OSError):  # it is taken: a farewell that fails changes nothing
            connection.quit()


def written(server: Smtp, to: str, parcel: Parcel) -> bytes:
    """The letter as it travels (RFC 5322). Nothing in its content can add a header: what comes from outside is an
    encoded word or a parsed address.

    Made with the older interface of `email`, which encodes a subject whole: not a sign of it stands there as it came.
    """
    letter = MIMEText(f"{parcel.text.rstrip()}\n\n-- \n{server.name}\n{server.home}/\n", "plain", "utf-8")
    letter["From"] = f"{_encoded(server.name)} <{server.from_}>"
    letter["To"] = to
    letter["Subject"] = _encoded(one_line(parcel.subject) or server.name)
    letter["Date"] = format_datetime(timezone.now())
    letter["Message-ID"] = f"<{parcel.id}@{server.from_.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it
    return letter.as_bytes(policy=compat32.clone(linesep="\r\n"))


def _encoded(words: str) -> str:
    """As encoded words (RFC 2047) of at most 75 characters, folded."""
    return Header(words, "utf-8", maxlinelen=64).encode()


def _connected(server: Smtp) -> smtplib.SMTP:
    """A connection ready for a letter. Whatever goes wrong by here is our settings or the server, never the letter."""
    try:
        connection = _reached(server)
        try:
            if (
                server.security == "starttls"
            ):  # a server that offers none: an error, never a letter in the open
                connection.starttls(context=ssl.create_default_context())
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
    except smtplib.SMTPResponseException as error:
        raise Unanswered(f"smtp_{error.smtp_code}") from error
    except OSError as error:
        raise Unanswered(f"smtp_{type(error).__name__}") from error
    return connection


def _reached(server: Smtp) -> smtplib.SMTP:
    here = urlsplit(server.home).hostname or "localhost"
    if server.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(
            server.host, server.port, local_hostname=here, timeout=server.seconds, context=context
        )
    return smtplib.SMTP(server.host, server.port, local_hostname=here, timeout=server.seconds)


def _answered(code: int) -> Refused | TryLater:
    return Refused(f"smtp_{code}") if 500 <= code < 600 else TryLater(f"smtp_{code}")


def sms(gateway: Gateway, parcel: Parcel) -> None:
    """Hand a short message to the gateway: POST {id, to, text, sender}; any 2xx means it is taken."""
    headers = {"Idempotency-Key": parcel.id, "X-Trace-Id": trace.current()}
    body = {"id": parcel.id, "to": parcel.to, "text": parcel.text, "sender": gateway.sender}
    try:
        with _client(gateway).stream("POST", gateway.url, headers=headers, json=body) as response:
            status = response.status_code
            if response.is_success:
                return
            if status in LATER:
                raise TryLater(f"http_{status}")
            if not response.is_client_error:
                raise Unanswered(f"http_{status}")
            raise Refused(_code(response) or f"http_{status}")
    except httpx.HTTPError as error:
        raise Unanswered(f"http_{type(error).__name__}") from error


@functools.lru_cache(maxsize=4)
def _client(gateway: Gateway) -> httpx.Client:
    """One client a process: safe for threads, keeps its connections."""
    timeout = httpx.Timeout(gateway.read, connect=gateway.connect)
    return httpx.Client(timeout=timeout, headers={"Authorization": f"Bearer {gateway.token}"})


def _code(response: httpx.Response) -> str:
    """The gateway's own code of a refusal, if it gives a decent one: {"code": "number_unknown"}."""
    held = b""
    try:
        for chunk in response.iter_bytes():
            held += chunk
            if len(held) > LARGEST_ANSWER:
                return ""
        code = json.loads(held)["code"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return ""
    return code if isinstance(code, str) and re.fullmatch(r"[a-z0-9_.-]{1,60}", code) else ""
