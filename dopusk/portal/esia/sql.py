"""Every statement of the dialect's hot path, over the grants of the OpenID provider; see oidc/sql.py for its ways.

Where they differ: a code may come without a challenge; a grant may be offline, and then outlives its session but
not its consent; a marker is written once it is signed, by a second statement of the same transaction.
"""

# ruff: noqa: S608 - put together from constants of these files; every value is a parameter
from dopusk.portal.oidc.sql import AGREED_HERE, MISSING
from dopusk.portal.oidc.token_sql import ended_by_reuse

# The session is held, since what is given may outlive it: whatever ends everything this moment would miss it else.
# Session and consent looked at once, and, when nothing is lacking, the grant with its entry, code and journal line.
AUTHORIZE = f"""
WITH live AS (
    SELECT s.id, s.account_id,
           {MISSING}
    FROM sessions_session s JOIN accounts_account a ON a.sub = s.account_id
    WHERE s.token_hash = %(session)s AND s.ended_at IS NULL AND s.expires_at > now()
      AND s.seen_at > now() - %(idle)s::interval
    FOR SHARE OF s
{AGREED_HERE}), granted AS (
    INSERT INTO oidc_grant (id, client_id, account_id, session_id, consent_id, scopes, redirect_uri, nonce,
                            code_hash, challenge, given_at, code_expires_at, offline)
    SELECT %(grant)s::uuid, %(client)s, live.account_id, live.id, agreed.id, %(scopes)s::text[], %(redirect_uri)s,
           %(nonce)s, %(code)s::bytea, %(challenge)s, now(), now() + %(code_seconds)s * interval '1 second',
           %(offline)s::boolean
    FROM live, agreed
    WHERE %(give)s::boolean AND agreed.given > %(agreed_since)s::float8
      AND agreed.scopes @> %(scopes)s::text[] AND live.missing = ''
    RETURNING id, account_id, session_id
), entered AS (
    INSERT INTO esia_entry (grant_id, version, scope, scope_org, state, until)
    SELECT id, %(version)s::smallint, %(scope)s, %(scope_org)s, %(state)s,
           now() + %(term)s::int * interval '1 minute'
    FROM granted
), recorded AS (
    INSERT INTO journal_entry (actor, act, subject, object, words, session, trace_id, detail)
    SELECT account_id::text, 'esia.entered', account_id::text, 'client:' || %(client)s, %(words)s,
           session_id::text, %(trace)s, %(detail)s
    FROM granted
)
SELECT live.account_id, coalesce(agreed.given, 0), coalesce(agreed.scopes, '{{}}') @> %(scopes)s::text[],
       EXISTS (SELECT FROM granted), live.missing
FROM live LEFT JOIN agreed ON true
"""

# Who sits before this browser: the request may ask for a kind of person before anything is given.
WHO = """
SELECT s.account_id FROM sessions_session s
WHERE s.token_hash = %(session)s AND s.ended_at IS NULL AND s.expires_at > now()
  AND s.seen_at > now() - %(idle)s::interval
"""

# A code for markers. The row of the grant is locked first, so a second use, however close, finds it used and
# revokes the grant with whatever the first one got. seen: at v3 the `state` of a request works once.
EXCHANGE = f"""
WITH presented AS (
    SELECT * FROM oidc_grant WHERE code_hash = %(code)s FOR UPDATE
), seen AS (
    INSERT INTO oidc_seenproof (hash, expires_at)
    SELECT %(state_hash)s::bytea, now() + interval '1 hour' FROM presented WHERE %(state_once)s::boolean
    ON CONFLICT DO NOTHING
    RETURNING hash
), judged AS (
    SELECT p.*,
           p.client_id = %(client)s AS own,
           p.code_used_at IS NULL AS unused,
           p.code_expires_at > now() AS in_time,
           e.version = %(version)s::smallint AS same_generation,
           p.redirect_uri = ANY(%(redirects)s::text[]) AS same_redirect,
           p.challenge <> '' AS challenged,
           p.challenge = %(challenge)s AS verified,
           coalesce(s.ended_at IS NULL AND s.expires_at > now(), false) AS session_lives,
           coalesce(c.revoked_at IS NULL AND c.id IS NOT NULL, false) AS consent_stands,
           p.revoked_at IS NULL AND a.level = ANY(%(levels)s::text[])
             AND a.locked_at IS NULL AND a.closed_at IS NULL AS admitted,
           NOT %(state_once)s::boolean OR (EXISTS (SELECT FROM seen) AND e.state <> %(state)s) AS fresh_state,
           s.created_at AS signed_in_at, coalesce(s.amr, '{{}}') AS amr, a.level, e.scope, e.scope_org,
           y.token_alg, y.numeric_sub
    FROM presented p
    JOIN accounts_account a ON a.sub = p.account_id
    JOIN esia_entry e ON e.grant_id = p.id
    JOIN esia_system y ON y.client_id = p.client_id
    LEFT JOIN sessions_session s ON s.id = p.session_id
    LEFT JOIN consents_consent c ON c.id = p.consent_id
), spent AS (
    UPDATE oidc_grant g SET code_used_at = now() FROM judged j
    WHERE g.id = j.id AND j.own AND j.unused AND j.in_time AND j.same_generation AND j.same_redirect
      AND j.verified AND %(verifier_sound)s::boolean AND j.session_lives AND j.consent_stands AND j.admitted
      AND j.fresh_state
    RETURNING g.id, g.offline
), renewable AS (
    INSERT INTO oidc_refreshtoken (hash, grant_id, issued_at, expires_at)
    SELECT %(refresh)s::bytea, id, now(), now() + %(refresh_seconds)s * interval '1 second'
    FROM spent WHERE offline
), {ended_by_reuse("esia.code_reused")}
SELECT own, unused, in_time, same_generation, same_redirect, challenged, verified, session_lives, consent_stands,
       admitted, fresh_state, id, account_id, session_id, client_id::text, nonce, scope, scope_org, level,
       floor(extract(epoch FROM coalesce(signed_in_at, given_at)))::bigint, amr::text[], offline,
       token_alg::text, numeric_sub
FROM judged
"""

# A refresh token for new markers and the next refresh token. Used twice, it ends the grant (RFC 9700 §4.14.2).
REFRESH = f"""
WITH presented AS (
    SELECT * FROM oidc_refreshtoken WHERE hash = %(token)s FOR UPDATE
), judged AS (
    SELECT g.*, p.hash,
           g.client_id = %(client)s AS own,
           p.used_at IS NULL AS unused,
           p.expires_at > now() AND g.given_at > now() - %(longest_seconds)s * interval '1 second' AS in_time,
           g.revoked_at IS NULL AND g.offline AND e.version = %(version)s::smallint
             AND coalesce(c.revoked_at IS NULL AND c.id IS NOT NULL, false)
             AND coalesce(e.until > now(), true) AS stands,
           %(redirect_uri)s = '' OR g.redirect_uri = %(redirect_uri)s AS same_redirect,
           a.level = ANY(%(levels)s::text[]) AND a.locked_at IS NULL AND a.closed_at IS NULL AS admitted,
           s.created_at AS signed_in_at, coalesce(s.amr, '{{}}') AS amr, a.level, e.scope, e.scope_org,
           y.token_alg, y.numeric_sub
    FROM presented p
    JOIN oidc_grant g ON g.id = p.grant_id
    JOIN accounts_account a ON a.sub = g.account_id
    JOIN esia_entry e ON e.grant_id = g.id
    JOIN esia_system y ON y.client_id = g.client_id
    LEFT JOIN sessions_session s ON s.id = g.session_id
    LEFT JOIN consents_consent c ON c.id = g.consent_id
), spent AS (
    UPDATE oidc_refreshtoken t SET used_at = now() FROM judged j
    WHERE t.hash = j.hash AND j.own AND j.unused AND j.in_time AND j.stands AND j.same_redirect AND j.admitted
    RETURNING t.grant_id
), renewed AS (
    INSERT INTO oidc_refreshtoken (hash, grant_id, issued_at, expires_at)
    SELECT %(next)s::bytea, s.grant_id, now(),
           least(now() + %(refresh_seconds)s * interval '1 second',
                 j.given_at + %(longest_seconds)s * interval '1 second')
    FROM spent s JOIN judged j ON j.id = s.grant_id
), {ended_by_reuse("esia.refresh_reused")}
SELECT own, unused, in_time, stands, same_redirect, admitted, id, account_id, session_id, client_id::text, nonce, scope,
       scope_org, level, floor(extract(epoch FROM coalesce(signed_in_at, given_at)))::bigint,
       amr::text[], offline, token_alg::text, numeric_sub
FROM judged
"""

ISSUE = """
INSERT INTO oidc_token (hash, grant_id, expires_at)
VALUES (%(marker)s, %(grant)s::uuid, now() + %(seconds)s * interval '1 second')
RETURNING grant_id
"""

# What signs the markers of a system for itself, when the person it names has agreed and the agreement stands.
AGREED = """
SELECT y.token_alg::text
FROM esia_personnumber n
JOIN consents_consent c ON c.account_id = n.account_id AND c.client_id = %(client)s AND c.revoked_at IS NULL
JOIN esia_system y ON y.client_id = c.client_id
WHERE n.oid = %(oid)s::bigint
"""

SERVICE = """
INSERT INTO oidc_servicetoken (hash, client_id, scopes, issued_at, expires_at)
VALUES (%(marker)s, %(client)s, %(scopes)s::text[], now(), now() + %(seconds)s * interval '1 second')
RETURNING client_id
"""

# The grant behind a living marker: revoked, withdrawn, of a disabled system and, unless it is offline, ended with its
# session are not found.
HOLDER = """
SELECT g.account_id, g.client_id::text, g.session_id
FROM oidc_token t
JOIN oidc_grant g ON g.id = t.grant_id AND g.revoked_at IS NULL
JOIN esia_entry e ON e.grant_id = g.id AND coalesce(e.until > now(), true)
JOIN clients_client k ON k.client_id = g.client_id AND k.disabled_at IS NULL
JOIN consents_consent c ON c.id = g.consent_id AND c.revoked_at IS NULL
JOIN accounts_account a ON a.sub = g.account_id AND a.locked_at IS NULL AND a.closed_at IS NULL
LEFT JOIN sessions_session s ON s.id = g.session_id
WHERE t.hash = %(marker)s AND t.expires_at > now()
  AND (g.offline OR (s.ended_at IS NULL AND s.expires_at > now()))
"""

# Whether this session holds a sign-in of this system.
SIGNED_IN_HERE = """
SELECT g.session_id FROM oidc_grant g JOIN esia_entry e ON e.grant_id = g.id
WHERE g.session_id = %(sid)s AND g.client_id = %(client)s LIMIT 1
"""

PURGE_ENTRIES = """
DELETE FROM esia_entry WHERE grant_id IN (
    SELECT e.grant_id FROM esia_entry e
    WHERE NOT EXISTS (SELECT FROM oidc_grant g WHERE g.id = e.grant_id) LIMIT %(batch)s
)
"""
