from django.conf import settings
from django.db import migrations


def bind(apps, schema_editor):
    """Before other issuers could be trusted everybody came from the portal, under the key she has."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO signin_subject (issuer, sub, person_id, bound_at) SELECT %s, sub, sub, now() FROM signin_person",
            [settings.PORTAL_URL],
        )


class Migration(migrations.Migration):

    dependencies = [
        ('signin', '0004_bind_people_to_issuers_and_note_sessions'),
    ]

    operations = [migrations.RunPython(bind, migrations.RunPython.noop)]
