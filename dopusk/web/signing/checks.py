"""By whom signatures are believed here: said in the log when a server process starts, and by `check --tag signing`."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

import httpx
from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import (  # A004: Django's own names
    CheckMessage,
    Error,
    Info,
    Warning,  # noqa: A004
    register,
)
from django.utils import timezone

from dopusk.trust.certificates import Certificate
from dopusk.web import start
from dopusk.web.signing import judging, roots, stamping


@register("signing", start.SAID, deploy=True)
def roots_are_there(
    app_configs: Sequence[AppConfig] | None = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Whether any authority is accredited, and which of them are over. None keeps the site from starting."""
    said: list[CheckMessage] = []
    if settings.SIGNING_REGISTERS:
        said.append(Info("electronic signatures: the sandbox's own authority is believed", id="dopusk.I111"))
    try:
        known = roots.own(settings.SIGNING_ROOTS)
        of_time = roots.own(settings.SIGNING_TSA_ROOTS)
    except roots.Unavailable as unavailable:
        return [
            *said,
            Error(
                f"electronic signatures: a root cannot be read, so every signature is refused: {unavailable}",
                hint="mend or remove this file of DOPUSK_SIGNING_ROOTS or DOPUSK_SIGNING_TSA_ROOTS",
                id="dopusk.E112",
            ),
        ]
    if not known and not settings.SIGNING_REGISTERS:
        return [
            Warning(
                "electronic signatures: no root is accredited, so every signature is refused",
                hint="name a file or folder of PEM in DOPUSK_SIGNING_ROOTS",
                id="dopusk.W113",
            )
        ]
    counted = f"roots accredited by DOPUSK_SIGNING_ROOTS: {len(known)}"
    if settings.SIGNING_TSA_ROOTS:
        counted += f"; for timestamps by DOPUSK_SIGNING_TSA_ROOTS: {len(of_time)}"
    said.append(Info(f"electronic signatures: {counted}", id="dopusk.I114"))
    return [*said, *_over((*known, *of_time)), *_left_out()]


@register("signing", deploy=True)
def sandbox_shows_its_roots(
    app_configs: Sequence[AppConfig] | None = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """How many roots the sandbox's authority adds; it is asked only when somebody checks."""
    if not settings.SIGNING_REGISTERS:
        return []
    try:
        people, of_time = roots.sandbox()
    except roots.Unavailable as unavailable:
        return [Warning(f"the sandbox's authority does not show its roots: {unavailable}", id="dopusk.W117")]
    counted = f"roots shown by the sandbox's authority: {len(people)}; for timestamps: {len(of_time)} more"
    return [Info(f"electronic signatures: {counted}", id="dopusk.I116"), *_over((*people, *of_time))]


@register("signing", deploy=True)
def time_is_told(
    app_configs: Sequence[AppConfig] | None = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Whether the timestamping authority gives a timestamp that is believed; asked only when somebody checks."""
    if not settings.SIGNING_TSA:
        return [
            Info(
                "electronic signatures: no DOPUSK_SIGNING_TSA, so our own clock says when they were made",
                id="dopusk.I118",
            )
        ]
    value = secrets.token_bytes(32)
    try:
        token = stamping.ask(settings.SIGNING_TSA, hashlib.sha256(value).digest())
    except (httpx.HTTPError, ValueError, TypeError, KeyError) as error:
        return [
            Warning(
                f"no timestamp from {settings.SIGNING_TSA}: {error!r}",
                hint="look at DOPUSK_SIGNING_TSA, HTTP_PROXY and the authority itself",
                id="dopusk.W119",
            )
        ]
    try:
        found = judging.judge_stamp(token, value)
    except roots.Unavailable as unavailable:
        return [Warning(f"a timestamp cannot be judged: {unavailable}", id="dopusk.W121")]
    if found.code:
        inside = judging.stamped_by(token)
        issuer = f"; its certificate is issued by: {inside[0].issuer}" if inside else ""
        return [
            Warning(
                f"the timestamp of {settings.SIGNING_TSA} is not believed: {found.code} {found.why}".rstrip()
                + issuer,
                hint="untrusted: put its root into DOPUSK_SIGNING_TSA_ROOTS; future: look at the clocks",
                id="dopusk.W121",
            )
        ]
    root = found.chain[-1].subject
    return [
        Info(f"{settings.SIGNING_TSA} gives timestamps that are believed, root: {root}", id="dopusk.I120")
    ]


def _over(known: Iterable[Certificate]) -> list[CheckMessage]:
    over = (one.subject for one in dict.fromkeys(known) if one.not_after < timezone.now())
    return [Warning(f"this accredited root is over: {one}", id="dopusk.W115") for one in over]


def _left_out() -> list[CheckMessage]:
    places = dict.fromkeys(one for one in (settings.SIGNING_ROOTS, settings.SIGNING_TSA_ROOTS) if one)
    endings = ", ".join(sorted(roots.ENDINGS))
    return [
        Warning(f"not read, its name does not end in {endings}: {place / name}", id="dopusk.W122")
        for place in places
        for name in roots.left_out(place)
    ]
