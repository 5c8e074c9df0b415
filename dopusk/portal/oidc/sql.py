"""Every statement of the protocol's hot path: one statement and one commit a step.

Times are the database's own. A session, a consent or a grant that is over is simply not found by its joins.
"""

# ruff: noqa: S608 - put together from constants of these files; every value is a parameter
from typing import Final

from dopusk.portal.oidc.token_sql import LIVING, ended_by_reuse, registered

# What keeps a person, account `a`, out of a service whatever she agrees to: its level of assurance, the days after a
# recovery, a contact shown to be hers.
MISSING: Final = """CASE WHEN NOT a.level = ANY(%(levels)s::text[]) THEN 'level'
                WHEN a.cooling_until > now() THEN 'cooling'
                WHEN NOT EXISTS (SELECT FROM accounts_identifier i
                                 WHERE i.account_id = a.sub AND i.kind IN ('phone', 'email')
                                   AND i.verified_at IS NOT NULL) THEN 'contact'
                ELSE '' END AS missing"""

# After `live`, her session: it is in use, and what she has agreed to for this service.
AGREED_HERE: Final = """), touched AS (
    UPDATE sessions_session s SET seen_at = now() FROM live
    WHERE s.id = live.id AND s.seen_at < now() - interval '1 minute'
), agreed AS (
    SELECT c.id, c.scopes::text[] AS scopes, extract(epoch FROM c.given_at)::float8 AS given
    FROM consents_consent c JOIN live ON c.account_id = live.account_id
    WHERE c.client_id = %(client)s AND c.revoked_at IS NULL
"""

# A pushed request is used up by the code, in the same breath (RFC 9126 §7.3); of two codes at once one is given.
_SPENT = """, spent AS (
    UPDATE oidc_pushedrequest p SET used_at = now() FROM entering
    WHERE p.hash = %(pushed)s::bytea AND p.client_id = %(client)s AND p.used_at IS NULL AND p.expires_at > now()
    RETURNING entering.account_id, entering.id, entering.consent_id
)"""


# What outlives the session is given under its row's lock: else what is ending everything this moment would miss it.
_HELD = "FOR SHARE OF s"


def _authorize(*, pushed: bool, lasting: bool) -> str:
    return f"""
WITH live AS (
    SELECT s.id, s.account_id, extract(epoch FROM s.created_at)::float8 AS signed_in,
           {MISSING}
    FROM sessions_session s JOIN accounts_account a ON a.sub = s.account_id
    WHERE s.token_hash = %(session)s AND s.ended_at IS NULL AND s.expires_at > now()
      AND s.seen_at > now() - %(idle)s::interval {_HELD if lasting else ""}
{AGREED_HERE}), entering AS (
    SELECT live.account_id, live.id, agreed.id AS consent_id FROM live, agreed
    WHERE live.signed_in > %(signed_in_since)s::float8 AND agreed.given > %(agreed_since)s::float8
      AND agreed.scopes @> %(scopes)s::text[]
      AND live.account_id = coalesce(%(hinted)s::uuid, live.account_id)
      AND live.missing = ''
){_SPENT if pushed else ""}, granted AS (
    INSERT INTO oidc_grant (id, client_id, account_id, session_id, consent_id, scopes, redirect_uri, nonce,
                            code_hash, challenge, given_at, code_expires_at, offline, code_jkt)
    SELECT %(grant)s::uuid, %(client)s, account_id, id, consent_id, %(scopes)s::text[], %(redirect_uri)s,
           %(nonce)s, %(code)s::bytea, %(challenge)s, now(), now() + %(code_seconds)s * interval '1 second',
           %(offline)s::boolean, %(jkt)s
    FROM {"spent" if pushed else "entering"}
    RETURNING account_id, session_id
), recorded AS (
    INSERT INTO journal_entry (actor, act, subject, object, words, session, trace_id, detail)
    SELECT account_id::text, 'oidc.entered', account_id::text, 'client:' || %(client)s, %(words)s,
           session_id::text, %(trace)s, %(detail)s
    FROM granted
)
SELECT live.account_id, live.signed_in, coalesce(agreed.scopes, '{{}}'), coalesce(agreed.given, 0),
       EXISTS (SELECT FROM granted), live.missing
FROM live LEFT JOIN agreed ON true
"""


# One look at session and consent, and, when nothing is lacking, the grant with its code and the journal line.
# Times of sign-in and consent are compared as seconds since 1970. missing: what keeps her out of the service
# whatever she agrees to: its level of assurance, the days after a recovery, a contact shown to be hers. By whether the
# request was pushed, and whether what it asks for outlives the session.
AUTHORIZE: Final = {
    (pushed, lasting): _authorize(pushed=pushed, lasting=lasting)
    for pushed in (False, True)
    for lasting in (False, True)
}


# The first refresh token, if the grant is an offline one (OIDC Core §11).
_REFRESHABLE = """refreshable AS (
    INSERT INTO oidc_refreshtoken (hash, grant_id, issued_at, expires_at, jkt)
    SELECT %(refresh)s::bytea, id, now(), now() + %(idle_seconds)s * interval '1 second', %(jkt)s
    FROM spent WHERE offline
), """


def _exchange(*, refreshable: bool) -> str:
    return f"""
WITH presented AS (
    SELECT * FROM oidc_grant WHERE code_hash = %(code)s FOR UPDATE
), judged AS (
    SELECT p.*,
           p.code_used_at IS NULL AS unused,
           p.code_expires_at > now() AS in_time,
           p.client_id = %(client)s AS own,
           p.redirect_uri = %(redirect_uri)s AS same_redirect,
           p.challenge = %(challenge)s AS verified,
           p.code_jkt IN ('', %(jkt)s) AS key_shown,
           coalesce(s.ended_at IS NULL AND s.expires_at > now(), false) AS session_lives,
           coalesce(c.revoked_at IS NULL AND c.id IS NOT NULL, false) AS consent_stands,
           p.revoked_at IS NULL AND a.level = ANY(%(levels)s::text[]) AS admitted,
           s.created_at AS signed_in_at, coalesce(s.amr, '{{}}') AS amr, a.level
    FROM presented p
    JOIN accounts_account a ON a.sub = p.account_id
    LEFT JOIN sessions_session s ON s.id = p.session_id
    LEFT JOIN consents_consent c ON c.id = p.consent_id
), spent AS (
    UPDATE oidc_grant g SET code_used_at = now() FROM judged j
    WHERE g.id = j.id AND j.unused AND j.in_time AND j.own AND j.same_redirect AND j.verified AND j.key_shown
      AND j.session_lives AND j.consent_stands AND j.admitted
    RETURNING g.id, g.offline
), issued AS (
    INSERT INTO oidc_token (hash, grant_id, expires_at, jkt)
    SELECT %(token)s::bytea, id, now() + %(token_seconds)s * interval '1 second', %(jkt)s FROM spent
), {_REFRESHABLE if refreshable else ""}{ended_by_reuse("oidc.code_reused")}
SELECT unused, in_time, own, same_redirect, verified, session_lives, consent_stands, admitted, key_shown, offline,
       account_id, session_id, nonce, scopes::text[], level, floor(extract(epoch FROM signed_in_at))::bigint,
       amr::text[]
FROM judged
"""


# A code for a token. The row of the grant is locked first, so a second use, however close, finds it used
# and revokes the grant with whatever the first one got.
EXCHANGE = _exchange(refreshable=False)
EXCHANGE_REFRESHABLE = _exchange(refreshable=True)


USERINFO = f"""
SELECT {registered("coalesce(t.scopes, g.scopes)")},
       a.sub, a.last_name, a.first_name, a.patronymic, a.gender, a.birth_date, a.level, a.sealed,
       array(SELECT i.kind::text FROM accounts_identifier i
             WHERE i.account_id = a.sub AND i.verified_at IS NOT NULL),
       s.id
FROM oidc_token t {LIVING}
WHERE t.hash = %(token)s AND t.expires_at > now() AND t.jkt = %(jkt)s AND (g.offline OR s.id IS NOT NULL)
"""

PURGE_TOKENS = """
DELETE FROM oidc_token WHERE hash IN (
    SELECT hash FROM oidc_token WHERE expires_at < now() LIMIT %(batch)s
)
"""

# A used code is remembered for a day, so that its reuse is noticed as such.
PURGE_GRANTS = """
DELETE FROM oidc_grant WHERE id IN (
    SELECT g.id FROM oidc_grant g
    WHERE g.given_at < now() - interval '1 day' AND NOT EXISTS (SELECT FROM oidc_token t WHERE t.grant_id = g.id)
      AND NOT EXISTS (SELECT FROM oidc_refreshtoken t WHERE t.grant_id = g.id)
    LIMIT %(batch)s
)
"""

# Back-channel logout: one message for each service and session, put into the outbox in the transaction that ends them.
_PUT = """
), put AS (
    INSERT INTO outbox_message (kind, key, payload, trace_id, state, created_at, attempts, next_at, last_reason)
    SELECT 'oidc.logout', gen_random_uuid()::text,
           jsonb_build_object('client', client_id, 'sub', %(sub)s::uuid, 'sid', session_id,
                              'at', extract(epoch FROM now())::bigint),
           %(trace)s, 'waiting', now(), 0, now() + %(wait)s::interval, ''
    FROM concerned
    RETURNING id
)
SELECT array_agg(id) FROM put
"""

# Sessions have ended: the services entered in them. A code that is being exchanged this moment counts too.
TELL_ENDED = """
WITH concerned AS (
    SELECT DISTINCT g.client_id, g.session_id
    FROM oidc_grant g JOIN clients_client c ON c.client_id = g.client_id
    WHERE g.account_id = %(sub)s::uuid AND g.session_id = ANY(%(sids)s::uuid[])
      AND c.backchannel_logout_uri <> '' AND c.disabled_at IS NULL
"""
TELL_ENDED += _PUT

# These services may serve a person no more, whatever her sessions: each hears of every session known to it, and
# of her as such, for sessions of its own that outlived ours.
TELL_SERVICES = """
WITH services AS (
    SELECT client_id FROM clients_client
    WHERE client_id = ANY(%(clients)s::text[]) AND backchannel_logout_uri <> '' AND disabled_at IS NULL
), concerned AS (
    SELECT client_id, NULL::uuid AS session_id FROM services
    UNION
    SELECT g.client_id, g.session_id FROM oidc_grant g JOIN services USING (client_id)
    WHERE g.account_id = %(sub)s::uuid
"""
TELL_SERVICES += _PUT

# What services were told, or could not be, a month ago: the journal keeps what has to be kept.
PURGE_TOLD = """
DELETE FROM outbox_message WHERE id IN (
    SELECT id FROM outbox_message
    WHERE kind = 'oidc.logout' AND state <> 'waiting' AND finished_at < now() - interval '30 days'
    LIMIT %(batch)s
)
"""
