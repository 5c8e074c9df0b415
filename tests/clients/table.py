"""Which clients we did not write pass, unchanged, against a running portal; docs/clients.md is written from it.

    python -m tests.clients.table > docs/clients.md

Every row names the test that runs it; `test_table.py` holds rows, tests, lock files and the document together.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parents[1] / "docs" / "clients.md"
APACHE: Final = "2.4 (Debian 12)"


@dataclass(frozen=True)
class Row:
    """client: as its registry names it. speaks: protocol and version. algorithms: who signs what. test: file::name."""

    client: str
    speaks: str
    algorithms: str
    passes: str
    test: str


_LIBRARIES = "test_oidc_libraries.py"
_ESIA = "test_esia_clients.py"

ROWS: Final = (
    *(
        row
        for client in ("npm openid-client", "npm oauth4webapi")
        for row in (
            Row(
                client,
                "OpenID Connect, `client_secret_basic`",
                "ID token ES256",
                "discovery, code with PKCE, RFC 9207 `iss`, `max_age`, userinfo",
                f"{_LIBRARIES}::test_anna_signs_in_with_a_code_and_pkce",
            ),
            Row(
                client,
                "OpenID Connect, `client_secret_basic`",
                "ID token ES256",
                "RP-initiated logout",
                f"{_LIBRARIES}::test_anna_leaves_through_the_portal_and_comes_back",
            ),
        )
    ),
    Row(
        "Apache mod_auth_openidc",
        "OpenID Connect, `client_secret_basic`",
        "ID token ES256",
        "code with PKCE protects a page, userinfo",
        "test_mod_auth_openidc.py::test_anna_sees_it_after_signing_in_and_apache_knows_her",
    ),
    Row(
        "Apache mod_auth_openidc",
        "OpenID Connect, `client_secret_basic`",
        "ID token ES256",
        "RP-initiated logout",
        "test_mod_auth_openidc.py::test_anna_leaves_by_apache_and_the_portal_forgets_her_too",
    ),
    Row(
        "Apache mod_auth_openidc",
        "OpenID Connect",
        "logout token ES256",
        "back-channel logout",
        "test_mod_auth_openidc.py::test_anna_leaves_the_portal_and_apache_hears_of_it_without_her",
    ),
)

INTRODUCTION = """# Clients

Clients that others wrote, run unchanged against a really running portal by `./dev test tests/clients`. What they
need is installed by `./dev test` itself: npm and PyPI packages by the lock files in `tests/clients`, Apache from
Debian.

This file is written by `python -m tests.clients.table`; a test fails when it no longer says what the tests do.
"""


def version(client: str) -> str:
    """The version that is run, from the lock files."""
    registry, _, package = client.partition(" ")
    if registry == "npm":
        locked = json.loads((HERE / "package-lock.json").read_text())["packages"]
        return str(locked[f"node_modules/{package}"]["version"])
    if registry == "PyPI":
        found = re.search(
            rf"^{re.escape(package)}==(\S+)", (HERE / "requirements.txt").read_text(), re.MULTILINE
        )
        return found[1] if found else ""
    return APACHE


def exists(test: str) -> bool:
    """Whether a row's test is there."""
    file, _, name = test.partition("::")
    return f"\ndef {name}(" in (HERE / file).read_text()


def document() -> str:
    """docs/clients.md."""
    lines = ["| Client | Version | Speaks | Algorithms | What passes | Test |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {row.client} | {version(row.client)} | {row.speaks} | {row.algorithms} | {row.passes} | `{row.test}` |"
        for row in ROWS
    ]
    return "\n".join([INTRODUCTION, *lines, ""])


if __name__ == "__main__":
    print(document(), end="")
