"""Every statement about tokens once they are given, and about what is presented to get them: one commit a step."""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

# The grant of a token, alive: not revoked, its consent in force, its person and service in order. It ends with its
# session, unless it is an offline one (OIDC Core §11). For a row `t` that has a grant_id.
LIVING = """
JOIN oidc_grant g ON g.id = t.grant_id AND g.revoked_at IS NULL
JOIN clients_client k ON k.client_id = g.client_id AND k.disabled_at IS NULL
LEFT JOIN sessions_session s ON s.id = g.session_id AND s.ended_at IS NULL AND s.expires_at > now()
JOIN consents_consent c ON c.id = g.consent_id AND c.revoked_at IS NULL
JOIN accounts_account a ON a.sub = g.account_id AND a.locked_at IS NULL AND a.closed_at IS NULL
"""


def registered(granted: str) -> str:
    """Of these scopes those the service, row `k`, may still ask for: what is taken from it opens nothing any more."""
    return f"array(SELECT one FROM unnest({granted}) one WHERE one = ANY(k.scopes))::text[]"


def ended_by_reuse(act: str) -> str:
    """What is presented twice ends its grant, with all its tokens (RFC 6749 §4.1.2, RFC 9700 §4.14.2).

    For a statement with `judged` of id, own, unused, revoked_at, and with values trace, reused_words.
    """
    return f"""
revoked AS (
    UPDATE oidc_grant g SET revoked_at = now() FROM judged j
    WHERE g.id = j.id AND j.own AND NOT j.unused AND j.revoked_at IS NULL
    RETURNING g.account_id, g.session_id, g.client_id
), recorded AS (
    INSERT INTO journal_entry (actor, act, subject, object, words, session, trace_id, detail)
    SELECT 'system', '{act}', account_id::text, 'client:' || client_id, %(reused_words)s,
           session_id::text, %(trace)s, '{{}}'
    FROM revoked
)"""


# A refresh token for an access token and the next refresh token. Token and grant are locked, so of many uses,
# however close, one is the first. scopes: what the new access token opens; empty for all that was granted.
REFRESH = f"""
WITH presented AS (
    SELECT t.hash, t.expires_at, t.used_at, t.jkt, g.id, g.client_id, g.account_id, g.session_id, g.consent_id,
           g.scopes, g.offline, g.given_at, g.revoked_at
    FROM oidc_refreshtoken t JOIN oidc_grant g ON g.id = t.grant_id
    WHERE t.hash = %(refresh)s::bytea
    FOR UPDATE
), judged AS (
    SELECT p.*,
           p.client_id = %(client)s AS own,
           p.used_at IS NULL AS unused,
           p.revoked_at IS NULL AS stands,
           p.expires_at > now() AS in_time,
           p.jkt = '' OR %(jkt)s <> '' AS key_shown,
           p.offline OR coalesce(s.ended_at IS NULL AND s.expires_at > now(), false) AS session_lives,
           coalesce(c.revoked_at IS NULL AND c.id IS NOT NULL, false) AS consent_stands,
           a.locked_at IS NULL AND a.closed_at IS NULL AND a.level = ANY(%(levels)s::text[]) AS admitted,
           {registered("p.scopes")} AS open,
           %(scopes)s::text[] <@ {registered("p.scopes")} AS within
    FROM presented p
    JOIN clients_client k ON k.client_id = p.client_id
    JOIN accounts_account a ON a.sub = p.account_id
    LEFT JOIN sessions_session s ON s.id = p.session_id
    LEFT JOIN consents_consent c ON c.id = p.consent_id
), spent AS (
    UPDATE oidc_refreshtoken t SET used_at = now() FROM judged j
    WHERE t.hash = j.hash AND j.own AND j.unused AND j.stands AND j.in_time AND j.key_shown AND j.session_lives
      AND j.consent_stands AND j.admitted AND j.within
    RETURNING j.id, j.given_at
), issued AS (
    INSERT INTO oidc_token (hash, grant_id, expires_at, jkt, scopes)
    SELECT %(token)s::bytea, id, now() + %(token_seconds)s * interval '1 second', %(jkt)s,
           nullif(%(scopes)s::text[], '{{}}')
    FROM spent
), rotated AS (
    INSERT INTO oidc_refreshtoken (hash, grant_id, issued_at, expires_at, jkt)
    SELECT %(next)s::bytea, id, now(),
           least(now() + %(idle_seconds)s * interval '1 second', given_at + %(longest_seconds)s * interval '1 second'),
           %(jkt)s
    FROM spent
), {ended_by_reuse("oidc.refresh_reused")}
SELECT own, unused, stands, in_time, key_shown, session_lives, consent_stands, admitted, within, open
FROM judged
"""

# A token of a service for itself (RFC 6749 §4.4).
ISSUE_TO_SERVICE = """
INSERT INTO oidc_servicetoken (hash, client_id, scopes, issued_at, expires_at, jkt)
VALUES (%(token)s::bytea, %(client)s, %(scopes)s::text[], now(), now() + %(token_seconds)s * interval '1 second',
        %(jkt)s)
ON CONFLICT DO NOTHING
"""

# Whatever token it is, alive (RFC 7662).
INTROSPECT = f"""
SELECT 'access', g.client_id::text, g.account_id::text, {registered("coalesce(t.scopes, g.scopes)")}, 0::bigint,
       floor(extract(epoch FROM t.expires_at))::bigint, t.jkt::text
FROM oidc_token t {LIVING}
WHERE t.hash = %(token)s::bytea AND t.expires_at > now() AND (g.offline OR s.id IS NOT NULL)
UNION ALL
SELECT 'service', t.client_id::text, t.client_id::text, {registered("t.scopes")},
       floor(extract(epoch FROM t.issued_at))::bigint, floor(extract(epoch FROM t.expires_at))::bigint, t.jkt::text
FROM oidc_servicetoken t JOIN clients_client k ON k.client_id = t.client_id AND k.disabled_at IS NULL
WHERE t.hash = %(token)s::bytea AND t.expires_at > now()
UNION ALL
SELECT 'refresh', g.client_id::text, g.account_id::text, {registered("g.scopes")},
       floor(extract(epoch FROM t.issued_at))::bigint, floor(extract(epoch FROM t.expires_at))::bigint, ''
FROM oidc_refreshtoken t {LIVING}
WHERE t.hash = %(token)s::bytea AND t.expires_at > now() AND t.used_at IS NULL AND (g.offline OR s.id IS NOT NULL)
LIMIT 1
"""

# A token given up by its service (RFC 7009): an access token alone, a refresh token with its whole grant. What
# comes back: whose it is; nothing for a token that nobody has.
REVOKE = """
WITH access AS (
    SELECT t.hash, g.client_id FROM oidc_token t JOIN oidc_grant g ON g.id = t.grant_id
    WHERE t.hash = %(token)s::bytea
), service AS (
    SELECT hash, client_id FROM oidc_servicetoken WHERE hash = %(token)s::bytea
), refresh AS (
    SELECT t.grant_id, g.client_id FROM oidc_refreshtoken t JOIN oidc_grant g ON g.id = t.grant_id
    WHERE t.hash = %(token)s::bytea
), no_access AS (
    DELETE FROM oidc_token t USING access WHERE t.hash = access.hash AND access.client_id = %(client)s
), no_service AS (
    DELETE FROM oidc_servicetoken t USING service WHERE t.hash = service.hash AND service.client_id = %(client)s
), revoked AS (
    UPDATE oidc_grant g SET revoked_at = now() FROM refresh
    WHERE g.id = refresh.grant_id AND g.client_id = %(client)s AND g.revoked_at IS NULL
    RETURNING g.account_id, g.session_id, g.client_id
), recorded AS (
    INSERT INTO journal_entry (actor, act, subject, object, words, session, trace_id, detail)
    SELECT 'client:' || client_id, 'oidc.given_up', account_id::text, 'client:' || client_id, %(words)s,
           session_id::text, %(trace)s, '{}'
    FROM revoked
)
SELECT client_id::text FROM access
UNION ALL SELECT client_id::text FROM service
UNION ALL SELECT client_id::text FROM refresh
"""

REVOKE_GRANT = """
WITH revoked AS (
    UPDATE oidc_grant SET revoked_at = now() WHERE id = %(grant)s::uuid AND revoked_at IS NULL
    RETURNING account_id, session_id, client_id
)
INSERT INTO journal_entry (actor, act, subject, object, words, session, trace_id, detail)
SELECT 'system', 'oidc.grant_revoked', account_id::text, 'client:' || client_id, %(words)s, session_id::text,
       %(trace)s, '{}'
FROM revoked
RETURNING true
"""

# What outlives sessions. One line of the journal a service; none for one whose consent she has withdrawn before.
END_LASTING = """
WITH revoked AS (
    UPDATE oidc_grant SET revoked_at = now()
    WHERE account_id = %(sub)s::uuid AND offline AND revoked_at IS NULL
    RETURNING client_id, consent_id
), told AS (
    SELECT DISTINCT k.client_id, k.name
    FROM revoked r
    JOIN clients_client k ON k.client_id = r.client_id
    JOIN consents_consent c ON c.id = r.consent_id AND c.revoked_at IS NULL
)
INSERT INTO journal_entry (actor, act, subject, object, words, session, trace_id, detail)
SELECT %(actor)s, 'oidc.lasting_ended', %(sub)s::uuid::text, 'client:' || client_id, format(%(words)s::text, name), '',
       %(trace)s, '{}'
FROM told
RETURNING true
"""

FIRST_TIME = """
INSERT INTO oidc_seenproof (hash, expires_at) VALUES (%(hash)s::bytea, to_timestamp(%(until)s::float8))
ON CONFLICT DO NOTHING
RETURNING true
"""

# RFC 9126: an authorization request, and its reading by the reference.
PUSH = """
INSERT INTO oidc_pushedrequest (hash, client_id, "values", expires_at)
VALUES (%(reference)s::bytea, %(client)s, %(values)s::jsonb, now() + %(seconds)s * interval '1 second')
ON CONFLICT DO NOTHING
"""

PUSHED = """
SELECT "values", used_at IS NULL, expires_at > now() FROM oidc_pushedrequest
WHERE hash = %(reference)s::bytea AND client_id = %(client)s
"""

# What is over, a batch at a time. A spent refresh token is kept as long as it would have lived, a pushed request a
# day, so that their reuse is noticed as such.
PURGES = (
    """
DELETE FROM oidc_refreshtoken WHERE hash IN (
    SELECT hash FROM oidc_refreshtoken WHERE expires_at < now() LIMIT %(batch)s
)
""",
    """
DELETE FROM oidc_servicetoken WHERE hash IN (
    SELECT hash FROM oidc_servicetoken WHERE expires_at < now() LIMIT %(batch)s
)
""",
    """
DELETE FROM oidc_seenproof WHERE hash IN (
    SELECT hash FROM oidc_seenproof WHERE expires_at < now() LIMIT %(batch)s
)
""",
    """
DELETE FROM oidc_pushedrequest WHERE hash IN (
    SELECT hash FROM oidc_pushedrequest WHERE expires_at < now() - interval '1 day' LIMIT %(batch)s
)
""",
)
