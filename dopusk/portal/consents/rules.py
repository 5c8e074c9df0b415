"""What a service may ask for, and what that is in the person's words."""

from typing import Final

# scope → claims it opens (OIDC Core §5.4; birthdate, snils, inn and identity_document as the ЕСИА cuts them)
CLAIMS: Final[dict[str, tuple[str, ...]]] = {
    "openid": ("sub", "assurance_level"),
    "profile": ("family_name", "given_name", "middle_name", "name", "gender"),
    "birthdate": ("birthdate",),
    "snils": ("snils",),
    "inn": ("inn",),
    "email": ("email", "email_verified"),
    "phone": ("phone_number", "phone_number_verified"),
    "identity_document": ("identity_document",),
    "education": ("education",),
    "qualification": ("qualification",),
    "employment": ("employment",),
    "certificate": ("certificate",),
    "offline_access": (),  # OIDC Core §11: opens nothing by itself, but lasts
}

# Russian words for the journal; pages translate them
WORDS: Final[dict[str, str]] = {
    "openid": "уровень учётной записи",
    "profile": "фамилия, имя, отчество и пол",
    "birthdate": "дата рождения",
    "snils": "СНИЛС",
    "inn": "ИНН",
    "email": "электронная почта",
    "phone": "телефон",
    "identity_document": "паспорт: серия, номер, кем и когда выдан",
    "education": "образование: учебное заведение, специальность, год, номер документа",
    "qualification": "квалификация: сертификаты и лицензии",
    "employment": "профессиональная деятельность: места работы и должности",
    "certificate": "сертификат электронной подписи, по которому открыт вход: номер, издатель, организация, должность",
    "offline_access": "эти же сведения и после Вашего выхода с портала",
}


# scope → words, of scopes that a higher slice brings; it fills this in when it is ready
FURTHER: Final[dict[str, str]] = {}


def word_of(scope: str) -> str:
    """What a known scope is called."""
    return WORDS[scope] if scope in WORDS else FURTHER[scope]


def in_order(scopes: frozenset[str]) -> list[str]:
    """Known scopes in the order people read them."""
    return [scope for scope in dict.fromkeys([*CLAIMS, *FURTHER]) if scope in scopes]


def in_words(scopes: frozenset[str]) -> str:
    """«фамилия, имя, отчество и пол; СНИЛС» in Russian, for the journal."""
    return "; ".join(word_of(scope) for scope in in_order(scopes))
