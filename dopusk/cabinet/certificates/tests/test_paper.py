"""The register extract: one page, tagged, with its own fonts, the same bytes for the same facts."""

import dataclasses
import io
import subprocess
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pikepdf
import pytest
import segno
from PIL import Image

from dopusk.cabinet.certificates.paper import Paper, SealLine, render

MOSCOW = timezone(timedelta(hours=3))
ANNA = Paper(
    number="7726000000017",
    code="4F7K9QXM2T8B",
    holder="Орлова Анна Сергеевна",
    specialty="Сестринское дело",
    specialty_code="34.02.01",
    kind="periodic",
    protocol_number="11-СД",
    protocol_date=date(2026, 11, 24),
    valid_from=date(2026, 11, 24),
    valid_until=date(2031, 11, 24),
    commission="Аккредитационная комиссия Тверской области",
    organisation="Учебный федеральный аккредитационный центр",
    verify_url="http://localhost:8001/verify/7726000000017?code=4F7K9QXM2T8B",
    issued_at=datetime(2026, 11, 24, 15, 4, tzinfo=MOSCOW),
    seal=SealLine("Учебный центр", "4A00 17C2 9B11", date(2026, 11, 1), date(2029, 10, 31)),
)
# the longest of everything that may really occur
LONGEST = dataclasses.replace(
    ANNA,
    holder="Константинопольская-Рождественская Александра-Виктория Абдурахмановна-Магомедовна кызы",
    specialty="Рентгенэндоваскулярные диагностика и лечение, организация здравоохранения и общественное здоровье",
    kind="primary_specialized",
    protocol_number="2026/11-24-ПЕРИОДИЧЕСКАЯ-СРЕДНИЙ-ПЕРСОНАЛ",
    commission="Центральная аккредитационная комиссия Министерства здравоохранения Российской Федерации для "
    "специалистов с высшим медицинским образованием, секция рентгенэндоваскулярной диагностики и лечения",
    organisation="Федеральный аккредитационный центр при Первом Московском государственном медицинском университете",
)


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def text_of(pdf: bytes, folder: Path) -> str:
    (folder / "paper.pdf").write_bytes(pdf)
    command = ["pdftotext", "-layout", "paper.pdf", "-"]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    return " ".join(told.replace("\u00a0", " ").split())


def elements(node: pikepdf.Object) -> list[pikepdf.Dictionary]:
    """The structure tree in reading order."""
    if not isinstance(node, pikepdf.Dictionary) or "/S" not in node:
        return []
    inside = node.get("/K", pikepdf.Array())
    children = list(inside) if isinstance(inside, pikepdf.Array) else [inside]
    return [node, *(found for child in children for found in elements(child))]


def tags(pdf: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    roots = pdf.Root.StructTreeRoot.K
    return [
        found for root in (roots if isinstance(roots, pikepdf.Array) else [roots]) for found in elements(root)
    ]


def test_the_same_facts_give_the_same_bytes_and_other_facts_give_others() -> None:
    assert render(ANNA) == render(ANNA)
    assert render(ANNA) != render(dataclasses.replace(ANNA, number="7726000000018"))


def test_everything_a_reader_needs_stands_on_it(tmp_path: Path) -> None:
    told = text_of(render(ANNA), tmp_path)
    for words in (
        "Выписка о прохождении аккредитации",
        "(учебный стенд)",
        "Орлова Анна Сергеевна",
        "Сестринское дело",
        "34.02.01",
        "Периодическая",
        "№ 11-СД от 24 ноября 2026",
        "Аккредитационная комиссия Тверской области",
        "24 ноября 2031",
        "7726 000000017",
        "4F7K-9QXM-2T8B",
        "localhost:8001/verify/7726000000017",
        "Сертификат 4A00 17C2 9B11",
        "Это не государственный документ",
    ):
        assert words in told


def test_its_day_is_moscow_s_in_the_hours_when_utc_is_still_in_yesterday(tmp_path: Path) -> None:
    at_night = dataclasses.replace(ANNA, issued_at=datetime(2026, 11, 24, 21, 30, tzinfo=UTC))
    assert "Сформирована 25 ноября 2026" in text_of(render(at_night), tmp_path)


def test_it_never_passes_for_the_official_certificate(tmp_path: Path) -> None:
    told = text_of(render(ANNA), tmp_path).lower()
    assert told.count("учебный стенд") >= 3
    assert "свидетельство" not in told


def test_outside_the_sandbox_it_is_no_sandbox_paper(tmp_path: Path) -> None:
    told = text_of(render(dataclasses.replace(ANNA, sandbox=False)), tmp_path).lower()
    assert "учебный стенд" not in told
    assert "вымышлены" not in told


def test_a_specialty_without_a_code_says_nothing_of_a_code(tmp_path: Path) -> None:
    told = text_of(render(dataclasses.replace(ANNA, specialty_code="")), tmp_path)
    assert "Код специальности" not in told


@pytest.mark.parametrize("paper", [ANNA, LONGEST], ids=["anna", "longest"])
def test_it_is_one_page_of_a4_and_loses_nothing(paper: Paper, tmp_path: Path) -> None:
    pdf = render(paper)
    with opened(pdf) as read:
        assert len(read.pages) == 1
        width, height = (float(side) / 72 * 25.4 for side in read.pages[0].MediaBox[2:])
    assert (round(width), round(height)) == (210, 297)
    told = text_of(pdf, tmp_path).replace(" ", "").replace("-", "")
    for words in (paper.holder, paper.specialty, paper.commission, paper.organisation):
        assert words.replace(" ", "").replace("-", "")[:40] in told


def test_what_looks_like_markup_is_only_text(tmp_path: Path) -> None:
    odd = dataclasses.replace(ANNA, holder="#panic[*Орлова*] $x$ _а_ \\ <b>")
    assert "#panic[*Орлова*] $x$ _а_ \\ <b>" in text_of(render(odd), tmp_path)


def test_pdffonts_lists_golos_alone_embedded_and_readable(tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(render(LONGEST))
    told = subprocess.run(["pdffonts", "paper.pdf"], cwd=tmp_path, capture_output=True, text=True, check=True)
    fonts = told.stdout.splitlines()[2:]
    assert len(fonts) == 2
    for line in fonts:
        assert "GolosText-" in line
        assert line.split()[-5:-2] == ["yes", "yes", "yes"]  # embedded, subset, with a map to Unicode


def test_the_structure_of_pdf_a_2a_stands() -> None:
    with opened(render(ANNA)) as pdf:
        root = pdf.Root
        assert root.OutputIntents[0].S == "/GTS_PDFA1"
        assert root.OutputIntents[0].DestOutputProfile.N == 3
        with pdf.open_metadata() as meta:
            assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "A")
            assert meta["pdfuaid:part"] == "1"
            assert meta["dc:title"].startswith("Выписка о прохождении аккредитации (учебный стенд)")
        assert root.MarkInfo.Marked
        assert str(root.Lang) == "ru-RU"
        assert root.ViewerPreferences.DisplayDocTitle
        assert pdf.trailer.ID
        assert not pdf.is_encrypted
        assert "/AcroForm" not in root
        assert not {"/OpenAction", "/AA", "/AF", "/Names"} & set(root.keys())


def test_nothing_in_it_acts_by_itself() -> None:
    with opened(render(ANNA)) as pdf:
        for found in pdf.objects:
            if isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
                assert "/JS" not in found
                assert found.get("/S") not in ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData")
                assert found.get("/Type") != "/EmbeddedFile"


def test_every_font_is_embedded() -> None:
    with opened(render(ANNA)) as pdf:
        described = [
            o
            for o in pdf.objects
            if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"
        ]
        assert len(described) == 2
        for one in described:
            assert "/FontFile2" in one or "/FontFile3" in one


def test_a_screen_reader_is_led_through_it() -> None:
    with opened(render(ANNA)) as pdf:
        found = tags(pdf)
        kinds = [str(tag.S) for tag in found]
        assert kinds.count("/H1") == 1
        assert kinds.index("/H1") < kinds.index("/H2") < len(kinds)
        (figure,) = [tag for tag in found if tag.S == "/Figure"]
        assert ANNA.verify_url in str(figure.Alt)
        (link,) = [tag for tag in found if tag.S == "/Link"]
        page = pdf.pages[0]
        (annotation,) = page.Annots
        assert str(annotation.A.URI) == ANNA.verify_url
        assert annotation.Contents
        assert page.Tabs == "/S"
        assert link is not None


def test_the_qr_reads_as_the_address(tmp_path: Path) -> None:
    """The modules drawn on the page are the code of the address, module for module."""
    (tmp_path / "paper.pdf").write_bytes(render(ANNA))
    subprocess.run(["pdftoppm", "-r", "300", "-gray", "paper.pdf", "page"], cwd=tmp_path, check=True)
    page = Image.open(next(tmp_path.glob("page*.pgm")))
    code = [list(row) for row in segno.make(ANNA.verify_url, error="m", micro=False).matrix]
    per_mm = 300 / 25.4
    with opened(render(ANNA)) as pdf:
        (figure,) = [tag for tag in tags(pdf) if tag.S == "/Figure"]
        (box,) = [attribute.BBox for attribute in figure.A if "/BBox" in attribute]
        left, bottom, right, top = (float(side) / 72 * 25.4 for side in box)
    size = len(code)
    step_x, step_y = (right - left) / size, (top - bottom) / size
    assert round(right - left) == 34
    for row in range(size):
        for column in range(size):
            x = int((left + (column + 0.5) * step_x) * per_mm)
            y = int((297 - top + (row + 0.5) * step_y) * per_mm)
            assert (page.getpixel((x, y)) < 128) == bool(code[row][column]), (row, column)


def test_a_time_without_a_zone_is_not_accepted() -> None:
    with pytest.raises(ValueError):
        render(dataclasses.replace(ANNA, issued_at=datetime(2026, 11, 24, 15, 4)))  # noqa: DTZ001 - that is the point
