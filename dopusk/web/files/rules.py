"""What may be brought: judged by content, never by name."""

from dataclasses import dataclass

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
SIGNATURES = ((PDF, b"%PDF-"), (JPEG, b"\xff\xd8\xff"), (PNG, b"\x89PNG\r\n\x1a\n"))
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """How much is taken. size: bytes as brought; pages: of a PDF; pixels: of a picture; types: media types."""

    size: int = 10 * MEGABYTE
    pages: int = 300
    pixels: int = 40_000_000
    types: tuple[str, ...] = (PDF, JPEG, PNG)


SCAN = Limits()


def media_type(head: bytes) -> str | None:
    """The type the first bytes speak of; None for anything we do not take."""
    return next((name for name, signature in SIGNATURES if head.startswith(signature)), None)
