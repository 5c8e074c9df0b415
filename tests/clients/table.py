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
OTHERS: Final = {
    "Apache mod_auth_openidc": "2.4 (Debian 12)",
    "openssl and curl": "3.0 and 7.88 (Debian 12)",
    "Dopusk's own cabinet": "this tree",
}


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

_BASIC, _WHOLE = "OpenID Connect, `client_secret_basic`", "OpenID Connect by FAPI 2.0, `private_key_jwt`"
_V1, _V2 = "ЕСИА v1 (`ac`, `te`)", "ЕСИА v2 (`v2/ac`, `v3/te`)"


def _library(client: str) -> tuple[Row, ...]:
    return (
        Row(
            client,
            _BASIC,
            "ID token ES256",
            "discovery, code with PKCE, `iss` (RFC 9207), `max_age`, userinfo",
            f"{_LIBRARIES}::test_anna_signs_in_with_a_code_and_pkce",
        ),
        Row(
            client,
            _BASIC,
            "ID token ES256",
            "the same, registered by the line of docs/sandbox.md",
            f"{_LIBRARIES}::test_anna_enters_a_service_registered_by_the_line_of_the_document",
        ),
        Row(
            client,
            _BASIC,
            "ID token RS256",
            "the same",
            f"{_LIBRARIES}::test_a_service_that_wants_rs256_gets_it",
        ),
        Row(
            client,
            _BASIC,
            "ID token ES256",
            "RP-initiated logout",
            f"{_LIBRARIES}::test_anna_leaves_through_the_portal_and_comes_back",
        ),
        Row(
            client,
            _WHOLE,
            "assertion, DPoP and ID token ES256",
            "PAR, DPoP, refresh rotation, introspection, revocation, `client_credentials`, RP-initiated logout",
            f"{_LIBRARIES}::test_ksenia_uses_a_service_that_uses_all_there_is",
        ),
        Row(
            client,
            _BASIC,
            "ID token PS256 expected",
            "refuses, as it must: the portal signs by another algorithm",
            f"{_LIBRARIES}::test_a_library_that_expects_another_algorithm_does_not_take_ours",
        ),
        Row(
            client,
            _BASIC,
            "ID token ES256",
            "refuses, as it must: the answer of another issuer",
            f"{_LIBRARIES}::test_an_answer_of_another_issuer_is_not_taken_for_ours",
        ),
    )


def _by_hand(speaks: str) -> tuple[Row, ...]:
    passes = "code, markers, person: the examples of docs/sandbox.md"
    return (
        Row(
            "openssl and curl",
            speaks,
            "signature RSA; markers RS256",
            passes,
            "test_examples.py::test_an_integrator_signs_a_test_person_in_by_openssl_and_curl",
        ),
        Row(
            "openssl and curl",
            speaks,
            "signature GOST R 34.10-2012; markers GOST3410_2012_256",
            passes,
            "test_examples.py::test_the_same_by_a_gost_key_with_markers_signed_by_gost",
        ),
    )


def _cabinet(speaks: str) -> tuple[Row, ...]:
    journey, passes = (
        "../journeys/test_main_job_esia.py::test_the_main_job_by_a_dialect_with",
        "the main job, whole",
    )
    return (
        Row("Dopusk's own cabinet", speaks, "signature RSA; markers RS256", passes, f"{journey}_an_rsa_key"),
        Row(
            "Dopusk's own cabinet",
            speaks,
            "signature GOST R 34.10-2012; markers GOST3410_2012_256",
            passes,
            f"{journey}_gost_keys_on_both_sides",
        ),
    )


_APACHE = "Apache mod_auth_openidc"
ROWS: Final = (
    *_library("npm openid-client"),
    *_library("npm oauth4webapi"),
    Row(
        _APACHE,
        _BASIC,
        "ID token ES256",
        "code with PKCE protects a page, userinfo",
        "test_mod_auth_openidc.py::test_anna_sees_it_after_signing_in_and_apache_knows_her",
    ),
    Row(
        _APACHE,
        _BASIC,
        "ID token ES256",
        "RP-initiated logout",
        "test_mod_auth_openidc.py::test_anna_leaves_by_apache_and_the_portal_forgets_her_too",
    ),
    Row(
        _APACHE,
        _BASIC,
        "logout token ES256",
        "back-channel logout",
        "test_mod_auth_openidc.py::test_anna_leaves_the_portal_and_apache_hears_of_it_without_her",
    ),
    Row(
        "PyPI esia-connector",
        _V1,
        "CMS RSA, detached; markers RS256",
        "code, marker verified, person, contacts, documents, addresses",
        f"{_ESIA}::test_esia_connector_goes_through_the_whole_flow_and_checks_the_marker",
    ),
    Row(
        "PyPI esia-connector",
        _V1,
        "CMS RSA, detached; markers RS256",
        "refuses, as it must: a marker that another key signed",
        f"{_ESIA}::test_esia_connector_takes_no_marker_that_another_key_signed",
    ),
    Row(
        "npm esia",
        _V1,
        "CMS RSA, attached; markers RS256",
        "code, marker, person, contacts, documents",
        f"{_ESIA}::test_npm_esia_goes_through_the_whole_flow",
    ),
    Row(
        "npm esia",
        _V1,
        "CMS RSA, attached; markers GOST3410_2012_256",
        "the same, `--auto-login`",
        f"{_ESIA}::test_npm_esia_reads_a_marker_signed_by_gost",
    ),
    Row(
        "npm passport-esia",
        _V1,
        "CMS RSA at `ac`; none at `te`",
        "refused at `te`, strict and lenient (ESIA-007013), with a diagnosis: the library sends no scope and puts a "
        "literal in the place of its signature",
        f"{_ESIA}::test_passport_esia_is_refused_at_te_and_the_diagnosis_says_why",
    ),
    *_by_hand(_V1),
    *_by_hand(_V2),
    *_cabinet(_V1),
    *_cabinet(_V2),
)

INTRODUCTION = """# Clients

Clients that others wrote, run unchanged against a really running portal by `./dev test tests/clients`. What they
need is installed by `./dev test` itself: npm and PyPI packages by the lock files in `tests/clients`, Apache from
Debian. Our own cabinet stands last, for what nobody else's client does.

Those of the ЕСИА run against a strict system: none of them needs `--lenient`.

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
    return OTHERS.get(client, "")


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
