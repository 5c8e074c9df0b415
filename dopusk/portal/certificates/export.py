"""What «Всё обо мне» says of certificates."""

import base64
import uuid
from typing import Any

from dopusk.portal.certificates.models import Certificate

TOLD = (
    "sha256", "serial", "issuer", "algorithm", "not_before", "not_after", "came", "added_at",
    "blocked_at", "block_reason", "code", "checked_at", "checked", "used_at",
)  # fmt: skip


def certificates(sub: uuid.UUID) -> list[dict[str, Any]]:
    """Every certificate in her cabinet, whole."""
    return [
        {name: getattr(one, name) for name in TOLD} | {"der": base64.b64encode(one.der).decode()}
        for one in Certificate.objects.of(sub)
    ]
