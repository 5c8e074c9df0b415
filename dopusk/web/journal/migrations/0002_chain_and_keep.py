"""The chain is computed, and changes are refused, by the database itself."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION journal_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_number bigint;
    last_hash text;
    field text;
    body bytea := ''::bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(7106118);
    SELECT number, hash INTO last_number, last_hash FROM journal_entry ORDER BY number DESC LIMIT 1;
    NEW.number := coalesce(last_number, 0) + 1;
    NEW.previous := coalesce(last_hash, repeat('0', 64));
    NEW.at := clock_timestamp();
    FOREACH field IN ARRAY ARRAY[
        NEW.previous, NEW.number::text,
        to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        NEW.actor, NEW.act, NEW.subject, NEW.object, NEW.words, NEW.session, NEW.trace_id, NEW.detail
    ] LOOP
        body := body || convert_to(octet_length(field)::text || ':' || field, 'UTF8');
    END LOOP;
    NEW.hash := encode(sha256(body), 'hex');
    RETURN NEW;
END $$;
CREATE TRIGGER journal_chain BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_chain();
CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER journal_keeps_rows BEFORE UPDATE OR DELETE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION journal_is_append_only();
CREATE TRIGGER journal_keeps_table BEFORE TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
"""

BACKWARD = """
DROP TRIGGER journal_keeps_table ON journal_entry;
DROP TRIGGER journal_keeps_rows ON journal_entry;
DROP TRIGGER journal_chain ON journal_entry;
DROP FUNCTION journal_is_append_only();
DROP FUNCTION journal_chain();
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_begin")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
