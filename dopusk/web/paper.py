"""Papers the sites give out: PDF/A-2a and PDF/UA-1 by typst, set in the design's typeface, in Russian."""

import json
import threading
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

import typst

from dopusk.web import design

_MONTHS: Final = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
_compiling = threading.Lock()


def draw(template: Path, words: Mapping[str, object], at: datetime) -> bytes:
    """The PDF of a typst template, which finds `words` as JSON in the input named after it.

    at: aware; the only clock in the paper, so that the same paper gives the same bytes. Raises ValueError when naive.
    """
    if at.tzinfo is None:
        raise ValueError("a paper's moment must be aware")
    with _compiling:  # one compiler a template, its fonts loaded once; a page takes milliseconds
        made = _compiler(template).compile(
            format="pdf",
            sys_inputs={template.stem: json.dumps(words, ensure_ascii=False)},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=int(at.timestamp()),
        )
    assert isinstance(made, bytes)
    return made


def day(on: date) -> str:
    """`22 ноября 2026`, with no-break spaces."""
    return f"{on.day}\u00a0{_MONTHS[on.month - 1]}\u00a0{on.year}"


@cache
def _compiler(template: Path) -> typst.Compiler:
    fonts = Path(design.__file__).parent / "fonts"
    only_ours = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts)])
    return typst.Compiler(template, root=template.parent, font_paths=only_ours, ignore_system_fonts=True)
