"""Every statement of sign-in: one statement and one commit a step."""

from dopusk.portal.sessions import sql as sessions

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

# Failures are forgiven in the statement that opens the session.
FORGIVEN = """
WITH forgiven AS (
    DELETE FROM signin_throttle WHERE key IN (%(here)s, %(everywhere)s)
), """
OPEN = FORGIVEN + sessions.OPENING

PURGE_THROTTLES = """
DELETE FROM signin_throttle WHERE key IN (
    SELECT key FROM signin_throttle WHERE last_at < now() - interval '30 days' LIMIT %(batch)s
)
"""
