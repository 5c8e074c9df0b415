"""Paper as a scanner gives it: a PDF of pictures, for walking the main job with a real file."""

import io
import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONT = Path(__file__).resolve().parents[1] / "web" / "design" / "fonts" / "GolosText-Regular.ttf"
A4_150_DPI = (1240, 1754)  # pixels


def scanned_pdf(pages: list[list[str]], *, seed: int = 1) -> bytes:
    """One grey, slightly turned and speckled picture a page; pages: lines of text."""
    dice = random.Random(seed)  # noqa: S311 - specks, not secrets
    font = ImageFont.truetype(str(FONT), 30)
    pictures = []
    for lines in pages:
        sheet = Image.new("L", A4_150_DPI, 250)
        draw = ImageDraw.Draw(sheet)
        for number, line in enumerate(lines):
            draw.text((120, 140 + number * 52), line, font=font, fill=40)
        for _ in range(1500):
            x, y = dice.randrange(A4_150_DPI[0]), dice.randrange(A4_150_DPI[1])
            draw.point((x, y), fill=dice.randrange(120, 220))
        pictures.append(sheet.rotate(dice.uniform(-0.7, 0.7), fillcolor=244).convert("RGB"))
    out = io.BytesIO()
    pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:], resolution=150)
    return out.getvalue()
