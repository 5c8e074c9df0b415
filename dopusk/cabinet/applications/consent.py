"""The consent to processing of personal data: a document of its own (152-ФЗ, ст. 9), dated and versioned.

A text once published never changes: a new wording is a new version, old consents keep theirs.
"""

import hashlib

VERSION = "2026-11-01"
TEXTS = {
    "2026-11-01": (
        "Я даю согласие на обработку моих персональных данных для проведения аккредитации специалиста.",
        (
            "Обрабатываются: фамилия, имя, отчество, дата рождения, СНИЛС, данные паспорта, телефон, адрес "
            "электронной почты, сведения об образовании, обучении, работе и аккредитациях, приложенные документы."
        ),
        (
            "Данные собирают, записывают, хранят, уточняют, используют и передают аккредитационному центру, "
            "аккредитационной комиссии и в регистр медицинских работников (ЕГИСЗ)."
        ),
        (
            "Согласие действует, пока заявление рассматривают, и шесть лет после решения. Я могу отозвать его "
            "в любой день письмом в центр; тогда заявление не смогут рассмотреть дальше."
        ),
    ),
}


def text_of(version: str) -> tuple[str, ...]:
    """The paragraphs of a version. KeyError for one that was never published."""
    return TEXTS[version]


def digest_of(version: str) -> str:
    """SHA-256 of the text, kept with the answer: proof of what exactly was agreed to."""
    return hashlib.sha256("\n".join(TEXTS[version]).encode()).hexdigest()
