"""Golos Text for the browser (variable, by alphabet) and for typst (two static faces, all alphabets in one).

typst mixes another serif in silently when a face lacks a letter, so the npm subsets are merged.
"""

import shutil
import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

SUBSETS = ("latin", "cyrillic", "latin-ext", "cyrillic-ext")
FACES = {"Regular": 400, "Bold": 700}
FAMILY, SUBFAMILY, UNIQUE, FULL, POSTSCRIPT = 1, 2, 3, 4, 6


def renew(package: Path, design: Path) -> list[Path]:
    """Copy the web fonts and make the static ones; package: the npm package's folder."""
    web = design / "static" / "design" / "fonts"
    for folder in (web, design / "fonts"):
        folder.mkdir(parents=True, exist_ok=True)
    made = []
    for subset in SUBSETS:
        source = package / "files" / f"golos-text-{subset}-wght-normal.woff2"
        made.append(Path(shutil.copyfile(source, web / f"golos-text-{subset}.woff2")))
    shutil.copyfile(package / "LICENSE", design / "fonts" / "OFL.txt")
    for name, weight in FACES.items():
        made.append(design / "fonts" / f"GolosText-{name}.ttf")
        static_face(name, weight, made[:4]).save(made[-1])
    return made


def static_face(name: str, weight: int, subsets: list[Path]) -> TTFont:
    """One weight of all alphabets together."""
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for source in subsets:
            font = instantiateVariableFont(TTFont(source), {"wght": weight})
            font.flavor = None
            for table in ("VVAR", "vhea", "vmtx", "STAT", "prep", "gasp"):
                if table in font:
                    del font[table]
            parts.append(str(Path(folder) / f"{source.stem}.ttf"))
            font.save(parts[-1])
        merged = Merger().merge(parts)
    label(merged, name, weight)
    return merged


def label(font: TTFont, name: str, weight: int) -> None:
    """Tell the merged face what it is called and how heavy it is."""
    words = {
        FAMILY: "Golos Text",
        SUBFAMILY: name,
        UNIQUE: f"GolosText-{name} merged",
        FULL: f"Golos Text {name}",
        POSTSCRIPT: f"GolosText-{name}",
    }
    for identifier, text in words.items():
        font["name"].setName(text, identifier, 3, 1, 0x409)
    bold = weight >= FACES["Bold"]
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = (font["OS/2"].fsSelection & ~0b1100001) | (0b100000 if bold else 0b1000000)
    font["head"].macStyle = int(bold)
