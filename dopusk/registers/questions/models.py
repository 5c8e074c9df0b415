"""Questions that were asked and wait for their answers."""

import uuid
from typing import Any

from django.db import models


class Session(models.Model):
    """Three questions with their right options; of whom they are about nothing is kept.

    client: who asked, and who alone may answer. questions: [{key, kind, options: [{key, words}], right}],
    emptied by the answer.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    answered_at = models.DateTimeField(null=True)
    questions = models.JSONField()

    def __str__(self) -> str:
        return str(self.id)

    def told(self) -> list[dict[str, Any]]:
        """The questions without their right options."""
        return [{name: question[name] for name in ("key", "kind", "options")} for question in self.questions]

    def right(self) -> dict[str, str]:
        """Key of a question → key of its right option."""
        return {question["key"]: question["right"] for question in self.questions}

    def options(self) -> dict[str, set[str]]:
        """Key of a question → keys of all its options."""
        return {
            question["key"]: {option["key"] for option in question["options"]} for question in self.questions
        }
