"""The certificate by which she signed in at the provider, as it told of it; kept with the session, under seal."""

import base64
import json
from dataclasses import asdict

from django.conf import settings
from django.http import HttpRequest

from dopusk.cabinet.signin import access
from dopusk.cabinet.signin.rules import CertificateTold
from dopusk.trust.sealing import SealBroken, Sealer

FIELD = "certificate"  # of the session


def keep(request: HttpRequest, told: CertificateTold | None) -> None:
    """Keep what the provider told with this session; nothing when she came without a signature."""
    if told is None:
        return
    sealed = Sealer(settings.SEALING_KEY).seal(_item(request), json.dumps(asdict(told)).encode())
    request.session[FIELD] = base64.b64encode(sealed).decode()


def of(request: HttpRequest) -> CertificateTold | None:
    """The certificate of this session; None when she signed in by anything else."""
    text = request.session.get(FIELD)
    if not text:
        return None
    try:
        opened = Sealer(settings.SEALING_KEY).open(_item(request), base64.b64decode(text))
    except SealBroken:
        return None
    return CertificateTold(**json.loads(opened))


def _item(request: HttpRequest) -> str:
    return f"certificate {request.session.get(access.KEY)}"
