"""Files meant to do harm, made on the spot; none is kept in the repository."""

import io
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from dopusk.web.files.tests import papers

MEGABYTE = 1024 * 1024
SCRIPT = b"<script>alert(1)</script>"
PHP = b"<?php system($_GET['x']); ?>"
# the harmless sample every antivirus knows, in two halves: this source is no sample itself
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def zeros(megabytes: int) -> bytes:
    """So many megabytes of nothing, packed a thousandfold."""
    squeeze = zlib.compressobj(9)
    return b"".join(squeeze.compress(bytes(MEGABYTE)) for _ in range(megabytes)) + squeeze.flush()


def document(spoil: Callable[[Pdf], None]) -> bytes:
    """One blank page, spoilt."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        spoil(made)
        made.save(out, compress_streams=False)
    return out.getvalue()


def streaming(raw: bytes, **entries: object) -> bytes:
    """A page whose content is this stream as it stands. entries: of the stream's dictionary."""

    def spoil(made: Pdf) -> None:
        stream = made.make_stream(b"")
        stream.write(raw, filter=entries.get("Filter"))  # type: ignore[arg-type]  # pikepdf takes an array too
        for name, value in entries.items():
            if name != "Filter":
                stream[f"/{name}"] = value
        made.pages[0].obj["/Contents"] = stream

    return document(spoil)


def picturing(raw: bytes, kind: Name, width: int, height: int) -> bytes:
    """A page with an image in it. width, height: as its dictionary tells."""

    def spoil(made: Pdf) -> None:
        image = made.make_stream(b"")
        image.write(raw, filter=kind)
        image["/Type"], image["/Subtype"] = Name.XObject, Name.Image
        image["/Width"], image["/Height"] = width, height
        image["/ColorSpace"], image["/BitsPerComponent"] = Name.DeviceGray, 8
        made.pages[0].obj["/Resources"] = Dictionary(XObject=Dictionary(Im0=image))

    return document(spoil)


def zip_bomb() -> bytes:
    """A hundred megabytes in a hundred kilobytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a", bytes(100 * MEGABYTE))
    return out.getvalue()


def archive(name: str = "evil.html", content: bytes = SCRIPT) -> bytes:
    """A small ZIP, stored and not packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(name, content)
    return out.getvalue()


def flate_bomb() -> bytes:
    """A megabyte whose content unfolds to a gigabyte."""
    return streaming(zeros(1000), Filter=Name.FlateDecode)


def folded_flate_bomb() -> bytes:
    """Packed twice: some kilobytes, a gigabyte."""
    return streaming(zlib.compress(zeros(1000), 9), Filter=Array([Name.FlateDecode, Name.FlateDecode]))


def many_flate_bombs() -> bytes:
    """No stream is too large, all together are."""

    def spoil(made: Pdf) -> None:
        raw = zeros(100)
        parts = []
        for _ in range(12):
            stream = made.make_stream(b"")
            stream.write(raw, filter=Name.FlateDecode)
            parts.append(stream)
        made.pages[0].obj["/Contents"] = Array(parts)

    return document(spoil)


def run_length_bomb() -> bytes:
    """RunLength unfolds 64 times, under Flate a thousand times that."""
    runs = zlib.compress(b"\x81\x00" * (8 * MEGABYTE), 9)
    return streaming(runs, Filter=Array([Name.FlateDecode, Name.RunLengthDecode]))


def _with_table(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, the first of them the catalogue, written byte by byte."""
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, trailer)
    return out + b"startxref\n%d\n%%%%EOF\n" % table


PAGES = [
    b"<< /Type /Catalog /Pages 2 0 R /Deep 4 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>",
]


def nested(depth: int = 100_000) -> bytes:
    """Arrays in arrays in arrays."""
    return _with_table([*PAGES, b"[" * depth + b"]" * depth])


def _object_stream(body: bytes, first: int, count: int) -> bytes:
    """A PDF whose only cross-reference is a stream and whose fifth object holds others, packed."""
    packed = zlib.compress(body, 9)
    out, places = b"%PDF-1.7\n", [0]
    held = b"<< /Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
    for number, text in enumerate([*PAGES[:3], b"null", held % (count, first, len(packed), packed)], 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + text + b"\nendobj\n"
    table = len(out)
    rows = b"".join(b"\x01" + place.to_bytes(4, "big") + b"\x00\x00" for place in [*places[1:4]])
    rows = b"\x00" + bytes(4) + b"\xff\xff" + rows + b"\x02" + (5).to_bytes(4, "big") + b"\x00\x00"
    rows += (
        b"\x01"
        + places[5].to_bytes(4, "big")
        + b"\x00\x00"
        + b"\x01"
        + table.to_bytes(4, "big")
        + b"\x00\x00"
    )
    out += (
        b"6 0 obj\n<< /Type /XRef /Size 7 /W [1 4 2] /Root 1 0 R /Length %d >>\nstream\n%s\nendstream\nendobj\n"
        % (
            len(rows),
            rows,
        )
    )
    return out + b"startxref\n%d\n%%%%EOF\n" % table


def deep_object_stream(depth: int = 200_000) -> bytes:
    """A packed object stream that holds one bottomless object."""
    return _object_stream(b"4 0 " + b"[" * depth + b"]" * depth, 4, 1)


def object_stream_bomb() -> bytes:
    """A packed object stream that unfolds to a gigabyte of spaces."""
    squeeze = zlib.compressobj(9)
    blank = b" " * MEGABYTE
    packed = squeeze.compress(b"4 0 ") + b"".join(squeeze.compress(blank) for _ in range(1100))
    packed += squeeze.compress(b"null") + squeeze.flush()
    held = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
    made = _object_stream(b"4 0 null", 4, 1)
    small = zlib.compress(b"4 0 null", 9)
    return made.replace(held % (len(small), small), held % (len(packed), packed))


def with_script() -> bytes:
    """JavaScript in the names tree, its key disguised."""
    action = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    made = document(
        lambda one: one.Root.__setitem__("/Names", Dictionary(JavaScript=Dictionary(Names=["a", action])))
    )
    return made.replace(b"/JS", b"/J#53").replace(b"/S /JavaScript", b"/S /J#61vaScript")


def with_attachment(payload: bytes = b"MZ the payload of the attachment") -> bytes:
    """A file in the names tree, in /AF, in an annotation, and under a name nobody knows."""

    def spoil(made: Pdf) -> None:
        made.attachments["evil.exe"] = pikepdf.AttachedFileSpec(made, payload)
        spec = made.attachments["evil.exe"].obj
        page = made.pages[0].obj
        made.Root["/AF"] = Array([spec])
        page["/Annots"] = Array(
            [made.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, FS=spec))]
        )
        page["/Resources"] = Dictionary(Hidden=spec["/EF"]["/F"])

    return document(spoil)


def pdf_with_zip(*, inside: bool) -> bytes:
    """A document that is an archive too: behind its end, or as a stream within."""
    if not inside:
        return papers.pdf(1) + archive()
    tail = zlib.compress(b"0 0 m") + archive()
    return streaming(tail, Filter=Name.FlateDecode)


def jpeg(*, comment: bytes = b"", tail: bytes = b"", **more: bytes) -> bytes:
    """A photograph with something beside its pixels. more: of Pillow's `save`."""
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(out, "JPEG", comment=comment, **more)  # type: ignore[arg-type]
    return out.getvalue() + tail


def png(*, texts: dict[str, str], profile: bytes) -> bytes:
    """A picture with texts and a colour profile that is none."""
    out, info = io.BytesIO(), PngInfo()
    for name, text in texts.items():
        info.add_text(name, text)
    Image.new("RGB", (64, 64), "white").save(out, "PNG", pnginfo=info, icc_profile=profile)
    return out.getvalue()


def gif_with_script() -> bytes:
    """Begins as a picture, runs as a script."""
    return b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)//"


def eicar_pdf(payload: bytes = EICAR) -> bytes:
    """The sample packed inside a page's content."""
    return streaming(zlib.compress(payload), Filter=Name.FlateDecode)
