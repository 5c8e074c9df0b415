"""Clean one file in a process of its own: `python -I sanitise.py <type> <pages> <pixels>`, bytes in, bytes out.

Run by `cleaning.clean`, never imported by it: the process has no secrets in its environment, limits its own
memory, processor time and output before it looks at the first byte, is nobody if it was root, and knows
nothing but this file.

Out: one line of JSON, `{"pages": n}` or `{"code": "file_…", "detail": {…}}`, then the clean content.
"""

import io
import json
import os
import resource
import sys
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

MEGABYTE = 1024 * 1024
# Bytes of address space, libraries included. Forty megapixels, turned or transparent, do with 512 MB.
MEMORY = 768 * MEGABYTE
PROCESSOR = 20  # seconds
OUTPUT = 64 * MEGABYTE  # bytes of the clean content; of any file written
OPEN_FILES = 32
NOBODY = 65534  # user and group who own nothing
DEPTH = 60
OBJECTS = 200_000
# What the streams of a PDF may unfold to, one and all together: a page of 40 megapixels in colour is 120 MB.
UNFOLDED, UNFOLDED_ALL = 192 * MEGABYTE, 768 * MEGABYTE
FILTERS = 4  # one upon another
PIECE = MEGABYTE

# In any dictionary of a PDF these lead to actions, attachments, forms, other files, or tell of the author.
DROPPED = (
    "/OpenAction", "/AA", "/AF", "/EF", "/Collection", "/Requirements", "/RichMediaContent", "/PieceInfo", "/PresSteps",
    "/Metadata", "/OPI", "/Ref", "/Names", "/AcroForm", "/Annots", "/Perms", "/DSS",
)  # fmt: skip
# What a document, a page and the trailer keep: enough to be shown, printed and read aloud.
KEPT_ROOT = {
    "/Type",
    "/Pages",
    "/Version",
    "/Lang",
    "/MarkInfo",
    "/StructTreeRoot",
    "/OCProperties",
    "/PageLabels",
}
KEPT_PAGE = {
    "/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Rotate",
    "/Contents", "/Group", "/UserUnit", "/StructParents", "/Tabs",
}  # fmt: skip
KEPT_TRAILER = {"/Root", "/Size", "/ID"}
ACTIVE = ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm")
ELSEWHERE = ("/F", "/FFilter", "/FDecodeParms")  # of a stream: its content is in another file
FLATE = {"/FlateDecode", "/Fl"}
ASCII = {"/ASCII85Decode", "/A85", "/ASCIIHexDecode", "/AHx"}
RUNS = {"/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"}
DRAWN = {"/DCTDecode", "/DCT", "/JPXDecode"}
PACKED = {"/CCITTFaxDecode", "/CCF", "/JBIG2Decode"}


class Refused(Exception):
    """Why the file is not taken: a stable code and its facts."""

    def __init__(self, code: str, **detail: object) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def clean_image(content: bytes, kind: str, pixels: int) -> tuple[bytes, int]:
    """The picture drawn anew: no metadata, no tail, nothing but pixels. kind: "JPEG" or "PNG"."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        picture: Any = Image.open(io.BytesIO(content), formats=[kind])
        if picture.width * picture.height > pixels:
            raise Refused("file_pixels", width=picture.width, height=picture.height, limit=pixels)
        picture.load()
        picture = ImageOps.exif_transpose(picture)
        if picture.mode in {
            "I",
            "I;16",
            "I;16B",
        }:  # sixteen bits of grey: Pillow alone would make it all white
            picture = picture.convert("I").point(lambda grey: grey / 256).convert("L")
        if picture.mode not in {"L", "RGB"}:
            picture = picture.convert("RGBA" if _clear(picture) else "RGB")
        if picture.mode == "RGBA":  # a scan has no transparency: put it on white paper
            paper = Image.new("RGB", picture.size, "white")
            paper.paste(picture, mask=picture.getchannel("A"))
            picture = paper
        picture.info = {}  # comments, profiles and the like would be written out again
        out = io.BytesIO()
        if kind == "JPEG":
            picture.save(out, "JPEG", quality=88, optimize=True)
        else:
            picture.save(out, "PNG")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("file_pixels", limit=pixels) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, MemoryError) as error:
        raise Refused("file_unreadable") from error
    return _made(out), 1


def _made(out: io.BytesIO) -> bytes:
    """What is to be written, unless the system would cut it."""
    clean = out.getvalue()
    if len(clean) > OUTPUT - PIECE:
        raise Refused("file_unfolds")
    return clean


def _clear(picture: Any) -> bool:
    return picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info


def clean_pdf(content: bytes, pages: int, pixels: int) -> tuple[bytes, int]:
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
            if len(document.objects) > OBJECTS:
                raise Refused("file_unfolds")
            left = UNFOLDED_ALL
            for item in document.objects:
                _look(item, 0)
                if isinstance(item, pikepdf.Stream):
                    left -= _weigh(item, min(left, UNFOLDED), pixels)
            _strip(document)
            out = io.BytesIO()
            document.save(
                out,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
            )
    except pikepdf.PasswordError as error:
        raise Refused("file_encrypted") from error
    except MemoryError as error:
        raise Refused("file_unfolds") from error
    except (pikepdf.PdfError, ValueError, TypeError, RecursionError) as error:
        raise Refused("file_unreadable") from error
    clean = _made(out)
    if zipfile.is_zipfile(io.BytesIO(clean)):  # an archive hidden where no reader of PDF looks
        raise Refused("file_mixed")
    return clean, count


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
    for key in (*DROPPED, *(ELSEWHERE if isinstance(item, pikepdf.Stream) else ())):
        if key in item:
            del item[key]


def _inside(part: Any, depth: int) -> None:
    if getattr(part, "is_indirect", False):  # it is on the list of objects itself
        return
    _look(part, depth + 1)


def _weigh(stream: Any, limit: int, pixels: int) -> int:
    """Bytes the stream unfolds to. Empties attached files; writes anew what has a tail behind its data.

    Raises Refused: `file_unfolds`, `file_pixels`, `file_unreadable`.
    """
    if str(stream.get("/Type", "")) == "/EmbeddedFile":
        stream.write(b"")
        return 0
    if str(stream.get("/Subtype", "")) == "/Image":
        width, height = int(stream.get("/Width", 0)), int(stream.get("/Height", 0))
        if width * height > pixels:
            raise Refused("file_pixels", width=width, height=height, limit=pixels)
    filters = _filters(stream)
    if len(filters) > FILTERS or not set(filters) <= FLATE | ASCII | RUNS | DRAWN | PACKED:
        raise Refused("file_unfolds")
    if not filters:
        return len(stream.read_raw_bytes())
    if filters[-1] in DRAWN:
        _measure(stream, filters, pixels)
    if set(filters) & (ASCII | RUNS):
        return _decoded(stream, filters, limit)
    layers = [name for name in filters if name in FLATE]
    if layers != filters[: len(layers)]:
        raise Refused("file_unreadable")  # an image packed again as a text: nobody writes that
    return _inflated(stream, len(layers), limit, whole=len(layers) == len(filters))


def _filters(stream: Any) -> list[str]:
    import pikepdf

    named = stream.get("/Filter")
    if named is None:
        return []
    return [str(one) for one in (named.as_list() if isinstance(named, pikepdf.Array) else [named])]


def _decoded(stream: Any, filters: list[str], limit: int) -> int:
    """Through qpdf's own filters; the process's memory is the limit while it works."""
    import pikepdf

    try:
        have = len(stream.read_bytes(pikepdf.StreamDecodeLevel.specialized))
    except pikepdf.PdfError as error:  # the last filter is an image's
        if set(filters) & (FLATE | RUNS):
            out_of_memory = "bad_alloc" in str(error)
            raise Refused("file_unfolds" if out_of_memory else "file_unreadable") from error
        have = len(stream.read_raw_bytes())
    if have > limit:
        raise Refused("file_unfolds")
    return have


def _inflated(stream: Any, layers: int, limit: int, *, whole: bool) -> int:
    """Count the unfolded bytes piece by piece, keeping none. whole: nothing but Flate, so it can be written anew."""
    flates = [Flate() for _ in range(layers)]
    pieces: Iterable[bytes] = [stream.read_raw_bytes()]
    for flate in flates:
        pieces = flate.pieces(pieces)
    have, torn = 0, False
    try:
        for piece in pieces:
            have += len(piece)
            if have > limit or any(flate.out > UNFOLDED for flate in flates):
                raise Refused("file_unfolds")
    except zlib.error:
        torn = True
    if whole and (
        torn or any(flate.tail > 2 for flate in flates)
    ):  # an end of line may stand behind the data
        stream.write(stream.read_bytes())
    return have


class Flate:
    """One layer of zlib. out: bytes given so far; tail: bytes behind the end of the data."""

    def __init__(self) -> None:
        self.out = self.tail = 0
        self._flow = zlib.decompressobj()

    def pieces(self, packed: Iterable[bytes]) -> Iterator[bytes]:
        """The content in pieces of at most a megabyte. Raises zlib.error."""
        for chunk in packed:
            left, more = chunk, True
            while more and not self._flow.eof:
                piece = self._flow.decompress(left, PIECE)
                left = self._flow.unconsumed_tail
                more = bool(left) or len(piece) == PIECE
                self.out += len(piece)
                yield piece
            if self._flow.eof:
                self.tail += len(self._flow.unused_data) or len(left)


def _measure(stream: Any, filters: list[str], pixels: int) -> None:
    """An image in the image: its own head may tell other dimensions than the dictionary does."""
    from PIL import Image, UnidentifiedImageError

    if len(filters) > 1:
        return  # behind another filter; what a page may show is said by its dictionary
    Image.MAX_IMAGE_PIXELS = pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(stream.read_raw_bytes()), formats=["JPEG", "JPEG2000"]) as picture:
            width, height = picture.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("file_pixels", limit=pixels) from error
    except (UnidentifiedImageError, OSError, SyntaxError):  # not to be drawn by anybody
        return
    if width * height > pixels:
        raise Refused("file_pixels", width=width, height=height, limit=pixels)


def _strip(document: Any) -> None:
    for item, kept in (
        (document.trailer, KEPT_TRAILER),
        (document.Root, KEPT_ROOT),
        *((page.obj, KEPT_PAGE) for page in document.pages),
    ):
        for key in list(item.keys()):
            if key not in kept:
                del item[key]


def confine() -> None:
    """Take from ourselves what cleaning does not need. Nobody but root can give it back."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def load() -> None:
    """Read every library that any file may want, those Pillow reads late too: nobody may not reach them."""
    import pikepdf
    from PIL import (  # noqa: F401 - wanted later
        ExifTags,
        Image,
        ImageChops,
        ImageMath,
        ImageOps,
        ImagePalette,
        Jpeg2KImagePlugin,
        JpegPresets,
        MpoImagePlugin,
        TiffImagePlugin,
    )

    Image.preinit()
    pikepdf.new().save(io.BytesIO())


def renounce() -> None:
    """Root becomes nobody, for whom alone some limits hold."""
    if os.getuid() != 0:
        return
    load()
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def main() -> None:
    """Limit ourselves, read, clean, write."""
    confine()
    renounce()
    media_type, pages, pixels = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    content = sys.stdin.buffer.read()
    head: dict[str, object]
    try:
        if media_type == "application/pdf":
            clean, count = clean_pdf(content, pages, pixels)
        else:
            kind = {"image/jpeg": "JPEG", "image/png": "PNG"}[media_type]
            clean, count = clean_image(content, kind, pixels)
        head = {"pages": count}
    except Refused as refused:
        head, clean = {"code": refused.code, "detail": refused.detail}, b""
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + clean)


if __name__ == "__main__":
    main()
