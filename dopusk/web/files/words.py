"""Why a file was not taken, in words, by code; shown beside its field."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

WORDS = {
    "file_too_large": gettext_noop(
        "Файл больше %(limit)s МБ, в нём %(size)s МБ. Уменьшите разрешение скана до 150–200 точек на дюйм "
        "или разделите файл."
    ),
    "file_type": gettext_noop(
        "Это не PDF, не JPEG и не PNG: содержимое файла другое, хотя имя может быть похожим. "
        "Сохраните скан в одном из этих форматов."
    ),
    "file_unreadable": gettext_noop(
        "Файл не открывается: он пуст или повреждён. Сделайте скан или сохраните файл ещё раз."
    ),
    "file_encrypted": gettext_noop(
        "PDF защищён паролем или шифрованием, прочитать его не сможет и сотрудник центра. "
        "Сохраните копию без защиты."
    ),
    "file_pages": gettext_noop(
        "В файле %(pages)s страниц, можно не больше %(limit)s. Разделите его на части."
    ),
    "file_pixels": gettext_noop(
        "Изображение слишком велико: больше %(limit)s мегапикселей. Для чтения достаточно 300 точек на дюйм."
    ),
    "file_active_content": gettext_noop(
        "В PDF есть программный код. Такие файлы мы не принимаем: распечатайте его в новый PDF или отсканируйте."
    ),
    "file_signed": gettext_noop(
        "Файл подписан электронной подписью, при проверке она нарушится. "
        "Приложите скан или неподписанную копию."
    ),
    "file_unfolds": gettext_noop(
        "Файл сжат так, что при чтении занял бы слишком много памяти. "
        "Сохраните его заново или приложите обычный скан."
    ),
    "file_mixed": gettext_noop(
        "Внутри файла спрятан файл другого вида. Сохраните документ в новый PDF или отсканируйте его."
    ),
    "file_infected": gettext_noop(
        "Антивирус нашёл в файле вредоносный код, мы его не сохранили. "
        "Проверьте своё устройство и приложите новый скан."
    ),
    "file_scan_unavailable": gettext_noop(
        "Проверка на вирусы сейчас не отвечает, а без неё мы файлы не принимаем. Приложите файл позже."
    ),
    "files_busy": gettext_noop("Сейчас проверяется много файлов. Подождите минуту и приложите файл ещё раз."),
}


def say(code: str, detail: dict[str, object]) -> str:
    """The words of a FileRefused in the current language."""
    facts: dict[str, object] = dict(detail)
    if code == "file_too_large":
        facts = {name: _megabytes(detail[name]) for name in ("size", "limit")}
    if code == "file_pixels":
        facts["limit"] = int(str(detail.get("limit", 0))) // 1_000_000
    return _(WORDS[code]) % facts


def _megabytes(size: object) -> str:
    return f"{int(str(size)) / 1024 / 1024:.1f}".removesuffix(".0").replace(".", ",")
