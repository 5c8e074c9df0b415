"""Whether a signature was good at the time it was made: validation in the spirit of ETSI EN 319 102-1.

No network and no clock: what was fetched is handed in, what is still missing is named in the verdict.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from dopusk.trust.certificates import Certificate
from dopusk.trust.evidence import Evidence, Policy, Statement, Wanted
from dopusk.trust.owners import Owner

__all__ = ["CODES", "Evidence", "Policy", "Statement", "Validation", "Wanted"]

CODES: Final = (
    "good",
    "not_signature",
    "several_signers",
    "content_differs",
    "other_content",
    "signature_wrong",
    "algorithm_unknown",
    "signer_absent",
    "chain_incomplete",
    "root_unknown",
    "chain_wrong",
    "not_yet_valid",
    "expired_at_signing",
    "expired_unproved",
    "revoked_before",
    "revoked_unproved",
    "suspended",
    "revocation_unknown",
    "wrong_purpose",
    "policy_missing",
    "snils_missing",
    "snils_wrong",
    "timestamp_wrong",
    "signed_in_future",
)


@dataclass(frozen=True)
class Validation:
    """``code``: one of :data:`CODES`; ``why`` says more where there is more to say.

    signer, owner: None when the signer's certificate was not found. chain: signer first, root last; as far as it was
    found. at: the best time of signing that is proved (aware). time_from: what proves it, a timestamp or our own
    receipt. claimed_at: the signer's word. revoked_at: when the signer's certificate was revoked, if it was,
    also after the signature. revocation: what the verdict rests on, of each certificate. used: exactly the evidence
    the verdict rests on. wanted: what could still change it.
    """

    code: str
    why: str
    signer: Certificate | None
    owner: Owner | None
    chain: tuple[Certificate, ...]
    at: datetime
    time_from: Literal["timestamp", "receipt"]
    claimed_at: datetime | None
    revoked_at: datetime | None
    revocation: tuple[Statement, ...]
    level: Literal["cms", "cades-bes", "cades-t"]
    attached: bool
    used: Evidence
    wanted: Wanted

    @property
    def good(self) -> bool:
        return self.code == "good"
