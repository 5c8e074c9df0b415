"""What a ticket must be to open a stream."""

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from dopusk.live import tickets

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
NOW = 1_800_000_000


def ticket(key: bytes = KEY, algorithm: str = "HS256", **changes: Any) -> str:
    claims = {"sub": "anna", "topics": ["application:1"], "iat": NOW, "exp": NOW + 60, "aud": "dopusk-live"}
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode({"alg": algorithm}, claims, OctKey.import_key(key), algorithms=[algorithm])


def test_a_fresh_ticket_names_its_person_and_topics() -> None:
    read = tickets.read(ticket(topics=["application:1", "queue:registrar"]), KEY, NOW + 59)
    assert read == tickets.Ticket("anna", frozenset({"application:1", "queue:registrar"}), float(NOW))


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("", "ticket_missing"),
        ("nonsense", "ticket_invalid"),
        ("a.b.c", "ticket_invalid"),
        ("x" * 10_000, "ticket_invalid"),
        (ticket(OTHER_KEY), "ticket_invalid"),
        (ticket(algorithm="HS512"), "ticket_invalid"),
        ("eyJhbGciOiJub25lIn0.eyJhdWQiOiJkb3B1c2stbGl2ZSJ9.", "ticket_invalid"),
        (ticket(aud="another-door"), "ticket_foreign"),
        (ticket(aud=None), "ticket_foreign"),
        (ticket(exp=NOW), "ticket_expired"),
        (ticket(exp=None), "ticket_invalid"),
        (ticket(iat=None), "ticket_invalid"),
        (ticket(sub=None), "ticket_invalid"),
        (ticket(topics=[]), "ticket_invalid"),
        (ticket(topics="application:1"), "ticket_invalid"),
        (ticket(topics=[1]), "ticket_invalid"),
        (ticket(topics=["t"] * 51), "ticket_invalid"),
    ],
)
def test_anything_else_is_refused_with_its_reason(token: str, code: str) -> None:
    with pytest.raises(tickets.TicketRefused) as refused:
        tickets.read(token, KEY, NOW)
    assert refused.value.code == code
