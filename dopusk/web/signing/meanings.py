"""What each refusal means, for the page of help: gathered from the very words the pages say, in their language.

A site adds its own refusals to `words.OF_THIS_SITE`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dopusk.web.signing import words
from dopusk.web.signing.words import Sentences


@dataclass(frozen=True)
class Meaning:
    """A refusal. code: its anchor on the page."""

    code: str
    what: str
    why: str
    todo: str

    def has(self, asked: list[str]) -> bool:
        """Whether each of these stands in it."""
        said = _plain(f"{self.code} {self.what} {self.why} {self.todo}")
        return all(one in said for one in asked)


@dataclass(frozen=True)
class Group:
    """Refusals of one kind."""

    name: str
    title: str | Promise
    meanings: list[Meaning]


def groups(asked: str = "") -> list[Group]:
    """Every refusal, those of programs first; asked: only those that have each of these words in them."""
    wanted = _plain(asked).split()
    every = (
        Group("programs", _("Программы на Вашем компьютере"), _of_programs()),
        Group("signature", _("Подпись, сертификат, текст"), _of(words.SENTENCES)),
        Group("site", _("Только на этом сайте"), _of(words.OF_THIS_SITE)),
    )
    found = (
        Group(one.name, one.title, [meaning for meaning in one.meanings if meaning.has(wanted)])
        for one in every
    )
    return [one for one in found if one.meanings]


def _of(sentences: Mapping[str, Sentences]) -> list[Meaning]:
    return [
        Meaning(code, *map(str, said))
        for code, said in sentences.items()
        if code != "good"  # no refusal
    ]


def _of_programs() -> list[Meaning]:
    """What the page's script says by itself, out of the template it takes it from."""
    told = _Told()
    told.feed(render_to_string("signing/parts/messages.html"))
    told.close()
    found = []
    for code, paragraphs in told.paragraphs.items():
        what, *why, todo = (" ".join(one.split()) for one in paragraphs)
        found.append(Meaning(code, what, " ".join(why), todo))
    return found


@dataclass
class _Told(HTMLParser):
    """Headings and paragraphs of each `<template data-code>`, as they are while no value is known; no buttons."""

    paragraphs: dict[str, list[str]] = field(default_factory=dict)
    code: str = ""
    muted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "template":
            self.code = given.get("data-code") or ""
        elif tag in {"a", "button"} or "data-if" in given:
            self.muted.append(tag)
        elif self.code and tag in {"h3", "p"}:
            self.paragraphs.setdefault(self.code, []).append("")

    def handle_endtag(self, tag: str) -> None:
        if self.muted and self.muted[-1] == tag:
            self.muted.pop()

    def handle_data(self, data: str) -> None:
        if self.code and not self.muted and self.code in self.paragraphs:
            self.paragraphs[self.code][-1] += data


def _plain(text: str) -> str:
    return text.casefold().replace("ё", "е")
