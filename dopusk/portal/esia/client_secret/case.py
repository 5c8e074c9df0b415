"""One request before the judge, and what is known of it so far."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote

from dopusk.portal.esia.client_secret import strings
from dopusk.portal.esia.client_secret.signed import Registered, Signed, SystemView
from dopusk.portal.esia.client_secret.stamps import Stamp
from dopusk.portal.esia.client_secret.strings import Text

_LONGEST: Final = 4096  # bytes of a string that is worth a search: all scopes there are make a sixth of it


@dataclass
class Case:
    """now: aware. may_search: asked once, when a mistake is to be looked for. values: the parameters, the timestamp
    restored. data: a signature that can be checked. named: by the hash; signer: by the signature."""

    signed: Signed
    system: SystemView
    now: datetime
    may_search: Callable[[], bool]
    report: dict[str, Any] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    stamp: Stamp | None = None
    data: bytes | None = None
    named: Registered | None = None
    signer: Registered | None = None

    def forgive(self, code: str) -> None:
        """A deviation that this system is allowed."""
        if code not in self.report["forgiven"]:
            self.report["forgiven"].append(code)

    def searches(self) -> bool:
        """Whether the mistake behind a wrong signature is looked for."""
        short = all(len(text.data) <= _LONGEST for text in self.usual)
        allowed = short and self.may_search()
        self.report["searched"] = allowed
        return allowed

    @property
    def usual(self) -> list[Text]:
        """The strings a request of this kind signs."""
        return [strings.built(name, self.values) for name in strings.names(self.signed)]

    @property
    def forgivable(self) -> list[tuple[str, Text]]:
        """Strings that a lenient judge accepts besides, each with the name of the deviation (quirks 11, 13)."""
        if not self.system.lenient:
            return []
        found = []
        if not self.signed.first_generation:
            found.append(("string_v1", strings.built("v1", self.values)))
        redirect = unquote(self.values.get("redirect_uri", ""))
        if self.signed.endpoint.endswith("/te") and redirect != self.values.get("redirect_uri", ""):
            values = {**self.values, "redirect_uri": redirect}
            found += [
                ("redirect_encoded_twice", strings.built(name, values)) for name in strings.names(self.signed)
            ]
        return found
