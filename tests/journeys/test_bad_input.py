"""Bad input: a clear error at its field, everything typed still there, never a broken page."""

import io
import json

import httpx
import pikepdf
import pytest
from PIL import Image

from dopusk.stand.scan import scanned_pdf
from dopusk.stand.story import Story, anna_begins, sign_in
from dopusk.stand.visitor import Visitor

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def story(stand):
    """Виктор with a draft."""
    made = Story(stand, who="viktor")
    sign_in(made, "viktor")
    anna_begins(made)
    return made


def encrypted_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out, encryption=pikepdf.Encryption(owner="x", user="y"))
    return out.getvalue()


def picture_bomb() -> bytes:
    out = io.BytesIO()
    Image.new("1", (30000, 30000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("большой.pdf", scanned_pdf([["Отчёт"]]) + b"%" * (30 * MIB)),
        ("программа.pdf", b"MZ\x90\x00" + b"\x00" * 5000),
        ("пустой.pdf", b""),
        ("под паролем.pdf", encrypted_pdf()),
        ("бомба.png", picture_bomb()),
        ("страница.jpg", b"<html><script>alert(1)</script></html>"),
    ],
    ids=["30 MB", "exe named pdf", "empty", "encrypted", "bomb", "html named jpg"],
)
def test_a_file_that_cannot_be_taken_is_refused_at_its_field_and_the_answers_stay(story, name, content):
    viktor = story.visitor("viktor")
    viktor.open(f"{story.application}steps/report/")
    page = viktor.submit(
        {"action": "save", "agreement": "refused", "refusal_reason": "Не хватило печати"},
        files={"activity_report": (name, content, "application/pdf")},
        expect=422,
    )
    assert page.document.xpath("//*[@id='id_activity_report' and @aria-describedby]")
    assert page.errors()
    assert page.document.xpath("//input[@name='agreement' and @value='refused' and @checked]")
    assert "Не хватило печати" in page.text


@pytest.mark.parametrize(
    ("field", "typed"),
    [("phone", "12345"), ("phone", "+7 900 ???"), ("email", "anna@"), ("email", "нет почты")],
)
def test_a_contact_that_cannot_be_right_is_said_and_kept_as_typed(story, field, typed):
    viktor = story.visitor("viktor")
    viktor.open(f"{story.application}steps/contacts/")
    page = viktor.submit({"action": "save", field: typed}, expect=422)
    assert page.errors()
    assert page.document.xpath(f"//input[@name='{field}']/@value") == [typed]


@pytest.mark.parametrize(
    "typed", ["112-233-445 96", "000-000-600 3", "500100732258", "89", "анна", "  anna@example.org "]
)
def test_an_identifier_that_cannot_be_right_is_kept_and_answered_like_any_other(stand, typed):
    stranger = Visitor("stranger")
    stranger.open(f"{stand.portal}/signin/")
    page = stranger.submit({"identifier": typed, "password": "не тот пароль"}, action="/signin/", expect=422)
    assert page.document.xpath("//main//*[@role='alert' or contains(@class, 'dk-problem')]")
    assert page.document.xpath("//input[@name='identifier']/@value") == [typed]


def test_a_session_that_ends_in_mid_form_loses_nothing_typed(story):
    viktor = story.visitor("viktor")
    viktor.open(f"{story.application}steps/contacts/")
    viktor.client.cookies.delete("cabinet_session")
    viktor.submit({"action": "save", "email": "new.address@example.org"})
    identifier = "viktor@example.org"
    if viktor.now.url.startswith(story.stand.portal):
        viktor.submit(
            {"identifier": identifier, "password": story.stand.password(identifier)}, action="/signin/"
        )
    values = viktor.now.document.xpath("//input[@name='email']/@value")
    assert values == ["new.address@example.org"], f"{viktor.now.url}: {viktor.now.text[:800]}"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/passports/check", {"series": "99", "number": "x", "issueDate": "31.02.2020"}),
        ("/api/snils/check", {"snils": "11223344596", "birthDate": "вчера"}),
    ],
)
def test_programs_get_a_problem_that_names_the_fields(stand, path, body):
    token = json.loads((stand.state / "secrets.json").read_text())["DOPUSK_CABINET_REGISTERS_TOKEN"]
    answer = httpx.post(f"{stand.registers}{path}", json=body, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["code"]


@pytest.mark.parametrize(
    "number", ["1", "x" * 500, "%00", "..%5C..%5Cetc", "7726000000001'--", "ё", "%F0%9F%98%80"]
)
def test_a_number_that_is_none_is_not_found_and_no_more(stand, number):
    answer = httpx.get(f"{stand.cabinet}/verify/{number}?code=%00", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["status"]) == (200, "not_found")
