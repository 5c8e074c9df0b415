"""What the PIN window says: who asks, what is signed, with what, and how many tries are left."""

import hashlib
from dataclasses import dataclass
from typing import Final

from dopusk.agent.prompts import LONGEST, escaped
from dopusk.agent.tokens import Token
from dopusk.kernel.signable import Signable, one_line

_WIDEST: Final = 90  # letters of a line
_MOST: Final = 8  # lines of the body
_TITLE: Final = 160


@dataclass(frozen=True)
class _Words:
    title: str
    prompt: str
    ok: str
    cancel: str
    site: str
    text: str
    more: str
    token: str
    left: str
    last: str


_RU: Final = _Words(
    title="Допуск: подписание",
    prompt="ПИН-код:",
    ok="Подписать",
    cancel="Отмена",
    site="Сайт",
    text="Начало текста",
    more="… всего строк: {lines}",
    token="Токен",  # noqa: S106 - a word
    left="осталось попыток: {left}",
    last="ПОСЛЕДНЯЯ ПОПЫТКА",
)
_EN: Final = _Words(
    title="Dopusk: signing",
    prompt="PIN:",
    ok="Sign",
    cancel="Cancel",
    site="Site",
    text="The text begins",
    more="… lines in all: {lines}",
    token="Token",  # noqa: S106 - a word
    left="tries left: {left}",
    last="LAST TRY",
)


def signing(said: Signable, content: bytes, token: Token, left: int, *, russian: bool) -> dict[str, str]:
    """Assuan commands and their texts. The body is cut to what one Assuan line holds; the rest never is."""
    words = _RU if russian else _EN
    # Qt takes a text for HTML when there is a tag in its first line
    title = _cut(said.title, _TITLE).replace("<", "‹")
    while len(escaped(title).encode()) > 2 * _TITLE:
        title = f"{title[:-2]}…"
    head = f"{title}\n{words.site}: {said.origin}\n\n"
    tries = words.last if left == 1 else words.left.format(left=left)
    tail = (
        f"\nSHA-256: {hashlib.sha256(content).hexdigest()}\n{words.token}: {_cut(token.label, 40)}, {tries}"
    )
    more = words.more.format(lines=len(said.lines))
    room = LONGEST - len("SETDESC ") - sum(len(escaped(part).encode()) for part in (head, tail, more + "\n"))
    body = ""
    shown = 0
    for line in said.lines[:_MOST]:
        added = f"│ {_cut(line, _WIDEST)}\n"  # so that no line of the text passes for one of ours
        if len(escaped(f"{words.text}:\n{body}{added}").encode()) > room:
            break
        body, shown = body + added, shown + 1
    if body:
        body = f"{words.text}:\n{body}"
    if shown < len(said.lines):
        body += more + "\n"
    return {
        "SETTITLE": words.title,
        "SETDESC": head + body + tail,
        "SETPROMPT": words.prompt,
        "SETOK": words.ok,
        "SETCANCEL": words.cancel,
    }


def administrator(token: Token, left: int, *, russian: bool) -> dict[str, str]:
    """The administrator's PIN is asked."""
    words = _RU if russian else _EN
    tries = words.last if left == 1 else words.left.format(left=left)
    about = "Разблокировка токена" if russian else "Unlocking the token"
    return {
        "SETTITLE": words.title,
        "SETDESC": f"{about}\n{words.token}: {_cut(token.label, 40)} ({_cut(token.serial, 64)}), {tries}",
        "SETPROMPT": "ПИН-код администратора:" if russian else "Administrator's PIN:",
        "SETOK": "Дальше" if russian else "Next",
        "SETCANCEL": words.cancel,
    }


def new_pin(token: Token, *, russian: bool) -> tuple[dict[str, str], str]:
    """A new PIN is asked; the label of the field that repeats it."""
    words = _RU if russian else _EN
    texts = {
        "SETTITLE": words.title,
        "SETDESC": ("Новый ПИН-код токена" if russian else "A new PIN of the token")
        + f" {_cut(token.label, 40)}",
        "SETPROMPT": "Новый ПИН-код:" if russian else "New PIN:",
        "SETOK": "Сохранить" if russian else "Save",
        "SETCANCEL": words.cancel,
        "SETREPEATERROR": "ПИН-коды не совпадают" if russian else "The PINs differ",
    }
    return texts, "Ещё раз:" if russian else "Again:"


def _cut(text: str, most: int) -> str:
    text = one_line(text)  # a token may be called anything
    return text if len(text) <= most else text[: most - 1] + "…"
