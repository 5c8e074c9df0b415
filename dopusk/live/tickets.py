"""Who may hear what: a token of a minute, signed by the cabinet (`dopusk.web.live.ticket`)."""

from dataclasses import dataclass

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

AUDIENCE = "dopusk-live"
MOST_TOPICS = 50
LONGEST_TICKET = 8192  # characters


@dataclass(frozen=True)
class Ticket:
    """person: key of who listens. topics: "application:<uuid>" and the like. issued_at: seconds since 1970."""

    person: str
    topics: frozenset[str]
    issued_at: float


class TicketRefused(Exception):
    """code: ticket_missing, ticket_invalid, ticket_foreign or ticket_expired."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read(token: str, key: bytes, now: float) -> Ticket:
    """The ticket, if it is ours, for us and not yet over. Raises TicketRefused."""
    if not token:
        raise TicketRefused("ticket_missing")
    if len(token) > LONGEST_TICKET:
        raise TicketRefused("ticket_invalid")
    try:
        claims = jwt.decode(token, OctKey.import_key(key), algorithms=["HS256"]).claims
    except (JoseError, ValueError) as error:
        raise TicketRefused("ticket_invalid") from error
    person, topics = claims.get("sub"), claims.get("topics")
    issued, expires = claims.get("iat"), claims.get("exp")
    if claims.get("aud") != AUDIENCE:
        raise TicketRefused("ticket_foreign")
    if not isinstance(issued, int) or not isinstance(expires, int) or not isinstance(person, str):
        raise TicketRefused("ticket_invalid")
    if not isinstance(topics, list) or not 0 < len(topics) <= MOST_TOPICS:
        raise TicketRefused("ticket_invalid")
    if not all(isinstance(topic, str) and topic for topic in topics):
        raise TicketRefused("ticket_invalid")
    if expires <= now:
        raise TicketRefused("ticket_expired")
    return Ticket(person, frozenset(topics), float(issued))
