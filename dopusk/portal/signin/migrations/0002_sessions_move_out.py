"""Sessions become a slice of their own; the table was renamed there."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("signin", "0001_begin"), ("oidc", "0002_sessions_moved")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="Session")]),
    ]
