"""The strings that clients sign by mistake: tried after a refusal, to say which mistake it was."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta, timezone
from itertools import permutations
from typing import Final
from urllib.parse import quote, quote_plus, unquote

from dopusk.portal.esia.client_secret import stamps
from dopusk.portal.esia.client_secret.signed import Signed, SystemView
from dopusk.portal.esia.client_secret.spoken import Spoken
from dopusk.portal.esia.client_secret.strings import ORDERS, Text, built
from dopusk.trust import gost

Parts = tuple[tuple[str, str], ...]
_ZONES: Final = [timezone(timedelta(hours=hours)) for hours in (3, *range(-12, 3), *range(4, 15))]
_JOINTS: Final = ["\n", "\r\n", " ", "&", "|", ";", ",", "+", "\t", "\0"]
_HEADERS: Final = [b"Content-Type: text/plain\r\n\r\n", b"Content-Type: text/plain\n\n"]


@dataclass(frozen=True)
class Mistaken:
    """A string somebody may have signed. code: of `mistakes`. parts: of the string, when it still has parts."""

    code: str
    data: bytes
    parts: Parts = ()


@dataclass(frozen=True)
class Found:
    """matched: the string that was signed, or None. tried: codes of the mistakes looked for, in their order."""

    matched: Mistaken | None
    tried: tuple[str, ...]


def search(signed: Signed, system: SystemView, wanted: list[Text], spoken: Spoken) -> Found:
    """Which known mistake made the signature."""
    tried: dict[str, None] = {}
    seen = {text.data for text in wanted}
    for mistaken in _all(signed, system, wanted, cheap=not spoken.most):
        if mistaken.data in seen:
            continue
        if spoken.most and len(seen) > spoken.most:
            break
        seen.add(mistaken.data)
        tried[mistaken.code] = None
        if spoken.matches(mistaken.data):
            return Found(mistaken, tuple(tried))
    return Found(None, tuple(tried))


def _all(signed: Signed, system: SystemView, wanted: list[Text], *, cheap: bool) -> Iterator[Mistaken]:
    values = {name: signed.get(name) for order in ORDERS.values() for name in order}
    values |= dict(wanted[0].parts)  # the timestamp as it was restored
    for text in wanted:
        yield from _other_generation(signed, values)
        yield from _one_part_another(text, signed, system)
        yield from _one_part_more(text, signed)
        yield from _as_a_whole(text)
        if cheap:
            yield from _other_zones(text)
            yield from _other_orders(text)
        else:
            yield from _neighbours_swapped(text)


def _mistaken(code: str, parts: Parts) -> Mistaken:
    return Mistaken(code, "".join(value for _, value in parts).encode("utf-8", "surrogatepass"), parts)


def _other_generation(signed: Signed, values: dict[str, str]) -> Iterator[Mistaken]:
    if not signed.first_generation:
        yield _mistaken("string_v1", built("v1", values).parts)
        if values.get("code"):
            yield _mistaken("code_missing", built("v2_ac", values).parts)
        return
    for name in ("v2_ac", "v3_code", "v3_credentials"):
        yield _mistaken("string_v2", built(name, values).parts)


def _one_part_another(text: Text, signed: Signed, system: SystemView) -> Iterator[Mistaken]:
    for place, (name, value) in enumerate(text.parts):
        for code, other in _instead(name, value, signed, system):
            yield _mistaken(code, (*text.parts[:place], (name, other), *text.parts[place + 1 :]))


def _instead(name: str, value: str, signed: Signed, system: SystemView) -> Iterator[tuple[str, str]]:
    """Other values of one part: (code, value)."""
    if name == "scope":
        words = value.split()
        yield from (
            ("scope_separator", joint.join(words)) for joint in ("+", ",", "%20", ";", "", ", ", "  ")
        )
        yield "scope_of_ac", signed.ac_scope or value
        yield "string_scope_missing", ""
        yield "scope_order", " ".join(sorted(words))
        yield "scope_order", " ".join(reversed(words))
    elif name == "scope_org":
        yield "scope_org_missing", ""
    elif name == "timestamp":
        yield from _other_times(value)
    elif name == "client_id":
        yield "client_id_case", value.lower()
        yield "client_id_case", value.upper()
        yield "client_id_missing", ""
    elif name == "state":
        yield "state_of_ac", signed.ac_state or value
        yield "state_missing", ""
    elif name == "redirect_uri":
        yield "redirect_encoded_twice", unquote(value)
        yield "redirect_encoded", quote(value, safe="")
        yield "redirect_encoded", quote(value, safe="").lower()
        yield "redirect_missing", ""
        yield "redirect_slash", value.rstrip("/") if value.endswith("/") else value + "/"
        yield from (("redirect_other", one) for one in sorted(system.redirect_uris))
    elif name in {"code", "refresh_token"}:
        yield f"{name}_missing", ""


def _other_times(value: str) -> Iterator[tuple[str, str]]:
    yield "string_timestamp_plus", value.replace(" +", "  ")
    yield "string_timestamp_plus", value.replace(" +", " ")
    yield "string_timestamp_encoded", quote_plus(value)
    yield "string_timestamp_encoded", quote(value)
    yield "string_timestamp_missing", ""
    stamp = stamps.read(value, lenient=True)
    if isinstance(stamp, str):
        return
    yield "string_zone", stamps.write(stamp.moment, UTC)
    yield "string_zone", stamps.write(stamp.moment, _ZONES[0])
    zone = timezone(stamp.moment.utcoffset() or timedelta())
    for seconds in (1, -1, 2, -2, 3, -3):
        yield "string_moment", stamps.write(stamp.moment + timedelta(seconds=seconds), zone)


def _other_zones(text: Text) -> Iterator[Mistaken]:
    """The same clock with another offset, the same moment in another zone, a moment of the last minute."""
    stamp = stamps.read(dict(text.parts).get("timestamp", ""), lenient=True)
    if isinstance(stamp, str):
        return
    zone = timezone(stamp.moment.utcoffset() or timedelta())
    others = [("string_zone", stamps.write(stamp.moment, other)) for other in _ZONES]
    others += [("string_zone", stamps.write(stamp.moment.replace(tzinfo=other), other)) for other in _ZONES]
    others += [
        ("string_moment", stamps.write(stamp.moment + timedelta(seconds=seconds), zone))
        for seconds in range(-60, 61)
    ]
    for code, other in others:
        yield _mistaken(
            code, tuple((name, other if name == "timestamp" else value) for name, value in text.parts)
        )


def _one_part_more(text: Text, signed: Signed) -> Iterator[Mistaken]:
    own = {name for name, _ in text.parts}
    for name, code in (
        ("scope_org", "scope_org_extra"),
        ("redirect_uri", "redirect_extra"),
        ("code", "code_extra"),
        ("refresh_token", "refresh_token_extra"),
        ("permissions", "permissions_extra"),
    ):
        value = signed.get(name)
        if not value or name in own:
            continue
        yield _mistaken(code, (*text.parts, (name, value)))
        for place, (before, _) in enumerate(text.parts):
            if before == "scope":
                yield _mistaken(code, (*text.parts[: place + 1], (name, value), *text.parts[place + 1 :]))


def _as_a_whole(text: Text) -> Iterator[Mistaken]:
    data = text.data
    yield Mistaken("string_newline", data + b"\n")
    yield Mistaken("string_newline", data + b"\r\n")
    yield from (Mistaken("string_text_headers", header + data) for header in _HEADERS)
    for joint in _JOINTS:
        yield Mistaken("string_joined", joint.join(value for _, value in text.parts).encode())
    yield Mistaken("string_joined", "&".join(f"{name}={value}" for name, value in text.parts).encode())
    yield Mistaken("string_encoded", quote_plus(text.text).encode())
    yield Mistaken("string_encoded", quote(text.text, safe="").encode())
    yield Mistaken("string_encoded", "".join(quote_plus(value) for _, value in text.parts).encode())
    for digest in (hashlib.sha256(data).digest(), gost.streebog256(data), gost.streebog256(data)[::-1]):
        yield Mistaken("string_hashed", digest)
        yield Mistaken("string_hashed", digest.hex().encode())
    yield Mistaken("string_base64", base64.b64encode(data))
    yield Mistaken("string_utf16", text.text.encode("utf-16-le", "surrogatepass"))
    yield Mistaken("string_utf16", text.text.encode("utf-16-be", "surrogatepass"))
    yield Mistaken("string_bom", b"\xef\xbb\xbf" + data)


def _neighbours_swapped(text: Text) -> Iterator[Mistaken]:
    parts = text.parts
    for place in range(len(parts) - 1):
        swapped = (*parts[:place], parts[place + 1], parts[place], *parts[place + 2 :])
        yield _mistaken("string_order", swapped)


def _other_orders(text: Text) -> Iterator[Mistaken]:
    """Every order of the parts, those nearest to the right one last or first alike: all are tried."""
    parts = tuple((name, value) for name, value in text.parts if value)
    for order in permutations(parts):
        yield _mistaken("string_order", order)
    words = dict(text.parts).get("scope", "").split()
    if 2 < len(words) <= 6:
        for arranged in permutations(words):
            scope = " ".join(arranged)
            yield _mistaken(
                "scope_order",
                tuple((name, scope if name == "scope" else value) for name, value in text.parts),
            )
