"""Why a file is not taken."""


class FileRefused(Exception):
    """The file is not taken. detail: facts for the words.

    code: `file_too_large file_type file_unreadable file_encrypted file_pages file_pixels file_active_content
    file_signed file_unfolds file_mixed file_infected`, and, to be tried again later, `file_scan_unavailable
    files_busy`.
    """

    def __init__(self, code: str, detail: dict[str, object] | None = None) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail or {}
