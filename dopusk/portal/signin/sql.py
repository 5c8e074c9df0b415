"""Every statement of the straight way through sign-in: one statement and one commit a step.

Keys of `signin_throttle` are 32 bytes: 16 of whose (identifier, account, network), 16 of from where (zeros: from
everywhere). A person's counts are thus found by the first half, whatever networks they came from.
"""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter
from datetime import timedelta

from dopusk.portal.sessions import sql as sessions
from dopusk.portal.sessions.rules import DEVICES_KNOWN
from dopusk.portal.signin import rules

ZEROS = "decode('00000000000000000000000000000000', 'hex')"


NOBODY = (
    "'00000000-0000-0000-0000-000000000000'::uuid"  # whose devices are looked for where there is no account
)


def _half(purpose: str, value: str) -> str:
    return f"substr(sha256(%(salt)s::bytea || '{purpose}'::bytea || {value}), 1, 16)"


def _wait(waits: str, failures: str) -> str:
    """The wait after so many failures: that entry of the table, or its last."""
    return f"({waits})[least({failures}, cardinality({waits}))]"


def _count(key: str, source: str, waits: str, lasts: str) -> str:
    """Reserve one failure in a bucket, unless it is held; the row's lock makes attempts at one moment queue here.

    It is counted before the password is looked at, and taken back when that is right: attempts in parallel count too.
    waits, lasts: the table of waits, and how long the count is remembered after the last attempt.
    """
    again = "CASE WHEN t.forgotten_at < now() THEN 1 ELSE t.failures + 1 END"
    return f"""
    INSERT INTO signin_throttle AS t (key, failures, last_at, held_until, forgotten_at)
    SELECT {key}, 1, clock_timestamp(), clock_timestamp(), now() + {lasts} FROM {source}
    ON CONFLICT (key) DO UPDATE
    SET failures = {again}, last_at = clock_timestamp(), forgotten_at = excluded.forgotten_at,
        held_until = clock_timestamp() + {_wait(waits, again)}
    WHERE t.held_until <= clock_timestamp()
    RETURNING key, held_until
    """


def _table(waits: tuple[timedelta, ...]) -> str:
    """A table of waits as the database reads it; written into the statements, for sending it costs 80 µs a time."""
    return f"'{{{','.join(f'{int(wait.total_seconds())} s' for wait in waits)}}}'::interval[]"


_NEAR, _FAR = _table(rules.NEAR_WAITS), _table(rules.FAR_WAITS)
_DAY, _YEAR = "interval '1 day'", "interval '365 days'"


def _device(sub: str) -> str:
    """The device of a cookie, if it is one of those this person used last."""
    return f"""
    SELECT d.id FROM sessions_device d
    WHERE d.token_hash = %(device_token)s::bytea AND d.account_id = {sub}
      AND (SELECT count(*) FROM sessions_device o WHERE o.account_id = d.account_id AND o.seen_at > d.seen_at)
          < {DEVICES_KNOWN}
    """


# Whose attempt it is, whether it may be made, and the attempt counted. A known device has a bucket of its own and
# touches no other; everybody else is counted for identifier and network, for the identifier, and for the account
# behind it (or for nobody's, so that the work is the same). What is held is told, except the account's: a stranger
# could learn from it that two identifiers are one person's. Counts may be lost with the machine, so nobody waits
# for the disk.
RESERVE = f"""
WITH found AS (
    SELECT i.index, a.sub, a.password, a.demo, a.locked_at, a.must_change, a.second_factor, a.password_set_at
    FROM accounts_identifier i JOIN accounts_account a ON a.sub = i.account_id
    WHERE i.index = ANY(%(indexes)s::bytea[]) AND a.closed_at IS NULL
    ORDER BY array_position(%(indexes)s::bytea[], i.index) LIMIT 1
), whose AS (
    SELECT {_half("identifier", "coalesce(f.index, %(typed)s::bytea)")} AS identifier,
           {_half("account", "coalesce(uuid_send(f.sub), %(typed)s::bytea)")} AS account,
           {_half("network", "%(network)s::bytea")} AS network,
           (SELECT substr(sha256(uuid_send(id)), 1, 16) FROM ({
    _device(f"coalesce(f.sub, {NOBODY})")
}) d) AS device
    FROM (SELECT) always LEFT JOIN found f ON true
), keys AS (
    SELECT account || device AS device, identifier || network AS near, identifier || {ZEROS} AS identifier,
           account || {ZEROS} AS account, network || {ZEROS} AS network,
           device IS NOT NULL AND coalesce(
               (SELECT failures FROM signin_throttle WHERE key = account || device), 0) < {
    rules.DEVICE_TRIES
} AS known
    FROM whose
), held AS (
    SELECT max(t.held_until) AS until FROM keys k JOIN signin_throttle t
        ON t.key = ANY(CASE WHEN k.known THEN ARRAY[k.device] ELSE ARRAY[k.near, k.identifier, k.network] END)
    WHERE t.held_until > clock_timestamp()
), near AS ({
    _count(
        "CASE WHEN known THEN device ELSE near END",
        "keys, held WHERE held.until IS NULL",
        _NEAR,
        f"CASE WHEN known THEN {_YEAR} ELSE {_DAY} END",
    )
}
), far AS ({_count("keys.identifier", "keys, near WHERE NOT keys.known", _FAR, _YEAR)}
), counted AS ({_count("keys.account", "keys, far", _FAR, _YEAR)}
)
SELECT f.sub, f.password, f.demo, f.locked_at IS NOT NULL, coalesce(f.must_change, ''),
       coalesce(f.second_factor, false), f.password_set_at, k.known,
       EXISTS (SELECT FROM near) AND (k.known OR EXISTS (SELECT FROM far)),
       k.known OR EXISTS (SELECT FROM counted),
       coalesce((SELECT until FROM held),
                (SELECT max(held_until) FROM (SELECT held_until FROM near UNION ALL SELECT held_until FROM far) u)),
       clock_timestamp(),
       CASE WHEN k.known THEN ARRAY[k.device] ELSE ARRAY[k.near, k.identifier, k.account] END,
       k.network,
       set_config('synchronous_commit', 'off', true)
FROM keys k LEFT JOIN found f ON true
"""

# A wrong password: the attempt is counted already; the network's own count, and the line in the journal.
FAIL = """
WITH counted AS (
    INSERT INTO signin_throttle AS t (key, failures, last_at, held_until, forgotten_at)
    VALUES (%(network_key)s::bytea, 1, now(), now(), now() + interval '1 day')
    ON CONFLICT (key) DO UPDATE
    SET failures = greatest(0, t.failures - floor(extract(epoch FROM now() - t.last_at) / 60
                                                  * %(network_forgiven)s::int)) + 1,
        last_at = now(), forgotten_at = excluded.forgotten_at,
        held_until = CASE
            WHEN greatest(0, t.failures - floor(extract(epoch FROM now() - t.last_at) / 60
                                                * %(network_forgiven)s::int)) + 1 >= %(network_tries)s::int
            THEN now() + %(network_wait)s::interval ELSE t.held_until END
)
INSERT INTO journal_entry (actor, act, subject, object, words, session, trace_id, detail)
VALUES ('stranger', 'signin.failed', %(subject)s, '', %(words)s, '', %(trace)s, %(detail)s)
"""

# One more look at what a network has brought, unless it waits; each minute forgives some.
_CALMED = """greatest(0, t.failures - floor(extract(epoch FROM clock_timestamp() - t.last_at) / 60
                                                * %(forgiven)s::int))::int + 1"""
_KNOCKING = f"{_half('network', '%(network)s::bytea')} || substr(sha256('knock'::bytea), 1, 16)"
UNKNOCK = f"UPDATE signin_throttle SET failures = greatest(0, failures - 1) WHERE key = {_KNOCKING}"
KNOCK = f"""
WITH key AS (
    SELECT {_KNOCKING} AS key
), held AS (
    SELECT t.held_until FROM signin_throttle t JOIN key ON key.key = t.key WHERE t.held_until > clock_timestamp()
), counted AS (
    INSERT INTO signin_throttle AS t (key, failures, last_at, held_until, forgotten_at)
    SELECT key, 1, clock_timestamp(), clock_timestamp(), now() + {_DAY} FROM key WHERE NOT EXISTS (SELECT FROM held)
    ON CONFLICT (key) DO UPDATE
    SET failures = {_CALMED}, last_at = clock_timestamp(), forgotten_at = excluded.forgotten_at,
        held_until = CASE WHEN {_CALMED} >= %(most)s::int THEN clock_timestamp() + %(wait)s::interval
                          ELSE t.held_until END
)
SELECT (SELECT max(held_until) FROM held), clock_timestamp()
"""

# A right password is forgiven its failures: in the statement that opens the session, or that notes what it lacks yet.
# Rows are locked in the order RESERVE counts in, or two at one moment would wait for each other.
FORGIVE = """
    DELETE FROM signin_throttle WHERE key IN (
        SELECT t.key FROM unnest(%(keys)s::bytea[]) WITH ORDINALITY AS k (key, place)
        JOIN signin_throttle t ON t.key = k.key ORDER BY k.place FOR UPDATE OF t
    )
"""
_FORGIVEN = f"WITH forgiven AS ({FORGIVE})"
OPEN = _FORGIVEN + ", " + sessions.OPENING

AWAIT = (
    _FORGIVEN
    + """
INSERT INTO signin_pending (id, token_hash, account_id, password, amr, second_due, must_change, device_known,
                            next_path, good_until)
VALUES (%(id)s, %(token)s, %(sub)s, %(password)s, %(amr)s::text[], %(second_due)s, %(must_change)s, %(device_known)s,
        %(next_path)s, now() + %(lasts)s::interval)
"""
)

# One try of a second step; the password was right, so the account is known. A known device has its own bucket.
RESERVE_SECOND = f"""
WITH whose AS (
    SELECT {_half("account", "uuid_send(%(sub)s::uuid)")} AS account,
           (SELECT substr(sha256('second'::bytea || uuid_send(id)), 1, 16)
            FROM ({_device("%(sub)s::uuid")}) d) AS device
), keys AS (
    SELECT account || device AS device, account || substr(sha256('second'::bytea), 1, 16) AS account,
           device IS NOT NULL AND coalesce(
               (SELECT failures FROM signin_throttle WHERE key = account || device), 0) < {
    rules.DEVICE_TRIES
} AS known
    FROM whose
), chosen AS (
    SELECT CASE WHEN known THEN device ELSE account END AS key FROM keys
), counted AS ({
    _count("chosen.key", "chosen", f"CASE WHEN (SELECT known FROM keys) THEN {_NEAR} ELSE {_FAR} END", _YEAR)
}
)
SELECT EXISTS (SELECT FROM counted),
       coalesce((SELECT held_until FROM counted), (SELECT held_until FROM signin_throttle t WHERE t.key = chosen.key)),
       clock_timestamp(), chosen.key
FROM chosen
"""

# Everything counted against a person: by her account and by each of her identifiers, wherever it came from.
_COUNTS_OF = f"""
WITH whose AS (
    SELECT {_half("account", "uuid_send(%(sub)s::uuid)")} AS half
    UNION ALL
    SELECT {_half("identifier", "i.index")} FROM accounts_identifier i WHERE i.account_id = %(sub)s::uuid
)
"""
_HERS = "t.key BETWEEN whose.half AND whose.half || decode('ffffffffffffffffffffffffffffffff', 'hex')"

UNLOCK = f"""
WITH whose AS (
    SELECT {_half("identifier", "i.index")} AS half, 1 AS place
    FROM accounts_identifier i WHERE i.account_id = %(sub)s::uuid
    UNION ALL
    SELECT {_half("account", "uuid_send(%(sub)s::uuid)")}, 2
)
DELETE FROM signin_throttle WHERE key IN (
    SELECT t.key FROM whose JOIN signin_throttle t
        ON t.key BETWEEN whose.half AND whose.half || decode('ffffffffffffffffffffffffffffffff', 'hex')
    ORDER BY whose.place, substr(t.key, 17, 16) = {ZEROS}, t.key FOR UPDATE OF t
)
"""

# the most failures of one of her counts, and until when the longest waits
COUNTED = f"""{_COUNTS_OF}
SELECT coalesce(max(t.failures), 0)::int, max(t.held_until) FILTER (WHERE t.held_until > now())
FROM signin_throttle t JOIN whose ON {_HERS} AND t.forgotten_at > now()
"""

PURGE_THROTTLES = """
DELETE FROM signin_throttle WHERE key IN (
    SELECT key FROM signin_throttle WHERE forgotten_at < now() LIMIT %(batch)s
)
"""

PURGE_PENDING = """
DELETE FROM signin_pending WHERE id IN (
    SELECT id FROM signin_pending WHERE good_until < now() - interval '1 day' LIMIT %(batch)s
)
"""
