"""What wants the person's attention."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Attention:
    """One thing to do. code: `not_confirmed`, `email_unverified`, `phone_unverified`."""

    code: str


def wants_attention(level: str, unverified: frozenset[str]) -> list[Attention]:
    """Most pressing first. unverified: kinds of contacts not yet shown to be hers."""
    found = [Attention("not_confirmed")] if level != "confirmed" else []
    return found + [Attention(f"{kind}_unverified") for kind in ("phone", "email") if kind in unverified]
