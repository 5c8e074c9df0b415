"""What may be presented once only: client assertions, DPoP proofs, anything else that carries a `jti`."""

import hashlib
import json

from dopusk.portal import statement
from dopusk.portal.oidc import token_sql


def first_time(owner: str, jti: str, until: float) -> bool:
    """Whether this owner's `jti` was never presented before; of many at once exactly one is the first.

    owner: whose namespace it is, as `assertion:<client>` or `dpop:<thumbprint>`. until: seconds since 1970; when
    what carries it stops being accepted for its age, so that it need not be remembered any longer.
    """
    return (
        statement.one(
            token_sql.FIRST_TIME,
            {"hash": hashlib.sha256(json.dumps([owner, jti]).encode()).digest(), "until": until},
            lambda first: first,
            may_repeat=False,  # a second run would find the first one's row and call it a replay
        )
        is True
    )
