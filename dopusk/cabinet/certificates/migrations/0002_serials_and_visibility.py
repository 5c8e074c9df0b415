"""Serials of register numbers, and a table that stays readable through its index alone."""

from django.db import migrations

# An index-only scan asks the visibility map, which only VACUUM sets. By default PostgreSQL vacuums a table
# that merely grows after 20 % new rows: 600,000 certificates out of three million. Here after 5,000, and
# updates (a certificate recorded, suspended) after 5,000 too. fillfactor leaves room on each page for the
# two updates every row lives to see, so that they stay on the page and need no new index entries.
FORWARD = """
CREATE SEQUENCE certificate_serial AS bigint MINVALUE 1 MAXVALUE 999999999;
ALTER TABLE certificates_certificate SET (
    fillfactor = 85,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 5000,
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000
);
"""

BACKWARD = """
ALTER TABLE certificates_certificate RESET (
    fillfactor,
    autovacuum_vacuum_insert_scale_factor, autovacuum_vacuum_insert_threshold,
    autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold
);
DROP SEQUENCE certificate_serial;
"""


class Migration(migrations.Migration):
    dependencies = [("certificates", "0001_keep_certificates")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
