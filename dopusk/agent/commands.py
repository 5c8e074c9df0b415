"""`./dev agent install | uninstall | check | tokens | unlock`: what each prints."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from dopusk.agent import checking, installing
from dopusk.agent.acts import Agent, thumbprint
from dopusk.agent.browsers import BROWSERS, Browser
from dopusk.agent.configuration import (
    SYSTEM_FILE,
    Misconfigured,
    as_browsers_write,
    config_file,
    load,
    overheard,
    save,
    site,
    state_folder,
    why_overheard,
)
from dopusk.agent.installing import Where
from dopusk.agent.prompts import Prompt
from dopusk.agent.refusals import Refused
from dopusk.agent.tongue import said
from dopusk.kernel.signable import one_line
from dopusk.trust import certificates, owners

WORDS: Final = {
    "NO_TOKEN": (
        "Такого токена нет. Какие есть, покажет ./dev agent tokens.",
        "No such token is plugged in. ./dev agent tokens shows those that are.",
    ),
    "WRONG_PIN": ("ПИН-код не подошёл.", "Wrong PIN."),
    "LOCKED": (
        "Заблокирован: слишком много неверных ПИН-кодов. ПИН-кодом администратора: ./dev agent unlock НОМЕР.",
        "Locked: too many wrong PINs. Unlock it: ./dev agent unlock SERIAL, by the administrator's PIN.",
    ),
    "CANCELLED": ("Отменено; ничего не изменилось.", "Cancelled; nothing has changed."),
    "TIMEOUT": (
        "ПИН-код не ввели вовремя; ничего не изменилось.",
        "Nobody typed the PIN in time; nothing has changed.",
    ),
    "NO_PROMPT": (
        "ПИН-код нечем спросить: чего не хватает, скажет ./dev agent check.",
        "The PIN cannot be asked for: ./dev agent check says what is missing.",
    ),
    "UNPLUGGED": ("Токен вынули; ничего не изменилось.", "The token was pulled out; nothing has changed."),
    "TOKEN_FAULT": (
        "Токен или его библиотека не сделали того, что нужно.",
        "The token or its library did not do what was asked.",
    ),
}


def install(given: Namespace) -> int:
    """One command; what is left to do is printed. given: origin, browser, system, pinentry, tty."""
    if given.system and not installing.may_install_for_all():
        only = said("Для всех пользователей ставит только root:", "For every user only root can install:")
        print(f"{only} sudo ./dev agent install --system", file=sys.stderr)
        return 1
    wrong = [one for one in given.origin if not site(one)]
    if wrong:
        wanted = said(
            "сайт пишут https://имя[:порт], без пути", "a site is https://name[:port], without a path"
        )
        raise Misconfigured(f"--origin {wrong[0]}: {wanted}")
    unsafe = [one for one in given.origin if overheard(one)]
    if unsafe:
        raise Misconfigured(f"--origin {why_overheard(unsafe[0])}")
    where = Where(system=given.system)
    chosen = list(BROWSERS.values()) if given.browser == "all" else [BROWSERS[given.browser]]
    told = load(SYSTEM_FILE if given.system else config_file())  # nobody's own settings go to everybody
    asking = {name: value for name in ("pinentry", "tty") if (value := getattr(given, name)) is not None}
    configuration = replace(
        told, origins=tuple(dict.fromkeys([*told.origins, *map(as_browsers_write, given.origin)])), **asking
    )
    kept = save(configuration, SYSTEM_FILE if given.system else None)
    if not given.system:
        configuration = load()  # with the sites that the machine's file allows
    installing.install(where, chosen, configuration.origins)
    _installed(where, configuration.origins, kept)
    if given.system and installing.others_may_change(installing.ROOT):
        shared = said(
            f"Писать в {installing.ROOT} может не только root: кто может, видит ПИН-коды всех.",
            f"Not only root may write to {installing.ROOT}: whoever may, sees everybody's PINs.",
        )
        print(shared, file=sys.stderr)
    for one in chosen:
        if one in installing.found_browsers():
            print(f"\n{_what_is_left(where, one)}")
    print(f"\n{said('Потом', 'Then')}: ./dev agent check")
    return 0


def _installed(where: Where, origins: Sequence[str], kept: Path) -> None:
    print(
        f"{said('Установлено. Просить могут сайты', 'Installed. Sites that may ask')}: {', '.join(origins)}"
    )
    print(f"  {said('программа ', 'the program  ')} {where.program()}")
    print(f"  {said('расширение', 'the extension')} {where.extension()}")
    print(f"  {said('настройки ', 'settings     ')} {kept}")
    print(
        said(
            "Программа работает на Python этого репозитория, поэтому он должен остаться на своём месте.",
            "It runs on this repository's Python, so the repository must stay where it is.",
        )
    )


def _what_is_left(where: Where, browser: Browser) -> str:
    step = installing.remaining_step(where, browser)
    if not step:
        return said(
            f"{browser.name} загрузит расширение при следующем запуске.",
            f"{browser.name} loads the extension at its next start.",
        )
    if not checking.in_a_profile(browser):
        return step
    return said(
        f"Расширение в {browser.name} есть. Если добавились сайты, нажмите «Обновить» на его карточке на странице\n"
        "    chrome://extensions",
        f"{browser.name} has the extension. If sites were added, press «Обновить» (Reload) on its card on\n"
        "    chrome://extensions",
    )


def uninstall(*, system: bool) -> int:
    """What was taken away."""
    if system and not installing.may_install_for_all():
        print("sudo ./dev agent uninstall --system", file=sys.stderr)
        return 1
    gone = installing.uninstall(Where(system=system))
    for path in gone:
        print(f"{said('убрано', 'removed')} {path}")
    print(
        said("Настройки и счётчики ПИН-кода остались:", "Settings and counts of wrong PINs are kept:")
        if gone
        else said("Ничего не было установлено.", "Nothing was installed.")
    )
    if gone:
        print(f"  {SYSTEM_FILE if system else config_file()}\n  {state_folder()}")
        print(
            said(
                "Если расширение загружали вручную, уберите его на chrome://extensions.",
                "If the extension was loaded by hand, remove it on chrome://extensions.",
            )
        )
    return 0


def check(origins: Sequence[str]) -> int:
    """0 when everything is there."""
    good = True
    for line in checking.lines(tuple(origins)):
        print(line)
        good = good and line.good
    return 0 if good else 1


def tokens() -> int:
    """Tokens, their certificates, tries left."""
    configuration = load()
    agent = Agent(configuration, state_folder(), Prompt(configuration))
    seen = agent.seen()
    if not seen:
        print(said("Ни одного токена нет.", "No token is plugged in."))
    for token in (one.token for one in seen):
        left = agent.left(token)
        number = said("номер", "serial")
        called = one_line(f"{token.label}  {number} {token.serial}")  # a terminal obeys what it is shown
        tries = said(f"осталось попыток: {left}", f"tries left: {left}")
        print(f"{called}  {tries if left else said('ЗАБЛОКИРОВАН', 'LOCKED')}")
        for der in token.certificates:
            read = certificates.read(der)
            name = one_line(owners.owner(read).common_name)
            until = said(f"до {read.not_after:%d.%m.%Y}", f"until {read.not_after:%Y-%m-%d}")
            print(f"  {name}, {until}, {read.algorithm}, SHA-256 {thumbprint(der)}")
        if not token.certificates:
            print(said("  сертификата нет", "  no certificate"))
    return 0


def unlock(serial: str) -> int:
    """A new PIN."""
    configuration = load()
    Agent(configuration, state_folder(), Prompt(configuration)).unlock(serial)
    print(
        said("У токена новый ПИН-код; неверные прощены.", "The token has a new PIN; wrong ones are forgiven.")
    )
    return 0


def explained(refused: Refused) -> str:
    """One line for a person at a terminal."""
    words = said(*WORDS.get(refused.code, (refused.code, refused.code)))
    left = f" {said('Осталось попыток', 'Tries left')}: {refused.left}." if refused.left else ""
    detail = f" ({refused.detail})" if refused.detail else ""
    return f"{words}{left}{detail}"
