"""`./dev agent install | uninstall | check | tokens | unlock`: what each prints."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dopusk.agent import checking, installing
from dopusk.agent.acts import Agent, thumbprint
from dopusk.agent.browsers import BROWSERS
from dopusk.agent.configuration import (
    OVERHEARD,
    SYSTEM_FILE,
    Misconfigured,
    as_browsers_write,
    config_file,
    load,
    overheard,
    save,
    site,
    state_folder,
)
from dopusk.agent.installing import Where
from dopusk.agent.prompts import Prompt
from dopusk.agent.refusals import Refused
from dopusk.kernel.signable import one_line
from dopusk.trust import certificates, owners

WORDS: Final = {
    "NO_TOKEN": "No such token is plugged in. ./dev agent tokens shows those that are.",
    "WRONG_PIN": "Wrong PIN.",
    "LOCKED": "Locked: too many wrong PINs. Unlock it: ./dev agent unlock SERIAL, by the administrator's PIN.",
    "CANCELLED": "Cancelled; nothing has changed.",
    "TIMEOUT": "Nobody typed the PIN in time; nothing has changed.",
    "NO_PROMPT": "The PIN cannot be asked for: ./dev agent check says what is missing.",
    "UNPLUGGED": "The token was pulled out; nothing has changed.",
    "TOKEN_FAULT": "The token or its library did not do what was asked.",
}


def install(given: Namespace) -> int:
    """One command; what is left to do is printed. given: origin, browser, system, pinentry, tty."""
    if given.system and not installing.may_install_for_all():
        print("For every user only root can install: sudo ./dev agent install --system", file=sys.stderr)
        return 1
    wrong = [one for one in given.origin if not site(one)]
    if wrong:
        raise Misconfigured(f"--origin {wrong[0]}: a site is https://name[:port], without a path")
    unsafe = [one for one in given.origin if overheard(one)]
    if unsafe:
        raise Misconfigured(f"--origin {unsafe[0]}: {OVERHEARD}")
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
    print(f"Installed. Sites that may ask: {', '.join(configuration.origins)}")
    print(f"  the program   {where.program()}")
    print(f"  the extension {where.extension()}")
    print(f"  settings      {kept}")
    print("It runs on this repository's Python, so the repository must stay where it is.")
    if given.system and installing.others_may_change(installing.ROOT):
        print(
            f"Not only root may write to {installing.ROOT}: whoever may, sees everybody's PINs.",
            file=sys.stderr,
        )
    there = [one for one in chosen if one in installing.found_browsers()]
    for one in there:
        step = installing.remaining_step(where, one)
        if step and checking.in_a_profile(one):
            print(
                f"\n{one.name} has the extension. If sites were added, press «Обновить» (Reload) on its card on"
            )
            print("    chrome://extensions")
        else:
            print(f"\n{step}" if step else f"\n{one.name} loads the extension at its next start.")
    print("\nThen: ./dev agent check")
    return 0


def uninstall(*, system: bool) -> int:
    """What was taken away."""
    if system and not installing.may_install_for_all():
        print("sudo ./dev agent uninstall --system", file=sys.stderr)
        return 1
    gone = installing.uninstall(Where(system=system))
    for path in gone:
        print(f"removed {path}")
    print("Nothing was installed." if not gone else "Settings and counts of wrong PINs are kept:")
    if gone:
        print(f"  {SYSTEM_FILE if system else config_file()}\n  {state_folder()}")
        print("If the extension was loaded by hand, remove it on chrome://extensions.")
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
        print("No token is plugged in.")
    for token in (one.token for one in seen):
        left = agent.left(token)
        called = one_line(f"{token.label}  serial {token.serial}")  # a terminal obeys what it is shown
        print(f"{called}  {f'tries left: {left}' if left else 'LOCKED'}")
        for der in token.certificates:
            read = certificates.read(der)
            name = one_line(owners.owner(read).common_name)
            print(f"  {name}, until {read.not_after:%Y-%m-%d}, {read.algorithm}, SHA-256 {thumbprint(der)}")
        if not token.certificates:
            print("  no certificate")
    return 0


def unlock(serial: str) -> int:
    """A new PIN."""
    configuration = load()
    Agent(configuration, state_folder(), Prompt(configuration)).unlock(serial)
    print("The token has a new PIN; wrong ones are forgiven.")
    return 0


def explained(refused: Refused) -> str:
    """One line for a person at a terminal."""
    words = WORDS.get(refused.code, refused.code)
    left = "" if refused.left is None or not refused.left else f" Tries left: {refused.left}."
    detail = f" ({refused.detail})" if refused.detail else ""
    return f"{words}{left}{detail}"
