"""Sign-ins in several steps; counts of failures that are kept a day or a year. Counts made before are over."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_people_begin_unproven"),
        ("signin", "0002_sessions_move_out"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="throttle", name="signin_throttle_age"),
        migrations.AddField(
            model_name="throttle",
            name="forgotten_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="throttle",
            index=models.Index(fields=["forgotten_at"], name="signin_throttle_age"),
        ),
        migrations.CreateModel(
            name="Pending",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("token_hash", models.BinaryField(unique=True)),
                ("password", models.CharField(max_length=200)),
                (
                    "amr",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), default=list, size=None
                    ),
                ),
                ("second_due", models.BooleanField()),
                ("must_change", models.CharField(blank=True, max_length=13)),
                ("device_known", models.BooleanField()),
                ("next_path", models.TextField()),
                ("good_until", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="accounts.account"),
                ),
            ],
            options={"indexes": [models.Index(fields=["good_until"], name="signin_pending_age")]},
        ),
    ]
