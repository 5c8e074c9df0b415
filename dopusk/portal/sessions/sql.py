"""Every statement about sessions on the hot path."""

# The tail of a statement that opens a session: after `WITH something AS (…), ` or after `WITH `.
OPENING = """
before AS (
    UPDATE sessions_session SET ended_at = now() WHERE token_hash = %(old_token)s AND ended_at IS NULL
), opened AS (
    INSERT INTO sessions_session (id, token_hash, account_id, created_at, proved_at, seen_at, expires_at, network,
                                  device, amr)
    VALUES (%(sid)s, %(token)s, %(sub)s, clock_timestamp(), clock_timestamp(), now(), now() + %(length)s::interval,
            %(network)s, %(device)s, %(amr)s::text[])
)
INSERT INTO journal_entry (actor, act, subject, object, words, session, trace_id, detail)
VALUES (%(sub)s::uuid::text, 'signin.done', %(sub)s::uuid::text, '', %(words)s, %(sid)s::uuid::text, %(trace)s,
        %(detail)s)
"""

OPEN = "WITH " + OPENING

# The session of a cookie with its person; noted as seen, at most once a minute.
CURRENT = """
WITH touched AS (
    UPDATE sessions_session SET seen_at = now()
    WHERE token_hash = %(token)s AND ended_at IS NULL AND expires_at > now()
      AND seen_at BETWEEN now() - %(idle)s::interval AND now() - interval '1 minute'
)
SELECT s.id, a.sub, a.last_name, a.first_name, a.patronymic, a.level, s.created_at, s.proved_at, s.amr::text[]
FROM sessions_session s JOIN accounts_account a ON a.sub = s.account_id
WHERE s.token_hash = %(token)s AND s.ended_at IS NULL AND s.expires_at > now()
  AND s.seen_at > now() - %(idle)s::interval
"""

CLOSE = """
WITH closed AS (
    UPDATE sessions_session SET ended_at = now() WHERE id = %(sid)s AND ended_at IS NULL RETURNING id, account_id
)
INSERT INTO journal_entry (actor, act, subject, object, words, session, trace_id, detail)
SELECT account_id::text, 'signin.ended', account_id::text, '', %(words)s, id::text, %(trace)s, '{}' FROM closed
"""

PURGE_SESSIONS = """
DELETE FROM sessions_session WHERE id IN (
    SELECT id FROM sessions_session WHERE expires_at < now() - interval '1 day' LIMIT %(batch)s
)
"""
