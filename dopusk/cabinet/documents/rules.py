"""What documents are called, how many there may be, who may read them."""

from collections.abc import Collection

NAMES = {
    "activity_report": "отчёт о деятельности",
    "employer_agreement": "согласование отчёта",
    "reasoned_refusal": "мотивированный отказ в согласовании отчёта",
    "diploma": "документ об образовании",
    "specialist_certificate": "сертификат специалиста",
    "training_certificate": "документ об обучении",
    "name_change": "свидетельство о перемене имени",
    "employment_record": "трудовая книжка",
}
STAFF = frozenset({"registrar", "chair", "secretary", "commissioner"})
MOST = 40  # documents of one application


def title(short_name: str, kind: str, pages: int) -> str:
    """«Орлова А. С. отчёт о деятельности на 2 л.»: the name the centre wants, made for her."""
    return f"{short_name} {NAMES[kind]} на {pages} л."


def may_read(*, owns: bool, released: bool, roles: Collection[str]) -> bool:
    """Her own always; staff only what was submitted."""
    return owns or (released and bool(STAFF & set(roles)))


def may_add(count: int) -> str | None:
    """Code `too_many_documents` once there are MOST."""
    return "too_many_documents" if count >= MOST else None


def may_change(*, released: bool) -> str | None:
    """Code `already_submitted`: what was submitted stays as it was."""
    return "already_submitted" if released else None
