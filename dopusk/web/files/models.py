"""Kept files: the row says what it is, the bytes rest sealed on disk under the row's id."""

import uuid

from django.db import models


class StoredFile(models.Model):
    """One file on disk, AES-256-GCM under a key of its own; deleted with its row by the sweep.

    owner: key of the person it belongs to (`sub`), or "system". purpose: what it is kept for, "document".
    sha256, size: of the content as kept (cleaned), in hex and bytes. pages: of a PDF; 1 for an image.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(max_length=64)
    purpose = models.CharField(max_length=40)
    media_type = models.CharField(max_length=40)
    size = models.PositiveBigIntegerField()
    pages = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["owner"], name="files_by_owner")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"

    @property
    def extension(self) -> str:
        """The ending its name gets when it is downloaded, with the dot."""
        return {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}.get(self.media_type, "")
