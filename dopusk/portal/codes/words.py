"""What codes and links say when they arrive. In Russian: nobody's choice of language is known outside a page.

A text by SMS has 70 letters in one part; two are the most we spend.
"""

from dataclasses import dataclass
from typing import Final

LONGEST_SMS: Final = 134  # two parts of UTF-16 text (3GPP TS 23.040: 67 letters each)

# purpose: what the code is for, after «код»; and what the letter is about
CODES: Final = {
    "registration.phone": "для регистрации",
    "contacts.phone": "для смены номера",
    "recovery.phone": "для восстановления доступа",
    "recovery.email": "для восстановления доступа",
    "signin.second": "для входа",
    "signin.again": "для подтверждения действия",
}
NEVER_TELL: Final = "Никому не сообщайте его."


@dataclass(frozen=True)
class Words:
    """A letter with a link: its subject, what it is about, what the link does, and what to do if it was not she."""

    subject: str
    about: str
    does: str
    otherwise: str


NOT_MINE: Final = "Если это были не Вы, ничего не делайте: без Вашего подтверждения ничего не изменится."
LINKS: Final = {
    "registration.email": Words(
        "Подтвердите почту",
        "Этот адрес указан при регистрации на портале.",
        "Чтобы подтвердить его, откройте страницу и нажмите кнопку",
        "Если Вы не регистрировались, ничего не делайте: адрес останется неподтверждённым.",
    ),
    "contacts.email": Words(
        "Подтвердите новый адрес почты",
        "Этот адрес указан в учётной записи на портале как новый.",
        "Чтобы подтвердить его, откройте страницу и нажмите кнопку",
        NOT_MINE,
    ),
    "recovery.email": Words(
        "Восстановление доступа",
        "Кто-то, возможно Вы, восстанавливает доступ к учётной записи с этой почтой.",
        "Чтобы продолжить, откройте страницу и нажмите кнопку",
        NOT_MINE,
    ),
}


def code_text(name: str, purpose: str, digits: str, *, variant: str = "") -> str:
    """The text with a code. name: of the deployment. variant "taken": the number is an account's already."""
    if variant == "taken":
        return (
            f"{name}: {digits} — код {CODES[purpose]}. {NEVER_TELL} "
            "Учётная запись уже есть: войдите или восстановите доступ."
        )
    return f"{name}: {digits} — код {CODES[purpose]}. {NEVER_TELL}"


def code_subject(purpose: str) -> str:
    """Over a code that goes by mail; holds no code, for it shows on a locked telephone."""
    return f"Код {CODES[purpose]}"


TAKEN: Final = (
    "С этим адресом уже есть другая учётная запись. Если она Ваша, новая не нужна: войдите в неё или восстановите "
    "доступ. Как это сделать, написано на странице"
)


def link_text(name: str, purpose: str, url: str, lives: str, *, variant: str = "") -> tuple[str, str]:
    """Subject and text of a letter with a link. lives: how long it works, «24 часа». variant "taken": the address is
    another account's."""
    words = LINKS[purpose]
    does = TAKEN if variant == "taken" else words.does
    text = (
        f"Здравствуйте.\n\n{words.about}\n\n{does}:\n{url}\n\n"
        f"Ссылка работает один раз, {lives}. Никому её не пересылайте.\n\n{words.otherwise}\n\n{name}"
    )
    return f"{name}: {words.subject.lower()}", text


def lasting(hours: int) -> str:
    """«24 часа», «10 суток»."""
    if hours >= 48 and hours % 24 == 0:
        return f"{hours // 24} суток"
    tail = "час" if hours % 10 == 1 and hours != 11 else "часа" if hours % 10 in {2, 3, 4} else "часов"
    return f"{hours} {'часов' if 11 <= hours % 100 <= 14 else tail}"
