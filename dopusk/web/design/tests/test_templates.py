"""Every template of the product keeps the strict content security policy and the common frame."""

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[3]
TEMPLATES = [path for path in sorted(PACKAGE.rglob("*.html")) if "node_modules" not in path.parts]
PAGES = [path for path in TEMPLATES if "<html" in path.read_text(encoding="utf-8")]


def name(path):
    return str(path.relative_to(PACKAGE))


def of(path):
    return re.sub(r"{% comment.*?endcomment %}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
@pytest.mark.parametrize(
    "forbidden",
    [
        pytest.param(r"<style\b", id="style element"),
        pytest.param(r"\sstyle\s*=", id="style attribute"),
        pytest.param(r"<script\b(?![^>]*(\ssrc=|type=.application/json))", id="inline script"),
        pytest.param(r"<[^>]*\son[a-z]+\s*=", id="event attribute"),
        pytest.param(r"javascript:", id="javascript address"),
        pytest.param(r"\s(src|href)=[\"'](https?:)?//", id="something from elsewhere"),
        pytest.param(r"<base\b", id="base"),
    ],
)
def test_a_template_keeps_the_policy(path, forbidden):
    assert not re.search(forbidden, of(path), re.IGNORECASE)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_form_that_changes_something_carries_its_token(path):
    for form in re.findall(r"<form\b.*?</form>", of(path), re.DOTALL | re.IGNORECASE):
        if re.search(r'method="post"', form, re.IGNORECASE):
            assert "csrf" in form


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_class_of_ours_is_one_the_style_sheet_knows(path):
    """The common sheet, or one of the slice's own."""
    slice_ = PACKAGE.joinpath(*path.relative_to(PACKAGE).parts[:2])
    sheets = [PACKAGE / "web" / "design" / "static" / "design" / "dopusk.css", *slice_.glob("static/*/*.css")]
    css = "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    known = set(re.findall(r"\.(dk-[\w-]+)", css))
    given = " ".join(re.findall(r'class="([^"]*)"', of(path)))
    used = set(re.findall(r"(?<![\w-])dk-[\w-]+(?![\w{-])", re.sub(r"{%.*?%}", " ", given)))
    assert sorted(one for one in used - known if not one.endswith("-")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_picture_has_words(path):
    for image in re.findall(r"<img\b[^>]*>", of(path), re.IGNORECASE):
        assert " alt=" in image


def test_only_the_frame_and_our_own_fault_begin_a_page():
    assert {path.name for path in PAGES if "/design/" in str(path)} == {"page.html", "500.html"}
    assert all('<html lang="{{ LANGUAGE }}"' in path.read_text(encoding="utf-8") for path in PAGES)


def test_styles_and_script_reach_for_nothing_outside():
    static = PACKAGE / "web" / "design" / "static" / "design"
    css = (static / "dopusk.css").read_text(encoding="utf-8")
    assert css.count("@font-face") == 4
    assert not re.search(r"url\([\"']?(https?:)?//|@import", css)
    for address in re.findall(r"url\([\"']?([^)\"']+)", css):
        assert address.startswith("data:") or (static / address).exists()
    assert "GDS Transport" not in css
