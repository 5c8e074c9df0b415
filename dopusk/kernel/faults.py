"""Faults on demand, as `./dev esia --fault ENDPOINT:KIND=VALUE[@PROBABILITY]` names them."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from dopusk.kernel.invalid import Invalid

ENDPOINTS: Final = ("ac", "te", "prns", "orgs", "logout")
GARBAGE: Final = ("html", "truncated", "empty")
LONGEST_DELAY: Final = 300.0  # seconds
_FORM: Final = re.compile(
    r"(?P<endpoint>[a-z]+):(?P<kind>[a-z]+)=(?P<value>[^@]+)(?:@(?P<probability>[0-9]*\.?[0-9]+))?"
)


@dataclass(frozen=True)
class Fault:
    """What goes wrong at an endpoint, and how often (0–1).

    kind, value: `status` 400–599: that answer and nothing done; `delay` seconds before the request is looked at;
    `skew` seconds by which the endpoint's clock is fast (negative: slow); `drop` how many bytes of the true answer
    come before the connection breaks; `garbage` html|truncated|empty: a useless body under 200.
    """

    endpoint: str
    kind: str
    value: str
    probability: float = 1.0

    @property
    def number(self) -> float:
        """The value of status, delay, skew, drop."""
        return float(self.value)


def parse(text: str) -> Fault:
    """One fault. Raises Invalid: `fault_form fault_endpoint fault_kind fault_value fault_probability`."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise Invalid("fault_form")
    fault = Fault(found["endpoint"], found["kind"], found["value"], float(found["probability"] or 1))
    if fault.endpoint not in ENDPOINTS:
        raise Invalid("fault_endpoint", known=" ".join(ENDPOINTS))
    if fault.kind not in _VALUES:
        raise Invalid("fault_kind", known=" ".join(_VALUES))
    if not re.fullmatch(_VALUES[fault.kind], fault.value) or not _plausible(fault):
        raise Invalid("fault_value", kind=fault.kind)
    if not 0 < fault.probability <= 1:
        raise Invalid("fault_probability")
    return fault


_VALUES: Final = {
    "status": r"[45][0-9]{2}",
    "delay": r"[0-9]{1,3}(\.[0-9]+)?",
    "skew": r"-?[0-9]{1,9}",
    "drop": r"[0-9]{1,6}",
    "garbage": "|".join(GARBAGE),
}


def _plausible(fault: Fault) -> bool:
    if fault.kind == "status":
        return int(fault.value) in {status.value for status in HTTPStatus}
    return fault.kind != "delay" or fault.number <= LONGEST_DELAY
