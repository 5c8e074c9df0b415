"""The sequence that oids of people come from; test people have theirs from their СНИЛС, far below."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("esia", "0001_begin")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE esia_person_oid START 1000500001", "DROP SEQUENCE esia_person_oid")
    ]
