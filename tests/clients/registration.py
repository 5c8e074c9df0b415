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
register(**json.loads({told!r}))
"""


def registered(stand: RunningStand, client_id: str, **more: Any) -> str:
    """Register a service on the stand, with a secret unless told otherwise; more: as `clients.actions.register`."""
    told = {
        "client_id": client_id,
        "name": f"Сервис {client_id}",
        "secret": SECRET,
        "signed_out_uris": [],
        "scopes": ["openid", "profile", "email"],
        **more,
    }
    command = [sys.executable, "-m", "dopusk.stand", "manage", "--state", str(stand.state), "portal"]
    done = subprocess.run(
        [*command, "shell", "-v", "0", "-c", _REGISTER.format(told=json.dumps(told))],
        cwd=ROOT,
        env=stand._environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return client_id
