from django.db import migrations


class Migration(migrations.Migration):
    """Registration numbers: never given twice, gaps allowed."""

    dependencies = [("review", "0001_keep_reviews")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE application_serial AS bigint MINVALUE 1",
            "DROP SEQUENCE application_serial",
        )
    ]
