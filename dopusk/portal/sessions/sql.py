"""Every statement about sessions on the hot path."""

# The tail of a statement that opens a session: after `WITH something AS (…), ` or after `WITH `. No row comes back
# when the account is locked or closed, or when its password is no longer the one that was checked (`kept`).
# The browser becomes a device she is known by; one more than the first is told to her later (told_at is empty).
# What comes back: the line of the journal, the session that ended by it and whose that one was.
OPENING = """
standing AS (
    SELECT a.sub FROM accounts_account a
    WHERE a.sub = %(sub)s AND a.locked_at IS NULL AND a.closed_at IS NULL
      AND a.password = coalesce(%(kept)s::text, a.password)
    FOR SHARE
), before AS (
    UPDATE sessions_session SET ended_at = now() FROM standing
    WHERE token_hash = %(old_token)s AND ended_at IS NULL
    RETURNING id, account_id
), known AS (
    INSERT INTO sessions_device (id, token_hash, account_id, words, network, first_seen_at, seen_at, told_at)
    SELECT %(device_id)s::uuid, %(device_token)s::bytea, sub, %(device)s, %(network)s, clock_timestamp(),
           clock_timestamp(),
           CASE WHEN EXISTS (SELECT FROM sessions_device WHERE account_id = %(sub)s) THEN NULL ELSE now() END
    FROM standing
    ON CONFLICT (token_hash, account_id)
    DO UPDATE SET seen_at = clock_timestamp(), words = excluded.words, network = excluded.network
    RETURNING id, account_id
), opened AS (
    INSERT INTO sessions_session (id, token_hash, account_id, created_at, proved_at, seen_at, expires_at, network,
                                  device, amr, known_device_id)
    SELECT %(sid)s::uuid, %(token)s::bytea, account_id, clock_timestamp(), clock_timestamp(), now(),
           now() + %(length)s::interval, %(network)s, %(device)s, %(amr)s::text[], id
    FROM known
    RETURNING id, account_id
)
INSERT INTO journal_entry (actor, act, subject, object, words, session, trace_id, detail)
SELECT account_id::text, 'signin.done', account_id::text, %(object)s, %(words)s, id::text, %(trace)s,
       %(detail)s::text
FROM opened
RETURNING number, (SELECT id FROM before), (SELECT account_id FROM before)
"""

OPEN = "WITH " + OPENING

# The session of a cookie with its person; noted as seen, at most once a minute.
CURRENT = """
WITH touched AS (
    UPDATE sessions_session SET seen_at = now()
    WHERE token_hash = %(token)s AND ended_at IS NULL AND expires_at > now()
      AND seen_at BETWEEN now() - %(idle)s::interval AND now() - interval '1 minute'
)
SELECT s.id, a.sub, a.last_name, a.first_name, a.patronymic, a.level, s.created_at, s.proved_at, s.amr::text[],
       s.expires_at
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
RETURNING subject::uuid
"""

PURGE_SESSIONS = """
DELETE FROM sessions_session WHERE id IN (
    SELECT id FROM sessions_session WHERE expires_at < now() - interval '1 day' LIMIT %(batch)s
)
"""

PURGE_DEVICES = """
DELETE FROM sessions_device WHERE id IN (
    SELECT d.id FROM sessions_device d
    WHERE d.seen_at < now() - interval '400 days'
      AND NOT EXISTS (SELECT FROM sessions_session s WHERE s.account_id = d.account_id AND s.known_device_id = d.id)
    LIMIT %(batch)s
)
"""
