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
from collections.abc import Callable
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.utils import timezone

from dopusk.kernel import trace
from dopusk.web.delivery.configuration import Gateway, Smtp
from dopusk.web.delivery.rules import Parcel, one_line
from dopusk.web.outbox.senders import Refused, TryLater

Carry = Callable[[Parcel], None]
LATER = frozenset(
    {401, 408, 425, 429}
)  # a token of ours that is not known yet or any more is not the letter's fault
LARGEST_ANSWER = 64 * 1024


def of(channel: str) -> Carry | None:
    """How letters of a channel leave this deployment; None: they go to the inbox of the stand."""
    if channel == "mail":
        smtp: Smtp | None = settings.DELIVERY_MAIL
        return functools.partial(mail, smtp) if smtp else None
    gateway: Gateway | None = settings.DELIVERY_SMS
    return functools.partial(sms, gateway) if gateway else None


def mail(server: Smtp, parcel: Parcel) -> None:
    """Hand a plain-text letter to a mail server."""
    message = written(server, parcel)
    try:
        connection = _connected(server)
    except smtplib.SMTPResponseException as error:  # at the door, at the login: our settings or its mood
        raise TryLater(f"smtp_{error.smtp_code}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise TryLater(f"smtp_{type(error).__name__}") from error
    try:
        connection.sendmail(_ascii(server.from_), [_ascii(parcel.to)], message.as_bytes())
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _said in error.recipients.values()]
        raise _answered(max(codes, default=450)) from error
    except smtplib.SMTPResponseException as error:
        raise _answered(error.smtp_code) from error
    except (smtplib.SMTPException, OSError) as error:
        raise TryLater(f"smtp_{type(error).__name__}") from error
    finally:  # it is taken or not by now: a farewell that fails changes nothing
        with contextlib.suppress(smtplib.SMTPException, OSError):
            connection.quit()
        connection.close()


def written(server: Smtp, parcel: Parcel) -> EmailMessage:
    """The letter as it travels. No header can be added through its content: subjects are one line, addresses parsed."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(server.from_, server.name)
    message["To"] = _address(parcel.to)
    message["Subject"] = one_line(parcel.subject) or server.name
    message["Date"] = format_datetime(timezone.now())
    message["Message-ID"] = f"<{parcel.id}@{_ascii(server.from_).rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it
    message.set_content(
        f"{parcel.text.rstrip()}\n\n-- \n{server.name}\n{server.home}/\n", charset="utf-8", cte="base64"
    )
    return message


def _connected(server: Smtp) -> smtplib.SMTP:
    here = urlsplit(server.home).hostname or "localhost"
    context = None if server.security == "plain" else ssl.create_default_context()
    connection: smtplib.SMTP
    if server.security == "tls":
        connection = smtplib.SMTP_SSL(
            server.host, server.port, local_hostname=here, timeout=server.seconds, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, local_hostname=here, timeout=server.seconds)
    try:
        if server.security == "starttls":
            connection.starttls(
                context=context
            )  # a server that offers none is an error, never a letter in the open
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _answered(code: int) -> Refused | TryLater:
    return Refused(f"smtp_{code}") if 500 <= code < 600 else TryLater(f"smtp_{code}")


def _ascii(address: str) -> str:
    """The address with its domain as servers know it (IDNA)."""
    local, _at, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise Refused("address_domain") from error


def _address(address: str, name: str = "") -> Address:
    local, _at, domain = _ascii(address).rpartition("@")
    return Address(name, local, domain)


def sms(gateway: Gateway, parcel: Parcel) -> None:
    """Hand a short message to the gateway: POST {id, to, text, sender}; any 2xx means it is taken."""
    headers = {"Idempotency-Key": parcel.id, "X-Trace-Id": trace.current()}
    body = {"id": parcel.id, "to": parcel.to, "text": parcel.text, "sender": gateway.sender}
    try:
        with _client(gateway).stream("POST", gateway.url, headers=headers, json=body) as response:
            status = response.status_code
            if response.is_success:
                return
            if status in LATER or not response.is_client_error:
                raise TryLater(f"http_{status}")
            raise Refused(_code(response) or f"http_{status}")
    except httpx.HTTPError as error:
        raise TryLater(f"http_{type(error).__name__}") from error


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
