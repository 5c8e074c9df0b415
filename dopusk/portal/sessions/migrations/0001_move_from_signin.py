"""The table of sessions as sign-in kept it, under its new name."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

RENAME = """
ALTER TABLE signin_session RENAME TO sessions_session;
ALTER INDEX signin_session_of RENAME TO sessions_session_of;
ALTER INDEX signin_session_expiry RENAME TO sessions_session_expiry;
"""
BACK = """
ALTER TABLE sessions_session RENAME TO signin_session;
ALTER INDEX sessions_session_of RENAME TO signin_session_of;
ALTER INDEX sessions_session_expiry RENAME TO signin_session_expiry;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_begin"), ("signin", "0001_begin")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(RENAME, BACK)],
            state_operations=[
                migrations.CreateModel(
                    name="Session",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("token_hash", models.BinaryField(unique=True)),
                        ("created_at", models.DateTimeField()),
                        ("seen_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("network", models.CharField(max_length=50)),
                        ("device", models.CharField(max_length=100)),
                        (
                            "account",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="accounts.account"),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["account", "-created_at"], name="sessions_session_of"),
                            models.Index(fields=["expires_at"], name="sessions_session_expiry"),
                        ],
                    },
                ),
            ],
        ),
    ]
