"""What this provider can do, said to programs."""

from http import HTTPStatus
from typing import Any

from django.conf import settings

from dopusk.portal.consents.rules import CLAIMS
from dopusk.portal.oidc import claims, keys
from dopusk.portal.oidc.authentication import METHODS
from dopusk.portal.oidc.rules.authorize import PROMPTS
from dopusk.portal.oidc.rules.signed import ALGS
from dopusk.portal.oidc.rules.token import GRANTS
from dopusk.portal.wire import Answer, Request, as_json


def discovery(request: Request) -> Answer:
    """OpenID Connect Discovery §3: what this provider can do, and no more."""
    here = settings.PORTAL_URL
    document: dict[str, Any] = {
        "issuer": here,
        "authorization_endpoint": f"{here}/oidc/authorize",
        "token_endpoint": f"{here}/oidc/token",
        "userinfo_endpoint": f"{here}/oidc/userinfo",
        "pushed_authorization_request_endpoint": f"{here}/oidc/par",
        "introspection_endpoint": f"{here}/oidc/introspect",
        "revocation_endpoint": f"{here}/oidc/revoke",
        "jwks_uri": f"{here}/oidc/jwks",
        "end_session_endpoint": f"{here}/oidc/logout",
        "scopes_supported": list(CLAIMS),
        "claims_supported": [
            *dict.fromkeys(claim for opened in CLAIMS.values() for claim in opened),
            "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash",
        ],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANTS),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(keys.KINDS),
        **{
            f"{endpoint}_endpoint_auth_{what}_supported": list(values)
            for endpoint in ("token", "introspection", "revocation")
            for what, values in (("methods", METHODS), ("signing_alg_values", ALGS))
        },
        "dpop_signing_alg_values_supported": list(ALGS),
        "require_pushed_authorization_requests": False,
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": sorted(PROMPTS),
        "acr_values_supported": list(claims.ACRS),
        "ui_locales_supported": list(dict(settings.LANGUAGES)),
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }  # fmt: skip
    return as_json(HTTPStatus.OK, document, cache="public, max-age=300")
