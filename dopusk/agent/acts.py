"""What the agent does: shows tokens, signs, lets an administrator give a new PIN."""

import base64
import binascii
import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from dopusk.agent import chains, shown
from dopusk.agent.cards import Cards
from dopusk.agent.configuration import Configuration
from dopusk.agent.counting import SO, Counts
from dopusk.agent.files import Held, locked
from dopusk.agent.folders import Folders
from dopusk.agent.prompts import Prompt
from dopusk.agent.refusals import Refused, Untried
from dopusk.agent.tokens import Place, Token, WrongPin
from dopusk.kernel import signable
from dopusk.kernel.invalid import Invalid
from dopusk.trust import cades, certificates, cms

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Seen:
    """A token and where it was seen."""

    place: Place
    token: Token


class Agent:
    """state: the folder of counts and locks. prompt: asks for PINs."""

    def __init__(self, configuration: Configuration, state: Path, prompt: Prompt) -> None:
        self.configuration, self._state, self._prompt = configuration, state, prompt
        self.counts = Counts(state, configuration.tries)
        self.places: list[Place] = [Cards(module) for module in configuration.found_modules()]
        self.places.append(Folders(configuration.folders))

    def seen(self) -> list[Seen]:
        """Tokens that are plugged in; two libraries that show one token show it once.

        Refused("TOKEN_FAULT") only when no library at all answers and there is no token.
        """
        found: list[Seen] = []
        faults: list[Refused] = []
        for place in self.places:
            try:
                found += [Seen(place, token) for token in place.tokens()]
            except Refused as fault:
                log.warning("a library does not answer: %s %s", fault.code, fault.detail)
                faults.append(fault)
        if not found and faults and len(faults) == len(self.places) - 1:
            raise Refused("TOKEN_FAULT", detail=faults[0].detail)
        return list({(one.token.label, one.token.serial): one for one in reversed(found)}.values())[::-1]

    def left(self, token: Token) -> int:
        """Tries of its PIN, by its own word and by our count."""
        counted = self.counts.left(token.key)
        return counted if token.left is None else min(counted, token.left)

    def list(self) -> dict[str, object]:
        """Certificates and tokens as a page gets them."""
        seen = self.seen()
        shown_once: dict[str, dict[str, object]] = {}
        for token in (one.token for one in seen):
            left = self.left(token)
            about = {
                "label": token.label,
                "serial": token.serial,
                "tries_left": left,
                "locked": left == 0,
            }
            for der in token.certificates:
                shown_once.setdefault(
                    thumbprint(der),
                    {
                        "thumbprint": thumbprint(der),
                        "certificate": base64.b64encode(der).decode(),
                        "token": about,
                    },
                )
        return {
            "ok": True,
            "certificates": list(shown_once.values()),
            "tokens": [
                {
                    "label": one.token.label,
                    "serial": one.token.serial,
                    "certificates": len(one.token.certificates),
                }
                for one in seen
            ],
        }

    def sign(self, content: bytes, wanted: str, origin: str) -> bytes:
        """CAdES-BES, detached. wanted: the certificate's thumbprint. origin: of the page, by the browser's word."""
        said = readable(content, origin)
        try:
            with locked(self._state / "signing.lock", wait=False):
                return self._sign(content, said, wanted)
        except Held:
            raise Refused("BUSY") from None

    def _sign(self, content: bytes, said: signable.Signable, wanted: str) -> bytes:
        chosen, certificate = _chosen(self.seen(), wanted)
        token, left = chosen.token, self.left(chosen.token)
        if not left:
            raise Refused("LOCKED", left=0)
        texts = shown.signing(said, content, token, left, russian=self.configuration.russian())
        pin = self._prompt.pin(texts)
        left = self.counts.take(token.key)
        try:
            with chosen.place.opened(
                token, pin, certificate, partial(self.counts.forgive, token.key)
            ) as sign:
                above = chains.upwards(certificate, token.others)
                made = cades.create(content, certificate, sign, chain=above, at=datetime.now(UTC))
        except WrongPin as wrong:
            raise self._wrong(token.key, left, wrong) from None
        except Untried:
            self.counts.give_back(token.key)
            raise
        if not cms.verify(made, content, [certificates.read(certificate)]).good:
            raise Refused("NO_CERT", detail="other_key")  # it lay under the same identifier
        return made

    def _wrong(self, key: str, left: int, wrong: WrongPin) -> Refused:
        if wrong.locked:
            self.counts.close(key)
        if wrong.left is not None:
            left = min(left, wrong.left)
        return Refused("LOCKED", left=0) if wrong.locked or not left else Refused("WRONG_PIN", left=left)

    def unlock(self, serial: str) -> None:
        """A new PIN by the administrator's, whose wrong ones are counted too: a device destroys itself after some."""
        chosen = next((one for one in self.seen() if one.token.serial == serial), None)
        if chosen is None:
            raise Refused("NO_TOKEN")
        token, russian = chosen.token, self.configuration.russian()
        so = SO + token.key
        left = self.counts.left(so)
        if not left:
            raise Refused("LOCKED", left=0)
        so_pin = self._prompt.pin(shown.administrator(token, left, russian=russian))
        texts, repeat = shown.new_pin(token, russian=russian)
        pin = self._prompt.pin(texts, repeat=repeat)
        left = self.counts.take(so)
        try:
            chosen.place.set_pin(token, so_pin, pin, partial(self.counts.forgive, so))
        except WrongPin as wrong:
            raise self._wrong(so, left, wrong) from None
        except Untried:
            self.counts.give_back(so)
            raise
        self.counts.forgive(token.key)


def thumbprint(certificate: bytes) -> str:
    """SHA-256 of the DER, lower hex."""
    return hashlib.sha256(certificate).hexdigest()


def readable(content: bytes, origin: str) -> signable.Signable:
    """The text, if it is one that pages of this origin may have signed."""
    try:
        said = signable.read(content)
    except Invalid as refused:
        raise Refused("CONTENT_REFUSED", detail=refused.code) from None
    if said.origin != origin:
        raise Refused("OTHER_ORIGIN", detail=said.origin)
    return said


def decoded(text: object) -> bytes:
    """Base64 of a message."""
    try:
        return base64.b64decode(text if isinstance(text, str) else "?", validate=True)
    except (binascii.Error, ValueError):
        raise Refused("CONTENT_REFUSED", detail="base64") from None


def _chosen(seen: Iterable[Seen], wanted: str) -> tuple[Seen, bytes]:
    some = False
    for one in seen:
        some = True
        for der in one.token.certificates:
            if thumbprint(der) == wanted:
                return one, der
    raise Refused("NO_CERT" if some else "NO_TOKEN")
