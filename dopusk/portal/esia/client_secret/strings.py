"""The string that `client_secret` signs: parts of the request without separators, in UTF-8 (reference §3)."""

from dataclasses import dataclass
from typing import Final

from dopusk.portal.esia.client_secret.signed import Signed

V1: Final = ("scope", "timestamp", "client_id", "state")
V2_AC: Final = ("client_id", "scope", "scope_org", "timestamp", "state", "redirect_uri")
V3_CODE: Final = (*V2_AC, "code")
V3_CREDENTIALS: Final = ("client_id", "scope", "timestamp", "state", "redirect_uri")
V3_REFRESH_B: Final = ("client_id", "scope", "timestamp", "state", "refresh_token")

ORDERS: Final[dict[str, tuple[str, ...]]] = {
    "v1": V1,
    "v2_ac": V2_AC,
    "v3_code": V3_CODE,
    "v3_credentials": V3_CREDENTIALS,
    "v3_refresh_a": V2_AC,
    "v3_refresh_b": V3_REFRESH_B,
}


@dataclass(frozen=True)
class Text:
    """A string of named parts. name: of the way it is built, a key of ORDERS."""

    name: str
    parts: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The parts together."""
        return "".join(value for _, value in self.parts)

    @property
    def data(self) -> bytes:
        """What is signed."""
        return self.text.encode("utf-8", "surrogatepass")


def built(name: str, values: dict[str, str]) -> Text:
    """The string of this name from these values; what is absent is empty."""
    return Text(name, tuple((part, values.get(part, "")) for part in ORDERS[name]))


def names(signed: Signed) -> list[str]:
    """Which strings a request of this kind may have signed, the usual first. Quirk 17: both ways of refreshing."""
    if signed.first_generation:
        return ["v1"]
    if signed.endpoint == "v2/ac":
        return ["v2_ac"]
    if signed.grant_type == "client_credentials":
        return ["v3_credentials"]
    if signed.grant_type != "refresh_token":
        return ["v3_code"]
    if not signed.get("client_certificate_hash") and not signed.get("redirect_uri"):
        return ["v3_refresh_b", "v3_refresh_a"]
    return ["v3_refresh_a", "v3_refresh_b"]
