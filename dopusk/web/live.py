"""Telling open pages that something changed: NOTIFY in the transaction of the fact, and the ticket to listen."""

import json
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection
from joserfc import jwt
from joserfc.jwk import OctKey

CHANNEL = "dopusk_live"
TICKET_SECONDS = 60


def tell(topic: str, **data: object) -> None:
    """Notify the live app when the current transaction commits. topic: "application:<uuid>"."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps({"topic": topic, **data})])


def ticket(person: str, topics: list[str]) -> str:
    """A token of 60 seconds that opens a stream of these topics; the live app checks it when connecting."""
    now = datetime.now(UTC)
    claims = {
        "sub": person,
        "topics": topics,
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(seconds=TICKET_SECONDS)).timestamp()),
        "aud": "dopusk-live",
    }
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(settings.LIVE_KEY))
