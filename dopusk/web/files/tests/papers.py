"""Files people bring, good and bad, made on the spot."""

import io
import struct
import zlib

import pikepdf
from PIL import Image


def picture(kind: str = "JPEG", size: tuple[int, int] = (600, 800), mode: str = "RGB") -> bytes:
    """A plain picture."""
    out = io.BytesIO()
    Image.new(mode, size, "white" if mode in {"RGB", "L"} else None).save(out, kind)
    return out.getvalue()


def pdf(pages: int = 2, **root: object) -> bytes:
    """Blank pages; root: further entries of the catalogue."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        for name, value in root.items():
            document.Root[f"/{name}"] = value
        document.save(out)
    return out.getvalue()


def encrypted_pdf(user: str = "") -> bytes:
    """Encrypted; with an empty user password readers open it without asking."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(out, encryption=pikepdf.Encryption(owner="owner", user=user))
    return out.getvalue()


def bomb_png(side: int = 30_000) -> bytes:
    """About a hundred kilobytes that unfold to side × side pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    squeeze = zlib.compressobj(9)
    row = bytes(1 + (side + 7) // 8)
    body = b"".join(squeeze.compress(row) for _ in range(side)) + squeeze.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def exe() -> bytes:
    """A program, whatever its name says."""
    return b"MZ\x90\x00" + bytes(2000)
