"""Clean one file in a process of its own: `python -I sanitise.py <type> <pages> <pixels>`, bytes in, bytes out.

Run by `actions.take`, never imported by it: the process has no secrets in its environment, limits its own
memory, processor time and output before it looks at the first byte, and knows nothing but this file.

Out: one line of JSON, `{"pages": n}` or `{"code": "file_…", "detail": {…}}`, then the clean content.
"""

import io
import json
import resource
import sys
from typing import Any

MEMORY = 1536 * 1024 * 1024  # bytes of address space; a page of 40 megapixels takes 160 MB decoded, twice
PROCESSOR = 20  # seconds
DEPTH = 60

# In any dictionary of a PDF these lead to actions, attachments or forms.
DROPPED = (
    "/OpenAction",
    "/AA",
    "/AF",
    "/EF",
    "/Collection",
    "/Requirements",
    "/RichMediaContent",
    "/PieceInfo",
)
DROPPED_ROOT = ("/Names", "/AcroForm", "/Outlines", "/Legal", "/Perms", "/Extensions", "/Threads", "/URI")
ACTIVE = ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm")


class Refused(Exception):
    """Why the file is not taken: a stable code and its facts."""

    def __init__(self, code: str, **detail: object) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def clean_image(content: bytes, kind: str, pixels: int) -> tuple[bytes, int]:
    """The picture drawn anew: no metadata, no tail, nothing but pixels. kind: "JPEG" or "PNG"."""
    import warnings

    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        picture = Image.open(io.BytesIO(content), formats=[kind])
        if picture.width * picture.height > pixels:
            raise Refused("file_pixels", width=picture.width, height=picture.height, limit=pixels)
        picture.load()
        turned = ImageOps.exif_transpose(picture)
        plain = turned if turned.mode in {"L", "RGB"} else turned.convert("RGBA" if _clear(turned) else "RGB")
        if plain.mode == "RGBA":  # a scan has no transparency: put it on white paper
            paper = Image.new("RGB", plain.size, "white")
            paper.paste(plain, mask=plain.getchannel("A"))
            plain = paper
        out = io.BytesIO()
        if kind == "JPEG":
            plain.save(out, "JPEG", quality=88, optimize=True)
        else:
            plain.save(out, "PNG")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("file_pixels", limit=pixels) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, MemoryError) as error:
        raise Refused("file_unreadable") from error
    return out.getvalue(), 1


def _clear(picture: Any) -> bool:
    return picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info


def clean_pdf(content: bytes, pages: int) -> tuple[bytes, int]:
    """The pages written anew: no actions, forms, attachments, annotations; JavaScript and Launch are refused."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            if document.is_encrypted:
                raise Refused("file_encrypted")
            count = len(document.pages)
            if count > pages:
                raise Refused("file_pages", pages=count, limit=pages)
            if count == 0:
                raise Refused("file_unreadable")
            for item in document.objects:
                _look(item, 0)
            _strip(document)
            out = io.BytesIO()
            document.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    except pikepdf.PasswordError as error:
        raise Refused("file_encrypted") from error
    except (pikepdf.PdfError, ValueError, TypeError, RecursionError, MemoryError) as error:
        raise Refused("file_unreadable") from error
    return out.getvalue(), count


def _look(item: Any, depth: int) -> None:
    """Refuse what acts or is signed, drop what leads elsewhere, in this object and the direct ones inside it."""
    import pikepdf

    if depth > DEPTH:
        raise Refused("file_unreadable")
    if isinstance(item, pikepdf.Array):
        for part in item.as_list():
            _inside(part, depth)
        return
    if not isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        return
    if "/JS" in item or str(item.get("/S", "")) in ACTIVE or "/XFA" in item:
        raise Refused("file_active_content")
    if str(item.get("/Type", "")) == "/Sig" or "/ByteRange" in item:
        raise Refused("file_signed")
    for key in list(item.keys()):
        _inside(item.get(key), depth)
    for key in DROPPED:
        if key in item:
            del item[key]


def _inside(part: Any, depth: int) -> None:
    if getattr(part, "is_indirect", False):  # it is on the list of objects itself
        return
    _look(part, depth + 1)


def _strip(document: Any) -> None:
    for key in DROPPED_ROOT:
        if key in document.Root:
            del document.Root[key]
    for page in document.pages:
        if "/Annots" in page.obj:
            del page.obj["/Annots"]
    if "/Info" in document.trailer:
        del document.trailer["/Info"]


def main() -> None:
    """Limit ourselves, read, clean, write."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    media_type, pages, pixels = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    content = sys.stdin.buffer.read()
    try:
        if media_type == "application/pdf":
            clean, count = clean_pdf(content, pages)
        else:
            clean, count = clean_image(
                content, {"image/jpeg": "JPEG", "image/png": "PNG"}[media_type], pixels
            )
    except Refused as refused:
        head: dict[str, object] = {"code": refused.code, "detail": refused.detail}
        clean = b""
    else:
        head = {"pages": count}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + clean)


if __name__ == "__main__":
    main()
