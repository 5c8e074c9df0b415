"""The slice as a Django app: its scopes have words on the page of consent, its requests wait there for an answer."""

import functools

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EsiaConfig(AppConfig):
    name = "dopusk.portal.esia"

    def ready(self) -> None:
        from dopusk.portal.consents import rules, waiting
        from dopusk.portal.esia import ac, actions, signing
        from dopusk.portal.esia.data import portrait
        from dopusk.portal.esia.scopes import WORDS
        from dopusk.portal.oidc.rings import FAMILIES, Family
        from dopusk.portal.operators.desk import CARDS, Card
        from dopusk.portal.operators.rules import Right
        from dopusk.web.design.context import SANDBOX_PAGES

        rules.FURTHER.update({scope: words for scope, words in WORDS.items() if scope not in rules.WORDS})
        for endpoint, path in ac.PATHS.items():
            waiting.READERS[path] = functools.partial(ac.waiting, endpoint)
            waiting.NOTES[path] = ac.notes
        actions.ORGANISATIONS.append(portrait.workplaces)
        FAMILIES["esia"] = Family(
            frozenset(signing.ALGS),
            signing.used,
            lambda alg, *, now: signing.rotate(alg, now=now),
            signing.shown,
        )
        SANDBOX_PAGES.append(("esia:people", _("Тестовые люди")))
        SANDBOX_PAGES.append(("esia:console", _("Разбор запросов ЕСИА")))
        CARDS["esia_console"] = Card(
            Right.REGISTER_SERVICES,
            _("Разбор запросов ЕСИА"),
            _("Почему портал отказал информационной системе и как это исправить."),
            "esia:console",
            place=72,
        )
