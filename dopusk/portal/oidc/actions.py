"""Granting, exchanging, telling, clearing away."""

import hashlib
import json
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from dopusk.kernel import trace
from dopusk.portal import statement
from dopusk.portal.clients.rules import Registration
from dopusk.portal.consents import rules as consent_rules
from dopusk.portal.oidc import claims, keys, sql, token_sql
from dopusk.portal.oidc.rules.authorize import CODE_SECONDS, Asked
from dopusk.portal.oidc.rules.faults import Fault
from dopusk.portal.oidc.rules.token import TOKEN_SECONDS, CodeState, Presented, challenge_of, code_fault
from dopusk.portal.sessions.actions import idle_end
from dopusk.portal.sessions.rules import cookie_hash


def _hashed(value: str) -> bytes:
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
    code = secrets.token_urlsafe(32)
    standing = statement.one(
        sql.AUTHORIZE,
        {
            "session": cookie_hash(cookie),
            "idle": idle_end(),
            "client": asked.client.client_id,
            "levels": asked.client.levels,
            "grant": uuid.uuid4(),
            "scopes": sorted(asked.scopes),
            "redirect_uri": asked.get("redirect_uri"),
            "nonce": asked.get("nonce"),
            "code": _hashed(code),
            "challenge": asked.get("code_challenge"),
            "code_seconds": CODE_SECONDS,
            "signed_in_since": signed_in_since,
            "agreed_since": agreed_since,
            "hinted": hinted,
            "words": f"Вы вошли на сервис «{asked.client.name}»; "
            f"ему переданы: {consent_rules.in_words(asked.scopes)}",
            "trace": trace.current(),
            "detail": json.dumps({"scopes": sorted(asked.scopes)}),
        },
        Standing,
    )
    return standing, code


@dataclass(frozen=True)
class _Judged:
    unused: bool
    in_time: bool
    own: bool
    same_redirect: bool
    verified: bool
    session_lives: bool
    consent_stands: bool
    admitted: bool
    sub: uuid.UUID
    sid: uuid.UUID
    nonce: str
    scopes: list[str]
    level: str
    signed_in: int
    amr: list[str]

    def state(self) -> CodeState:
        """The conditions alone."""
        return CodeState(
            self.unused, self.in_time, self.own, self.same_redirect, self.verified,
            self.session_lives, self.consent_stands, self.admitted,
        )  # fmt: skip


def exchange(presented: Presented, client: Registration) -> dict[str, Any] | Fault:
    """The token response for a code, or why not. A second use revokes what the first one gave."""
    access_token = secrets.token_urlsafe(32)
    judged = statement.one(
        sql.EXCHANGE,
        {
            "code": _hashed(presented.get("code")),
            "client": client.client_id,
            "levels": client.levels,
            "redirect_uri": presented.get("redirect_uri"),
            "challenge": challenge_of(presented.get("code_verifier")),
            "token": _hashed(access_token),
            "token_seconds": TOKEN_SECONDS,
            "trace": trace.current(),
            "reused_words": f"Код входа на «{client.name}» предъявлен второй раз; доступ по нему прекращён",
        },
        _Judged,
        may_repeat=False,
    )
    fault = code_fault(judged.state() if judged else None)
    if fault or judged is None:
        return fault or Fault("invalid_grant", "code_unknown")
    content = claims.id_token(
        client_id=client.client_id,
        sub=judged.sub,
        sid=judged.sid,
        signed_in=judged.signed_in,
        amr=judged.amr,
        level=judged.level,
        nonce=judged.nonce,
        access_token=access_token,
    )
    return {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": " ".join(consent_rules.in_order(frozenset(judged.scopes))),
        "id_token": keys.sign(content, alg=client.id_token_alg),
    }


def userinfo(token: str) -> dict[str, Any] | None:
    """The claims a token opens; None when it is not, or no longer, good."""
    holder = statement.one(sql.USERINFO, {"token": _hashed(token)}, claims.Holder)
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


def purge(batch: int = 1000) -> int:
    """Delete what has expired, and grants a day old that hold no token; returns how many rows went."""
    over = (sql.PURGE_TOKENS, *token_sql.PURGES, sql.PURGE_GRANTS)
    return sum(statement.in_batches(one, batch) for one in over)
