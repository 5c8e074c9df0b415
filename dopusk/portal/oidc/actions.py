"""Granting, telling, revoking, clearing away. What tokens are given for stands in tokens.py."""

import hashlib
import json
import re
import secrets
import uuid
from dataclasses import dataclass
from typing import Any, Final

from dopusk.kernel import trace
from dopusk.portal import statement
from dopusk.portal.consents import rules as consent_rules
from dopusk.portal.oidc import claims, sql, token_sql
from dopusk.portal.oidc.requests import hash_of
from dopusk.portal.oidc.rules.authorize import CODE_SECONDS, Asked
from dopusk.portal.oidc.rules.token import is_of_ours
from dopusk.portal.sessions.actions import idle_end
from dopusk.portal.sessions.rules import cookie_hash

_OWN: Final = re.compile(r"[A-Za-z0-9_-]{43}")  # an access token as tokens.py makes it


def hashed(value: str) -> bytes:
    """Codes and tokens are 256 random bits, so a plain hash keeps them safe at rest."""
    return hashlib.sha256(value.encode()).digest()


@dataclass(frozen=True)
class Standing:
    """How the person stands towards the service. Times in seconds since 1970.

    missing: what keeps her out whatever she agrees to (`level`, `cooling`, `contact`), or empty.
    """

    sub: uuid.UUID
    signed_in: float
    scopes: list[str]
    agreed: float
    granted: bool
    missing: str


def authorize(
    asked: Asked,
    cookie: str,
    *,
    signed_in_since: float,
    agreed_since: float,
    hinted: uuid.UUID | None,
) -> tuple[Standing | None, str]:
    """Give a code if the person is signed in and has agreed, both later than the given moments.

    hinted: the only person whom it may be about, if the request names one (`id_token_hint`).
    Returns her standing (None: not signed in) and the code, which means something only if `granted`.
    """
    assert asked.client is not None
    if not cookie:
        return None, ""
    code, lasting = secrets.token_urlsafe(32), "offline_access" in asked.scopes
    standing = statement.one(
        sql.AUTHORIZE[bool(asked.pushed), lasting],
        {
            "session": cookie_hash(cookie),
            "idle": idle_end(),
            "client": asked.client.client_id,
            "levels": asked.client.levels,
            "grant": uuid.uuid4(),
            "scopes": sorted(asked.scopes),
            "redirect_uri": asked.get("redirect_uri"),
            "nonce": asked.get("nonce"),
            "code": hashed(code),
            "challenge": asked.get("code_challenge"),
            "code_seconds": CODE_SECONDS,
            "signed_in_since": signed_in_since,
            "agreed_since": agreed_since,
            "hinted": hinted,
            "offline": lasting,
            "jkt": asked.get("dpop_jkt"),
            **({"pushed": hash_of(asked.pushed)} if asked.pushed else {}),
            "words": f"Вы вошли на сервис «{asked.client.name}»; "
            f"ему переданы: {consent_rules.in_words(asked.scopes)}",
            "trace": trace.current(),
            "detail": json.dumps({"scopes": sorted(asked.scopes)}),
        },
        Standing,
    )
    return standing, code


def userinfo(token: str, jkt: str = "") -> dict[str, Any] | None:
    """The claims a token opens; None when it is not, or no longer, good.

    jkt: the DPoP key shown with it; a token is good with the key it is bound to, or with none if it is bound to none.
    A marker of the ЕСИА dialect lies in the same table, but it was given for that dialect's own doors (RFC 8725 §3.12):
    it is a JWT, ours are not.
    """
    if not _OWN.fullmatch(token):
        return None
    if not is_of_ours(token):
        return None
    holder = statement.one(sql.USERINFO, {"token": hashed(token), "jkt": jkt}, claims.Holder)
    return claims.userinfo(holder) if holder else None


def revoke_grant(grant_id: uuid.UUID, why: str) -> bool:
    """End a grant with every token of it, in the caller's transaction if there is one; False when it is over already.

    why: the sentence for the person's journal.
    """
    done = statement.one(
        token_sql.REVOKE_GRANT,
        {"grant": grant_id, "words": why, "trace": trace.current()},
        lambda done: done,
        may_repeat=False,
    )
    return done is True


def end_lasting(sub: uuid.UUID, *, actor: str) -> None:
    """End every grant that outlives sessions (`offline_access`), in the caller's transaction.

    For whatever throws out everybody who came in before: a password that is changed because others may know it, a
    lock, a recovery, a confirmation taken away. actor: her `sub`, an operator's, or "system".
    """
    statement.one(
        token_sql.END_LASTING,
        {
            "sub": sub,
            "actor": actor,
            "words": "Доступ сервиса «%s» к Вашим сведениям без Вас прекращён",
            "trace": trace.current(),
        },
        lambda done: done,
        may_repeat=False,
    )


def purge(batch: int = 1000) -> int:
    """Delete what has expired, and grants a day old that hold no token; returns how many rows went."""
    over = (sql.PURGE_TOKENS, *token_sql.PURGES, sql.PURGE_GRANTS)
    return sum(statement.in_batches(one, batch) for one in over)
