"""What every site does when a server process starts, after Django is set up and before it answers."""

import gc
import logging

from django.core import checks

from dopusk.web.environment import Misconfigured

logger = logging.getLogger(__name__)

SAID = "start"  # tag of checks whose answers belong in the log of every start


def begin() -> None:
    """Refuse to start on settings or a database that cannot be right; then leave start-up's objects in peace.

    Raises Misconfigured with every failed check. What start-up has made stays for the life of the process:
    collections need not walk over it at every request.
    """
    failed = [one for one in checks.run_checks(databases=["default"]) if one.is_serious()]
    if failed:
        raise Misconfigured("\n".join(str(one) for one in failed))
    for one in checks.run_checks(tags=[SAID], include_deployment_checks=True):
        logger.log(one.level, "%s %s", one.id, one.msg)
    gc.collect()
    gc.freeze()
