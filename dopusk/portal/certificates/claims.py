"""What services learn of the certificate a session was opened by: claim `certificate` under a scope of its own.

`{"serial", "issuer", "not_after", "inn", "organisation", "ogrn", "inn_of_organisation", "title", "email"}`: texts,
not_after in ISO 8601; what the certificate does not say is left out. Nothing is told of a session opened otherwise,
of one opened by a certificate blocked since, nor after the session is over.
"""

import uuid
from typing import Any

from dopusk.portal.certificates.models import Use


def told(sid: uuid.UUID) -> dict[str, Any] | None:
    """The claim's value for a session; None when it has none."""
    used = Use.objects.select_related("certificate").filter(pk=sid, certificate__blocked_at=None).first()
    if used is None:
        return None
    certificate, owner = used.certificate, used.certificate.owner()
    values = {
        "serial": certificate.serial,
        "issuer": certificate.issuer,
        "not_after": certificate.not_after.isoformat(),
        "inn": owner.inn,
        "organisation": owner.organisation,
        "ogrn": owner.ogrn,
        "inn_of_organisation": owner.inn_of_organisation,
        "title": owner.title,
        "email": owner.email,
    }
    return {name: value for name, value in values.items() if value}
