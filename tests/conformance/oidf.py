"""Which conditions of the OpenID Foundation's certification plans are ported here, by their names, and which are not.

    python -m tests.conformance.oidf > docs/conformance.md

A module `oidcc-prompt-login` is ported by a function `test_oidcc_prompt_login`, or by a parameter with the module's
name as its id, in the plan's file. `test_oidf_table.py` holds the three together: this table, the tests, the document.
"""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parents[1] / "docs" / "conformance.md"


@dataclass(frozen=True)
class Plan:
    """A plan of the suite. tests: our file; conditions: names of its modules, in its order; why_not: those left out."""

    name: str
    title: str
    tests: str
    conditions: tuple[str, ...]
    why_not: dict[str, str]


BASIC: Final = Plan(
    "oidcc-basic-certification-test-plan",
    "Basic OP",
    "test_oidf_basic.py",
    (
        "oidcc-server",
        "oidcc-response-type-missing",
        "oidcc-idtoken-signature",
        "oidcc-idtoken-unsigned",
        "oidcc-userinfo-get",
        "oidcc-userinfo-post-header",
        "oidcc-userinfo-post-body",
        "oidcc-ensure-request-without-nonce-succeeds-for-code-flow",
        "oidcc-scope-profile",
        "oidcc-scope-email",
        "oidcc-scope-address",
        "oidcc-scope-phone",
        "oidcc-scope-all",
        "oidcc-ensure-other-scope-order-succeeds",
        "oidcc-display-page",
        "oidcc-display-popup",
        "oidcc-prompt-login",
        "oidcc-prompt-none-not-logged-in",
        "oidcc-prompt-none-logged-in",
        "oidcc-max-age-1",
        "oidcc-max-age-10000",
        "oidcc-ensure-request-with-unknown-parameter-succeeds",
        "oidcc-id-token-hint",
        "oidcc-login-hint",
        "oidcc-ui-locales",
        "oidcc-claims-locales",
        "oidcc-ensure-request-with-acr-values-succeeds",
        "oidcc-codereuse",
        "oidcc-codereuse-30seconds",
        "oidcc-ensure-registered-redirect-uri",
        "oidcc-ensure-post-request-succeeds",
        "oidcc-server-client-secret-post",
        "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
        "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
        "oidcc-claims-essential",
        "oidcc-ensure-request-object-with-redirect-uri",
        "oidcc-refresh-token",
        "oidcc-ensure-request-with-valid-pkce-succeeds",
    ),
    {
        "oidcc-userinfo-post-body": "optional in RFC 6750 §2.2; a token in a body ends up in logs, so only the "
        "`Authorization` header is read",
        "oidcc-server-client-secret-post": "not offered (RFC 6749 §2.3.1 calls it NOT RECOMMENDED); discovery names "
        "`client_secret_basic` and `private_key_jwt`",
        "oidcc-ensure-request-object-with-redirect-uri": "request objects are refused as unsupported, which the suite "
        "then does not test further",
    },
)

LOGOUT: Final = Plan(
    "oidcc-rp-initiated-logout-certification-test-plan",
    "RP-Initiated Logout",
    "test_oidf_logout.py",
    (
        "oidcc-rp-initiated-logout-discovery-endpoint-verification",
        "oidcc-rp-initiated-logout",
        "oidcc-rp-initiated-logout-bad-post-logout-redirect-uri",
        "oidcc-rp-initiated-logout-modified-id-token-hint",
        "oidcc-rp-initiated-logout-no-id-token-hint",
        "oidcc-rp-initiated-logout-no-params",
        "oidcc-rp-initiated-logout-no-post-logout-redirect-uri",
        "oidcc-rp-initiated-logout-no-state",
        "oidcc-rp-initiated-logout-only-state",
        "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri",
        "oidcc-rp-initiated-logout-bad-id-token-hint",
    ),
    {},
)

BACK_CHANNEL: Final = Plan(
    "oidcc-backchannel-rp-initiated-logout-certification-test-plan",
    "Back-Channel Logout",
    "test_oidf_logout.py",
    ("oidcc-backchannel-logout-discovery-endpoint-verification", "oidcc-backchannel-rp-initiated-logout"),
    {},
)

_F = "fapi2-security-profile-final-"
_GRANTS = "Grant Management for OAuth 2.0 is not offered; consents are managed by the person, on a page of the portal"
_AUSTRALIA = "a condition of Australia's ConnectID or Consumer Data Right, not of the profile itself"
FAPI: Final = Plan(
    "fapi2-security-profile-final-test-plan",
    "FAPI 2.0 Security Profile (plain_fapi, openid_connect, private_key_jwt, dpop, unsigned, plain_response)",
    "test_oidf_fapi.py",
    (
        f"{_F}discovery-end-point-verification",
        f"{_F}happy-flow",
        f"{_F}user-rejects-authentication",
        f"{_F}ensure-authorization-request-without-state-success",
        f"{_F}ensure-authorization-request-without-nonce-success",
        f"{_F}ensure-authorization-request-with-64-char-nonce-success",
        f"{_F}ensure-other-scope-order-succeeds",
        f"{_F}test-claims-parameter-identity-claims",
        f"{_F}access-token-type-header-case-sensitivity",
        f"{_F}check-dpop-proof-nbf-exp",
        f"{_F}ensure-dpopproof-with-iat-10seconds-before-succeeds",
        f"{_F}ensure-dpopproof-with-iat-10seconds-after-succeeds",
        f"{_F}ensure-mismatched-dpop-jkt-fails",
        f"{_F}ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt",
        f"{_F}ensure-token-endpoint-fails-with-mismatched-dpop-jkt",
        f"{_F}ensure-dpopproof-at-par-endpoint-binding-success",
        f"{_F}ensure-dpop-auth-code-binding-success",
        f"{_F}ensure-different-nonce-inside-and-outside-request-object",
        f"{_F}ensure-different-state-inside-and-outside-request-object",
        f"{_F}ensure-authorization-request-with-long-nonce",
        f"{_F}ensure-authorization-request-with-long-state",
        f"{_F}state-only-outside-request-object-not-used",
        f"{_F}ensure-request-object-without-redirect-uri-fails",
        f"{_F}ensure-registered-redirect-uri",
        f"{_F}plain-fapi-tolerate-unregistered-redirect-uri",
        f"{_F}ensure-unsigned-authorization-request-without-using-par-fails",
        f"{_F}ensure-redirect-uri-in-authorization-request",
        f"{_F}ensure-response-type-code-idtoken-fails",
        f"{_F}australia-connectid-ensure-invalid-purpose-fails",
        f"{_F}ensure-response-type-token-fails",
        f"{_F}ensure-client-id-in-token-endpoint",
        f"{_F}ensure-holder-of-key-required",
        f"{_F}ensure-authorization-code-is-bound-to-client",
        f"{_F}attempt-reuse-authorization-code-after-one-second",
        f"{_F}ensure-token-endpoint-fails-with-expired-auth-code",
        f"{_F}ensure-signed-client-assertion-with-RS256-fails",
        f"{_F}ensure-client-assertion-in-token-endpoint",
        f"{_F}ensure-client-assertion-with-exp-is-5-minutes-in-past-fails",
        f"{_F}ensure-client-assertion-with-wrong-aud-fails",
        f"{_F}ensure-client-assertion-with-no-sub-fails",
        f"{_F}ensure-invalid-client-assertions-fail",
        f"{_F}dpop-negative-tests",
        f"{_F}refresh-token",
        f"{_F}cdr-sharing-duration-zero",
        f"{_F}cdr-negative-sharing-duration",
        f"{_F}cdr-refresh-token-introspection-expiry",
        f"{_F}cdr-arrangement-amendment",
        f"{_F}cdr-unrecognised-arrangement-id",
        f"{_F}brazil-ensure-bad-payment-signature-fails",
        f"{_F}australia-connectid-test-claims-parameter-idtoken-identity-claims",
        f"{_F}par-ensure-reused-request-uri-prior-to-auth-completion-succeeds",
        f"{_F}par-attempt-reuse-request_uri",
        f"{_F}par-attempt-to-use-expired-request_uri",
        f"{_F}par-attempt-to-use-request_uri-for-different-client",
        f"{_F}par-authorization-request-containing-request_uri-form-param",
        f"{_F}par-attempt-invalid-http-method",
        f"{_F}par-ensure-pkce-required",
        f"{_F}ensure-pkce-code-verifier-required",
        f"{_F}incorrect-pkce-code-verifier-rejected",
        f"{_F}par-plain-pkce-rejected",
        f"{_F}par-without-duplicate-parameters",
        f"{_F}grant-management-query-and-revoke",
        f"{_F}grant-management-merge",
        f"{_F}grant-management-replace",
        f"{_F}grant-management-ensure-invalid-grant-id-fails",
        f"{_F}grant-management-ensure-query-nonexistent-grant-fails",
        f"{_F}grant-management-ensure-wrong-client-cannot-query-grant",
        f"{_F}grant-management-ensure-wrong-client-cannot-revoke-grant",
    ),
    {
        f"{_F}test-claims-parameter-identity-claims": "the `claims` parameter is optional and not supported "
        "(`claims_parameter_supported` is false)",
        f"{_F}australia-connectid-ensure-invalid-purpose-fails": _AUSTRALIA,
        f"{_F}australia-connectid-test-claims-parameter-idtoken-identity-claims": _AUSTRALIA,
        f"{_F}cdr-sharing-duration-zero": _AUSTRALIA,
        f"{_F}cdr-negative-sharing-duration": _AUSTRALIA,
        f"{_F}cdr-refresh-token-introspection-expiry": _AUSTRALIA,
        f"{_F}cdr-arrangement-amendment": _AUSTRALIA,
        f"{_F}cdr-unrecognised-arrangement-id": _AUSTRALIA,
        f"{_F}brazil-ensure-bad-payment-signature-fails": "a condition of Brazil's open finance",
        **{
            f"{_F}grant-management-{one}": _GRANTS
            for one in (
                "query-and-revoke",
                "merge",
                "replace",
                "ensure-invalid-grant-id-fails",
                "ensure-query-nonexistent-grant-fails",
                "ensure-wrong-client-cannot-query-grant",
                "ensure-wrong-client-cannot-revoke-grant",
            )
        },
    },
)

PLANS: Final = (BASIC, LOGOUT, BACK_CHANNEL, FAPI)

INTRODUCTION = """# Conformance

The conditions of the OpenID Foundation's certification plans, ported into `tests/conformance` under their own names.
The suite itself (Java, MongoDB) is not run, and this is no certification: it says which of its conditions are held by
a test of ours, and why the others do not apply. The plans' modules that need signed request objects belong to
FAPI 2.0 Message Signing, which is not offered.

This file is written by `python -m tests.conformance.oidf`; a test fails when it no longer says what the tests do.
"""


@cache
def _checks(tests: str) -> dict[str, str]:
    """Name of a ported condition → the function that holds it."""
    found: dict[str, str] = {}
    for node in ast.parse((HERE / tests).read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            found[node.name.removeprefix("test_").replace("_", "-").lower()] = node.name
            for decorator in node.decorator_list:
                for part in ast.walk(decorator):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        found.setdefault(part.value.replace("_", "-").lower(), node.name)
    return found


def check(plan: Plan, condition: str) -> str:
    """The function that holds a condition, or an empty text."""
    return _checks(plan.tests).get(condition.replace("_", "-").lower(), "")


def document() -> str:
    """docs/conformance.md."""
    parts = [INTRODUCTION]
    for plan in PLANS:
        ported = [one for one in plan.conditions if one not in plan.why_not]
        parts.append(
            f"## {plan.title}\n\nPlan `{plan.name}`: {len(ported)} of {len(plan.conditions)} conditions ported, "
            f"in `tests/conformance/{plan.tests}`.\n"
        )
        rows = ["| Condition | Test, or why it does not apply |", "|---|---|"]
        for condition in plan.conditions:
            told = plan.why_not.get(condition) or f"`{check(plan, condition)}`"
            rows.append(f"| `{condition}` | {told} |")
        parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    print(document(), end="")
