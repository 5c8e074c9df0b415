"""The text Анна signs says where, when and for what; and there is one way only to write it."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.kernel.invalid import Invalid
from dopusk.kernel.signable import LARGEST, MAGIC, Signable, one_line, read

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=timezone(timedelta(hours=3)))
NUMBER = UUID("6f1c1f0e-6f4e-4a2f-8f0e-2a2f5d1c9b11")


def signin(**changes: object) -> Signable:
    said = {
        "title": "Вход на портал «допуск»",
        "origin": "http://localhost:8000",
        "made_at": NOW,
        "good_until": NOW + timedelta(minutes=10),
        "number": NUMBER,
        "lines": ("Фамилия: Орлова",),
    }
    return Signable(**(said | changes))  # type: ignore[arg-type]


def test_what_is_written_is_read_again_and_ends_every_line_by_crlf() -> None:
    content = signin().write()
    assert read(content) == signin()
    assert content.startswith(MAGIC.encode() + b"\r\n")
    assert content.count(b"\n") == content.count(b"\r\n") == 8


@given(st.lists(st.text(max_size=60), max_size=8), st.text(min_size=1, max_size=60))
def test_any_text_of_a_person_becomes_a_line_that_is_read_again(lines: list[str], title: str) -> None:
    said = signin(title=f"Заявление {one_line(title)}", lines=tuple(map(one_line, lines)))
    assert read(said.write()) == said


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": " "}, "signable_unseen"),
        ({"title": "Вход\r\nАдрес: https://evil.example"}, "signable_unseen"),
        ({"lines": ("за\u202eмена",)}, "signable_unseen"),
        ({"lines": ("\x1b[2J",)}, "signable_unseen"),
        ({"lines": ("Часов: 144\U000e0031\U000e0034\U000e0035",)}, "signable_unseen"),  # tags
        ({"lines": ("Часов:\u3164144",)}, "signable_unseen"),  # a letter that fills
        ({"lines": ("Часов:\u2800144",)}, "signable_unseen"),
        ({"lines": ("Часов: 144\ufe0f",)}, "signable_unseen"),
        ({"origin": "http://localhost:8000/"}, "signable_origin"),
        ({"origin": "null"}, "signable_origin"),
        ({"origin": "file://"}, "signable_origin"),
        ({"made_at": NOW.replace(tzinfo=None)}, "signable_time"),
        ({"made_at": NOW.replace(microsecond=1)}, "signable_time"),
        ({"good_until": NOW - timedelta(seconds=1)}, "signable_time"),
        ({"lines": ("я" * LARGEST,)}, "signable_size"),
    ],
)
def test_a_text_that_would_deceive_is_not_written(changes: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        signin(**changes).write()
    assert refused.value.code == code


@pytest.mark.parametrize(
    "spoil",
    [
        lambda good: b"",
        lambda good: b"\xef\xbb\xbf" + good,
        lambda good: good.replace(b"\r\n", b"\n"),
        lambda good: good[:-2],
        lambda good: good + b"x",
        lambda good: good.replace(b"2026-11-23T09:30:00+03:00", b"2026-11-23 09:30:00+03:00"),
        lambda good: good.replace(b"6f1c1f0e", b"6F1C1F0E"),
        lambda good: b"MZ" + good,
        lambda good: good[:40] + b"\xff" + good[40:],
    ],
)
def test_other_bytes_are_no_such_text(spoil: object) -> None:
    with pytest.raises(Invalid) as refused:
        read(spoil(signin().write()))  # type: ignore[operator]
    assert refused.value.code == "signable_form"


def test_the_zone_is_kept_as_it_was_written() -> None:
    said = signin(made_at=NOW.astimezone(UTC), good_until=NOW)
    assert read(said.write()).made_at.isoformat() == "2026-11-23T06:30:00+00:00"
