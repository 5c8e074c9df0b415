"""The part of docs/signing.md on what each message means, written from the words the pages themselves say.

`.venv/bin/python -m pytest --ds=dopusk.portal.settings dopusk/portal/certificates/tests/test_docs.py` holds the page
to it; with DOPUSK_WRITE_DOCS=1 in the environment the test writes the page anew.
"""

import re
from pathlib import Path

import dopusk
from dopusk.portal.certificates import words
from dopusk.web.signing import words as signing

PAGE = Path(dopusk.__file__).parents[1] / "docs" / "signing.md"
HEADING = "## Что означает сообщение"
_MESSAGES = Path(signing.__file__).parent / "templates" / "signing" / "parts" / "messages.html"
_TEMPLATE = re.compile(r'<template data-code="([A-Z_]+)">(.*?)</template>', re.DOTALL)
_SAID = re.compile(
    r'{%\s*translate "([^"]*)"[^%]*%}|{%\s*blocktranslate[^%]*%}(.*?){%\s*endblocktranslate\s*%}', re.DOTALL
)

INTRODUCTION = """
Каждый отказ на странице состоит из трёх предложений: что случилось, почему мы так решили, что делать; под ними
мелко стоит код, а там, где отказал сайт, и номер обращения. Код называют поддержке и ищут здесь. Таблицы составлены
из самих слов страниц, и тест не даёт им разойтись.
"""


def section() -> str:
    """From its heading to its end."""
    own = [(code, one) for code, one in words.SENTENCES.items()]
    shared = [(code, one) for code, one in signing.SENTENCES.items() if code != "good"]
    parts = [
        HEADING,
        INTRODUCTION.strip(),
        "### Вход по подписи и кабинет сертификатов",
        _table([(code, str(one.what), str(one.why), str(one.todo)) for code, one in own]),
        "### Подпись, сертификат, текст",
        "После двоеточия стоит уточнение, если оно известно: сам код тот же.",
        _table([(code, str(one.what), str(one.why), str(one.todo)) for code, one in shared]),
        "### Программы на Вашем компьютере",
        "Эти сообщения показывает сама страница; на сайт они не уходят, поэтому номера обращения у них нет.",
        _table(messages()),
    ]
    return "\n\n".join(parts) + "\n"


def messages() -> list[tuple[str, str, str, str]]:
    """Code, what, why, what to do: of the programs that sign in a browser."""
    found = []
    for code, body in _TEMPLATE.findall(_MESSAGES.read_text()):
        paragraphs = re.findall(r"<(?:h3|p)\b(?! data-unless)[^>]*>(.*?)</(?:h3|p)>", body, re.DOTALL)
        texts = [_text(one) for one in paragraphs]
        found.append((code, texts[0], " ".join(texts[1:-1]), texts[-1]))
    return found


def _text(markup: str) -> str:
    """The words of a paragraph: links and buttons are left out."""
    bare = re.sub(r"<(a|button)\b.*?</\1>", "", markup, flags=re.DOTALL)
    said = [one or " ".join(two.split()) for one, two in _SAID.findall(bare)]
    text = re.sub(r"{{.*?}}", "…", " ".join(said)).strip()
    return f"{text} N." if text.endswith(":") else text


def _table(rows: list[tuple[str, str, str, str]]) -> str:
    lines = ["| Код | Что случилось | Почему | Что делать |", "|---|---|---|---|"]
    lines += [f"| `{code}` | {what} | {why} | {todo} |" for code, what, why, todo in rows]
    return "\n".join(lines)


def in_page(text: str) -> str:
    """The section as the page has it; empty when it has none."""
    found = re.search(rf"{re.escape(HEADING)}\n.*?(?=\n## |\Z)", text, re.DOTALL)
    return found[0].rstrip() + "\n" if found else ""
