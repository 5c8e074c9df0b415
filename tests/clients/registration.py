"""Services registered with a running portal, as its operator would."""

import json
import subprocess
import sys
from typing import Any

from dopusk.stand.running import ROOT, RunningStand

SECRET = "a secret of a service in a test, long enough"

_REGISTER = """
import json
from dopusk.portal.clients.actions import register
from dopusk.portal.clients.models import Client
told = json.loads({told!r})
more = told.pop("more")
register(**told)
Client.objects.filter(pk=told["client_id"]).update(**more)
"""


def registered(stand: RunningStand, client_id: str, **more: Any) -> str:
    """Register a service on the stand; more: columns of clients.models.Client beyond the common ones."""
    told = {
        "client_id": client_id,
        "name": f"Сервис {client_id}",
        "secret": SECRET,
        "redirect_uris": more.pop("redirect_uris"),
        "signed_out_uris": more.pop("signed_out_uris", []),
        "scopes": more.pop("scopes", ["openid", "profile", "email"]),
        "more": more,
    }
    command = [sys.executable, "-m", "dopusk.stand", "manage", "--state", str(stand.state), "portal"]
    code = _REGISTER.format(told=json.dumps(told))
    subprocess.run(
        [*command, "shell", "-v", "0", "-c", code],
        cwd=ROOT,
        env=stand._environment,
        check=True,
        capture_output=True,
    )
    return client_id
