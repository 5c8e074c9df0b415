"""Every statement of sign-in: one statement and one commit a step."""

# Columns: failures here, failures everywhere, held until, then the account or nulls.
LOOK_UP = """
SELECT coalesce(here.failures, 0), coalesce(everywhere.failures, 0),
       greatest(here.held_until, everywhere.held_until),
       found.sub, found.password, found.demo
FROM (SELECT 1) AS always
LEFT JOIN signin_throttle here
       ON here.key = %(here)s AND here.last_at > now() - %(forgotten_after)s::interval
LEFT JOIN signin_throttle everywhere ON everywhere.key = %(everywhere)s
LEFT JOIN LATERAL (
    SELECT a.sub, a.password, a.demo
    FROM accounts_identifier i JOIN accounts_account a ON a.sub = i.account_id
    WHERE i.index = ANY(%(indexes)s::bytea[])
    ORDER BY array_position(%(indexes)s::bytea[], i.index) LIMIT 1
) found ON true
"""

FAIL = """
WITH counted AS (
    INSERT INTO signin_throttle (key, failures, last_at, held_until)
    VALUES (%(here)s, 1, now(), now() + %(wait)s::interval), (%(everywhere)s, 1, now(), now() + %(closed)s::interval)
    ON CONFLICT (key) DO UPDATE SET
        failures = CASE WHEN excluded.key = %(here)s::bytea
                         AND signin_throttle.last_at < now() - %(forgotten_after)s::interval
                   THEN 1 ELSE signin_throttle.failures + 1 END,
        last_at = now(),
        held_until = greatest(signin_throttle.held_until, excluded.held_until)
)
INSERT INTO journal_entry (actor, act, subject, object, words, session, trace_id, detail)
VALUES ('stranger', 'signin.failed', %(subject)s, '', %(words)s, '', %(trace)s, %(detail)s)
"""

OPEN = """
WITH forgiven AS (
    DELETE FROM signin_throttle WHERE key IN (%(here)s, %(everywhere)s)
), before AS (
    UPDATE signin_session SET ended_at = now() WHERE token_hash = %(old_token)s AND ended_at IS NULL
), opened AS (
    INSERT INTO signin_session (id, token_hash, account_id, created_at, seen_at, expires_at, network, device)
    VALUES (%(sid)s, %(token)s, %(sub)s, clock_timestamp(), now(), now() + %(length)s::interval,
            %(network)s, %(device)s)
)
INSERT INTO journal_entry (actor, act, subject, object, words, session, trace_id, detail)
VALUES (%(sub)s::uuid::text, 'signin.done', %(sub)s::uuid::text, '', %(words)s, %(sid)s::uuid::text, %(trace)s,
        %(detail)s)
"""

# The session of a cookie with its person; noted as seen, at most once a minute.
CURRENT = """
WITH touched AS (
    UPDATE signin_session SET seen_at = now()
    WHERE token_hash = %(token)s AND ended_at IS NULL AND expires_at > now()
      AND seen_at BETWEEN now() - %(idle)s::interval AND now() - interval '1 minute'
)
SELECT s.id, a.sub, a.last_name, a.first_name, a.patronymic, a.level, s.created_at
FROM signin_session s JOIN accounts_account a ON a.sub = s.account_id
WHERE s.token_hash = %(token)s AND s.ended_at IS NULL AND s.expires_at > now()
  AND s.seen_at > now() - %(idle)s::interval
"""

CLOSE = """
WITH closed AS (
    UPDATE signin_session SET ended_at = now() WHERE id = %(sid)s AND ended_at IS NULL RETURNING id, account_id
)
INSERT INTO journal_entry (actor, act, subject, object, words, session, trace_id, detail)
SELECT account_id::text, 'signin.ended', account_id::text, '', %(words)s, id::text, %(trace)s, '{}' FROM closed
"""

PURGE_SESSIONS = """
DELETE FROM signin_session WHERE id IN (
    SELECT id FROM signin_session WHERE expires_at < now() - interval '1 day' LIMIT %(batch)s
)
"""

PURGE_THROTTLES = """
DELETE FROM signin_throttle WHERE key IN (
    SELECT key FROM signin_throttle WHERE last_at < now() - interval '30 days' LIMIT %(batch)s
)
"""
