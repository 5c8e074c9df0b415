"""The static faces for the certificate have every letter we print: typst would mix in another serif silently."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parents[1] / "fonts"
PRINTED = "АБВЁЖЙЩЪЫЬЭЮЯабвёжйщъыьэюя ABCXYZabcxyz 0123456789 №—–«»…·.,:;!?()/-+%@_*'\"₽"


@pytest.mark.parametrize(("name", "weight"), [("Regular", 400), ("Bold", 700)])
def test_a_face_has_all_we_print(name, weight):
    font = TTFont(FONTS / f"GolosText-{name}.ttf")
    letters = font.getBestCmap()
    assert [letter for letter in PRINTED if ord(letter) not in letters] == []
    assert "fvar" not in font
    assert font["OS/2"].usWeightClass == weight
    assert font["name"].getDebugName(1) == "Golos Text"
    assert font["name"].getDebugName(2) == name


def test_their_licence_lies_beside_them():
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text(encoding="utf-8").upper()
