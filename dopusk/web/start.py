"""What every site does when a server process starts, after Django is set up and before it answers."""

import gc

from django.core import checks

from dopusk.web.environment import Misconfigured


def begin() -> None:
    """Refuse to start on settings or a database that cannot be right; then leave start-up's objects in peace.

    Raises Misconfigured with every failed check. What start-up has made stays for the life of the process:
    collections need not walk over it at every request.
    """
    failed = [one for one in checks.run_checks(databases=["default"]) if one.is_serious()]
    if failed:
        raise Misconfigured("\n".join(str(one) for one in failed))
    gc.collect()
    gc.freeze()
