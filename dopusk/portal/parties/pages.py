"""What the page of a service shows."""

import uuid
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dopusk.portal.accounts.models import Account
from dopusk.portal.clients.models import Client
from dopusk.portal.consents import rules as consents
from dopusk.portal.esia.models import System
from dopusk.portal.parties.dialect_forms import VERSIONS
from dopusk.portal.parties.words import AUTH_METHODS, GRANT_TYPES, ID_TOKEN_ALGS, LEVELS, TOKEN_ALGS
from dopusk.portal.told import SENTENCES
from dopusk.web.journal.models import Entry

LATEST = 10


def facts(client: Client) -> list[dict[str, Any]]:
    """Rows of what is registered; a value may be several lines."""
    known = frozenset({*consents.CLAIMS, *consents.FURTHER})
    people = consents.in_order(frozenset(client.scopes))
    own = [one for one in client.scopes if one not in known]
    demands = [
        *([_("Запросы на вход только через PAR")] if client.par_required else []),
        *([_("Токены только с ключом сервиса (DPoP)")] if client.dpop_required else []),
    ]
    rows = [
        (_("Идентификатор"), [client.client_id]),
        (_("Кого пускает"), [LEVELS[client.required_level]]),
        (_("Какие данные может запросить"), [f"{_(consents.word_of(one))} ({one})" for one in people]),
        (_("Адреса возврата после входа"), client.redirect_uris),
        (_("Адреса возврата после выхода"), client.signed_out_uris),
        (
            _("Куда сообщать о выходе"),
            [client.backchannel_logout_uri] if client.backchannel_logout_uri else [],
        ),
        (_("Как доказывает, что это он"), [AUTH_METHODS[client.auth_method]]),
        (_("Что может получать"), [GRANT_TYPES[one] for one in client.grant_types if one in GRANT_TYPES]),
        (_("Области для токена самого сервиса"), own),
        (_("Чем подписано удостоверение входа"), [ID_TOKEN_ALGS[client.id_token_alg]]),
        (_("Требования"), demands),
    ]
    return [{"key": key, "lines": lines} for key, lines in rows]


def history(client_id: str) -> list[dict[str, Any]]:
    """What was last done with it and by whom, newest first; by nobody's name: a command or the start of the stand."""
    about = Entry.objects.filter(Q(act__startswith="client.") | Q(act__startswith="esia."))
    # with a subject it is about a person who went there, and none of an operator's business
    about = about.filter(object=f"client:{client_id}", subject="")
    entries = list(about.order_by("-number")[:LATEST])
    actors = {one.actor for one in entries} - {"system"}
    names = Account.objects.in_bulk([uuid.UUID(one) for one in actors])
    return [
        {
            "at": one.at,
            "words": SENTENCES.say(one.words),
            "who": str(names.get(uuid.UUID(one.actor), "")) if one.actor != "system" else "",
        }
        for one in entries
    ]


def dialect(client: Client) -> dict[str, Any] | None:
    """How it speaks the ЕСИА dialect, with its certificates, the newest first; None when it does not."""
    system = System.objects.filter(pk=client.pk).first()
    if system is None:
        return None
    special = [
        *([_("Известные отступления прощаются")] if system.lenient else []),
        *([_("Номер человека в маркере числом")] if system.numeric_sub else []),
    ]
    rows = [
        (_("Мнемоника"), [client.pk]),
        (_("Версии протокола"), [words for name, words in VERSIONS.items() if getattr(system, name)]),
        (_("Чем подписаны маркеры"), [TOKEN_ALGS[system.token_alg]]),
        (_("Особенности"), special),
    ]
    now = timezone.now()
    certificates = [
        {
            "one": one,
            "state": "disabled"
            if one.disabled_at
            else "over"
            if one.not_after < now
            else "early"
            if one.not_before > now
            else "good",
        }
        for one in system.certificates.order_by("-added_at")
    ]
    return {"rows": [{"key": key, "lines": lines} for key, lines in rows], "certificates": certificates}
