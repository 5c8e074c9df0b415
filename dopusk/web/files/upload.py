"""Receiving uploads: to a temporary file of the server, and no further than the limit."""

from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

MOST_BYTES = 25 * 1024 * 1024  # received of one file; what is accepted is decided by `actions.take`
ROOM = 2 * MOST_BYTES  # received of one request: it is read before anybody knows who sent it


class LimitedUpload(FileUploadHandler):
    """Counts a file to its end but stores no more than MOST_BYTES of it, and of a whole request no more than ROOM.

    The form arrives whole, so everything typed is kept; the file says its true size and is refused by it. The
    temporary file has no name: what is in it is nobody's to read, and a killed process leaves nothing behind.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._room = ROOM

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        unnamed = TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 - the request closes it
        self.file = UploadedFile(
            unnamed, self.file_name, self.content_type, 0, self.charset, self.content_type_extra
        )
        self._stored = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write the chunk while there is room."""
        kept = raw_data[: max(0, min(MOST_BYTES - start, self._room))]
        self.file.write(kept)
        self._stored += len(kept)
        self._room -= len(kept)

    def file_complete(self, file_size: int) -> Any:
        """The file with the size it really had; one that was cut is too large whatever its size."""
        self.file.seek(0)
        self.file.size = file_size if file_size == self._stored else max(file_size, MOST_BYTES + 1)
        return self.file

    def upload_interrupted(self) -> None:
        """The browser went away."""
        if hasattr(self, "file"):
            self.file.close()
