"""What a service needs of a person, and what she still lacks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Portrait:
    """What the portal knows of a person, as far as services ask.

    level: assurance level. cooling: services are closed for some days after a recovery.
    """

    level: str
    snils: bool
    phone_verified: bool
    email_verified: bool
    cooling: bool = False


@dataclass(frozen=True)
class Need:
    """One condition of a service. code: `signed_in`, `contact`, `snils`, `confirmed`, and `cooling` while it lasts."""

    code: str
    met: bool


def accreditation_needs(portrait: Portrait | None) -> list[Need]:
    """What the accreditation of health workers needs of the portal; None stands for a stranger.

    A stranger is told what is needed and that signing in comes first.
    """
    if portrait is None:
        return [Need(code, met=False) for code in ("signed_in", "contact", "snils", "confirmed")]
    needs = [
        Need("signed_in", met=True),
        Need("contact", met=portrait.phone_verified or portrait.email_verified),
        Need("snils", met=portrait.snils),
        Need("confirmed", met=portrait.level == "confirmed"),
    ]
    return [*needs, Need("cooling", met=False)] if portrait.cooling else needs
