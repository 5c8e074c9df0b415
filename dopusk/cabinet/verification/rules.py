"""What a certificate is worth on a given day. Pure."""

from enum import StrEnum


class Status(StrEnum):
    """The answer to the public's question; `not_found` covers an unknown number and a wrong code alike."""

    IN_FORCE = "in_force"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    NOT_FOUND = "not_found"


def judge(state: str, valid_until: str, today: str) -> Status:
    """The status of an existing certificate.

    state: active, suspended or revoked, as stored. valid_until: the last day in force. Both days are written
    YYYY-MM-DD, as PostgreSQL and JSON have them: such texts sort as the days follow each other. A revoked one
    stays revoked for ever; of the others one past its term is expired, because a suspension ends with the term.
    """
    if state == "revoked":
        return Status.REVOKED
    if valid_until < today:
        return Status.EXPIRED
    return Status.SUSPENDED if state == "suspended" else Status.IN_FORCE
