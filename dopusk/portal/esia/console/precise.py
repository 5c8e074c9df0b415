"""The advice of a diagnosis made precise: names and addresses of this very request in place of general words."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Final
from urllib.parse import unquote

from django.conf import settings
from django.utils.translation import gettext as _

from dopusk.portal.esia.console import advice
from dopusk.portal.esia.models import Diagnosis, System
from dopusk.portal.esia.scopes import SCOPES

KNOWN_SCOPES: Final = tuple(sorted(SCOPES))


def todo(diagnosis: Diagnosis) -> str:
    """What to do, in one or two sentences."""
    if of_the_order(diagnosis):
        return str(advice.on("fault_on_demand")[1])
    general = str(advice.on(diagnosis.code)[1])
    make = _PRECISE.get(diagnosis.code)
    return " ".join(part for part in (make(diagnosis) if make else "", general) if part)


def of_the_order(diagnosis: Diagnosis) -> bool:
    """Whether a fault on demand alone is to blame: by the true clock the time would have been right."""
    clock, skew = diagnosis.report.get("clock") or {}, diagnosis.report.get("order_seconds")
    if skew is None or not diagnosis.code.startswith("clock_"):
        return False
    return bool(abs(clock["difference_seconds"] - skew) <= clock["tolerance_seconds"])


def _detail(diagnosis: Diagnosis) -> str:
    return str(diagnosis.report.get("detail", ""))


def _parameter(diagnosis: Diagnosis) -> str:
    name = _detail(diagnosis)
    return _("Не хватает параметра %(name)s.") % {"name": name} if name else ""


def _client(diagnosis: Diagnosis) -> str:
    """A mnemonic that differs by its case or by spaces around it."""
    given = diagnosis.client_id.strip()
    alike = System.objects.filter(client__client_id__iexact=given).first() if given else None
    if alike is None or alike.pk == diagnosis.client_id:
        return ""
    return _("Зарегистрирована %(alike)s: отличаются строчные и заглавные буквы или пробелы.") % {
        "alike": alike.pk
    }


def _redirect(diagnosis: Diagnosis) -> str:
    found = diagnosis.report.get("redirect_uri") or {}
    told = [_difference(found.get("given", ""), found.get("registered", []))]
    if settings.ESIA_OFFERS_PEOPLE:  # the stand-in: whoever reads this has started it
        told.append(
            _("Чтобы зарегистрировать адрес, добавьте к команде ./dev esia ключ --redirect-uri АДРЕС.")
        )
    return " ".join(part for part in told if part)


def _difference(given: str, registered: list[str]) -> str:
    """What alone makes the address another one, when that is it."""
    if f"{given}/" in registered:
        return _("На конце не хватает косой черты.")
    if given.endswith("/") and given[:-1] in registered:
        return _("На конце лишняя косая черта.")
    if given.replace("/?", "?", 1) in {one.replace("/?", "?", 1) for one in registered}:
        return _("Отличается только косая черта перед знаком «?».")
    if "%" in given and unquote(given) in registered:
        return _("Адрес закодирован дважды: после раскодирования в нём остались знаки процента.")
    if given.lower() in {one.lower() for one in registered}:
        return _("Отличаются только строчные и заглавные буквы.")
    others = {one.partition("://")[2]: one.partition("://")[0] for one in registered}
    scheme = others.get(given.partition("://")[2])
    return _("Зарегистрирован такой же адрес со схемой %(scheme)s.") % {"scheme": scheme} if scheme else ""


def _scope(diagnosis: Diagnosis) -> str:
    """How the scopes are stuck together, or which one was meant."""
    name = _detail(diagnosis)
    asked = diagnosis.report.get("scope", {}).get("given", [])
    stuck = " ".join([name, *asked])
    if "+" in stuck:
        return _("Между областями пришёл сам знак «+»: пробел закодирован дважды или «+» передан как %2B.")
    if "," in stuck or ";" in stuck:
        return _("Области разделены запятой или точкой с запятой, а нужен пробел.")
    meant = get_close_matches(name.lower(), KNOWN_SCOPES, n=1)
    return _("Похоже, имелась в виду %(name)s.") % {"name": meant[0]} if name and meant else ""


def _any_of(diagnosis: Diagnosis) -> str:
    needed, _bracket, kind = _detail(diagnosis).partition(" (")
    names = ", ".join(needed.split(" | "))
    words = _("Достаточно одной из: %(names)s.") if ", " in names else _("Нужна %(names)s.")
    of_kind = _("Элемент вида %(kind)s.") % {"kind": kind.removesuffix(")")} if kind else ""
    return " ".join(part for part in (words % {"names": names} if names else "", of_kind) if part)


_PRECISE: Final[dict[str, Callable[[Diagnosis], str]]] = {
    "parameter_missing": _parameter,
    "client_unknown": _client,
    "redirect_unregistered": _redirect,
    "scope_unknown": _scope,
    "scope_form": _scope,
    "rs_scope": _any_of,
}
