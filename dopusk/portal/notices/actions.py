"""Telling a person what happened to her account."""

import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone, translation

from dopusk.portal.accounts.models import Account
from dopusk.portal.notices import rules, words
from dopusk.portal.notices.models import Notice
from dopusk.web.delivery.actions import send
from dopusk.web.design.templatetags.design import moment

NOT_ME: Final = "/not-me/{token}/"  # slice recovery


class UnknownKind(LookupError):
    """No words are written for this kind of notice; see `words.TEXTS`."""


def confirmed_contacts(sub: uuid.UUID) -> dict[str, str]:
    """A person's contacts that have been shown to be hers: `phone`, `email`, those she has."""
    account = Account.objects.get(pk=sub)
    shown = account.identifiers.filter(kind__in=["phone", "email"], verified_at__isnull=False)
    kinds = set(shown.values_list("kind", flat=True))
    opened = account.opened()
    return {kind: opened[kind] for kind in ("phone", "email") if kind in kinds and opened.get(kind)}


@transaction.atomic
def tell(
    sub: uuid.UUID,
    kind: str,
    *,
    detail: Mapping[str, Any] | None = None,
    urgent: bool = False,
    to: Iterable[rules.Address] | None = None,
    not_me_token: str = "",
    link: str = "",
) -> Notice:
    """A row for the person's list and letters to her confirmed e-mail; by SMS too when urgent or without an e-mail.

    detail: facts for the words of this kind (`words.TEXTS`); dates and times go in as such. to: these addresses
    instead, [("mail", …), ("sms", …)]; an empty list: nothing leaves. not_me_token: made by
    `codes.make_link("not_me", …)`, adds the way to say «это не я». link: path where one acts on it.
    Raises UnknownKind.
    """
    if kind not in words.TEXTS:
        raise UnknownKind(kind)
    now = timezone.now()
    facts: dict[str, Any] = json.loads(json.dumps(dict(detail or {}), cls=DjangoJSONEncoder))
    notice = Notice.objects.create(account_id=sub, kind=kind, detail=facts, link=link, at=now)
    addresses = rules.addresses(confirmed_contacts(sub), urgent=urgent) if to is None else list(to)
    for channel, address in addresses:
        with translation.override("ru"):
            subject, text = _written(notice, channel, not_me_token)
        send(
            channel=channel,
            to=address,
            purpose=f"notices.{kind}",
            subject=subject,
            text=text,
            about=str(sub),
        )
    return notice


def _written(notice: Notice, channel: str, not_me_token: str) -> tuple[str, str]:
    """Subject and text of a letter, in Russian."""
    name = settings.PORTAL_NAME
    not_me = f"{settings.PORTAL_URL}{NOT_ME.format(token=not_me_token)}" if not_me_token else ""
    if channel == "sms":
        text = f"{name}. {notice.title}."
        return "", f"{text} Это не Вы? {not_me}" if not_me else text
    parts = [f"{notice.title}.", notice.text, f"Когда: {moment(notice.at)} по московскому времени."]
    if notice.link:
        parts.append(f"Подробнее: {settings.PORTAL_URL}{notice.link}")
    if not_me:
        parts.append(
            "Если это были не Вы, откройте ссылку и нажмите кнопку: закроем вход и поможем вернуть доступ. "
            f"Ссылка действует 10 дней.\n{not_me}"
        )
    parts.append("Мы никогда не просим сообщить пароль или код. Отвечать на это письмо не нужно.")
    return notice.title, "\n\n".join(part for part in parts if part)


def read(sub: uuid.UUID, ids: Iterable[int] | None = None) -> int:
    """Note that she has seen these notices (all of hers, if none are named); how many were new."""
    unread = Notice.objects.unread(sub)
    if ids is not None:
        unread = unread.filter(pk__in=ids)
    return unread.update(read_at=timezone.now())
