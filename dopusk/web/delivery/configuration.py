"""How messages leave, as the environment says; a site's settings take it over: `globals().update(chosen(…))`."""

from dataclasses import dataclass, field
from typing import Literal, TypedDict
from urllib.parse import urlsplit

from dopusk.kernel import email
from dopusk.web import environment
from dopusk.web.delivery.rules import ascii_address
from dopusk.web.environment import Misconfigured

Security = Literal["starttls", "tls", "plain"]
PORTS: dict[str, str] = {"starttls": "587", "tls": "465", "plain": "25"}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Smtp:
    """A mail server that takes our letters. from_: our address, in ASCII; name: the deployment's, before it and under
    each letter; home: the site's address, under the name; seconds: of patience with each answer."""

    host: str
    port: int
    from_: str
    name: str
    home: str
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    seconds: float = 10.0


@dataclass(frozen=True)
class Gateway:
    """An SMS gateway over HTTP. sender: the name a phone shows; connect, read: seconds of patience."""

    url: str
    sender: str
    token: str = field(repr=False)
    connect: float = 2.0
    read: float = 8.0


class Chosen(TypedDict):
    """None: the inbox of the stand."""

    DELIVERY_MAIL: Smtp | None
    DELIVERY_SMS: Gateway | None


def chosen(*, sandbox: bool, home: str, name: str) -> Chosen:
    """The settings of both channels. Raises Misconfigured.

    home, name: the site's own address and what it calls itself, signed under letters.
    """
    mail = _way("DOPUSK_DELIVERY_MAIL", "smtp", sandbox=sandbox)
    sms = _way("DOPUSK_DELIVERY_SMS", "http", sandbox=sandbox)
    return {
        "DELIVERY_MAIL": _smtp(home, name) if mail == "smtp" else None,
        "DELIVERY_SMS": _gateway() if sms == "http" else None,
    }


def _way(name: str, real: str, *, sandbox: bool) -> str:
    value = environment.text(name, "inbox" if sandbox else None)
    if value not in {"inbox", real}:
        raise Misconfigured(f"{name} must be inbox or {real}, not {value!r}")
    if value == "inbox" and not sandbox:
        raise Misconfigured(f"{name}=inbox exists in sandbox mode only; people would get nothing")
    return value


def _smtp(home: str, name: str) -> Smtp:
    if not name or not name.isprintable():
        raise Misconfigured("the name of the site must be one line of text: letters come from it")
    host = environment.text("DOPUSK_DELIVERY_SMTP_HOST")
    security = environment.text("DOPUSK_DELIVERY_SMTP_SECURITY", "starttls")
    if security not in PORTS:
        raise Misconfigured("DOPUSK_DELIVERY_SMTP_SECURITY must be starttls, tls or plain")
    if security == "plain" and host not in LOOPBACK:
        raise Misconfigured("DOPUSK_DELIVERY_SMTP_SECURITY=plain is for a server on this machine only")
    port = _number("DOPUSK_DELIVERY_SMTP_PORT", PORTS[security], 1, 65535)
    try:
        from_ = ascii_address(email.parse(environment.text("DOPUSK_DELIVERY_SMTP_FROM")))
    except ValueError as error:  # `kernel.invalid.Invalid` is one
        raise Misconfigured("DOPUSK_DELIVERY_SMTP_FROM must be an e-mail address") from error
    user = environment.text("DOPUSK_DELIVERY_SMTP_USER", "")
    return Smtp(
        host=host,
        port=port,
        from_=from_,
        name=name,
        home=home,
        security="tls" if security == "tls" else "plain" if security == "plain" else "starttls",
        user=user,
        password=environment.text("DOPUSK_DELIVERY_SMTP_PASSWORD") if user else "",
        seconds=_number("DOPUSK_DELIVERY_SMTP_SECONDS", "10", 1, 60),
    )


def _gateway() -> Gateway:
    url = environment.url("DOPUSK_DELIVERY_SMS_URL")
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise Misconfigured("DOPUSK_DELIVERY_SMS_URL must be https, or a gateway on this machine")
    token = _line("DOPUSK_DELIVERY_SMS_TOKEN")
    if not token.isascii():
        raise Misconfigured("DOPUSK_DELIVERY_SMS_TOKEN must be plain ASCII: it becomes a header")
    return Gateway(
        url=url,
        sender=_line("DOPUSK_DELIVERY_SMS_SENDER", "Dopusk"),
        token=token,
        read=_number("DOPUSK_DELIVERY_SMS_SECONDS", "8", 1, 60),
    )


def _line(name: str, default: str | None = None) -> str:
    value = environment.text(name, default)
    if not value or not value.isprintable():
        raise Misconfigured(f"{name} must be one line of text")
    return value


def _number(name: str, default: str, least: int, most: int) -> int:
    value = environment.text(name, default)
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise Misconfigured(f"{name} must be a whole number from {least} to {most}, not {value!r}")
    return int(value)
