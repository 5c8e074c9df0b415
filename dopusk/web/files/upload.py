"""Receiving uploads: to a temporary file of the server, and no further than the limit."""

from typing import Any

from django.core.files.uploadhandler import TemporaryFileUploadHandler

MOST_BYTES = 25 * 1024 * 1024  # received of one file; what is accepted is decided by `actions.take`


class LimitedUpload(TemporaryFileUploadHandler):
    """Counts a file to its end but stores no more than MOST_BYTES of it.

    The form arrives whole, so everything typed is kept; the file says its true size and is refused by it.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write the chunk while there is room."""
        if start < MOST_BYTES:
            self.file.write(raw_data[: MOST_BYTES - start])

    def file_complete(self, file_size: int) -> Any:
        """The file with the size it really had."""
        self.file.seek(0)
        self.file.size = file_size
        return self.file
