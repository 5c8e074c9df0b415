"""What each check says to whoever connects a service: what to do, in one sentence.

Texts are of RFC 6749 §5.2: printable ASCII without quotation mark and backslash. They are the same for every service
and tell nothing about a person or about another service.
"""

from collections.abc import Mapping
from typing import Final

SAYINGS: Final[Mapping[str, str]] = {
    # the authorization request
    "not_an_endpoint": "send the authorization request to the authorization_endpoint of discovery by GET or POST",
    "recipient_repeated": "send client_id and redirect_uri once each",
    "client_unknown": "no service has this client_id here, check it or register the service",
    "redirect_unregistered": "the address must equal a registered one letter for letter, register or correct it",
    "client_without_codes": "the service is not registered for the authorization_code grant of OpenID Connect",
    "push_required": "the service must push its requests: POST the parameters to the"
    " pushed_authorization_request_endpoint and send the request_uri of the answer",
    "parameter_repeated": "send each parameter once",
    "state_form": "state takes up to 1024 visible ASCII characters",
    "nonce_form": "nonce takes up to 1024 visible ASCII characters",
    "request_not_supported": "request objects are not supported, send plain parameters or push them",
    "request_uri_not_supported": "only a request_uri given by the pushed authorization request endpoint is taken",
    "registration_not_supported": "services do not register themselves in a request, leave out registration",
    "response_type_missing": "send response_type=code",
    "response_type": "only the code flow is supported, send response_type=code",
    "response_mode": "only response_mode=query is supported, send that or leave it out",
    "scope_without_openid": "scope must contain openid, and the service must be registered for it",
    "challenge_missing": "PKCE is required, send code_challenge with code_challenge_method=S256",
    "challenge_method": "send code_challenge_method=S256, plain protects nothing and is what an omitted method means",
    "challenge_form": "code_challenge is the base64url SHA-256 of code_verifier without padding, 43 characters",
    "dpop_jkt_form": "dpop_jkt is the base64url SHA-256 thumbprint of the public key (RFC 7638), 43 characters",
    "prompt_unknown": "prompt takes none, login, consent and select_account, separated by spaces",
    "prompt_none_not_alone": "send prompt=none without other values",
    "max_age_form": "max_age is a whole number of seconds",
    "consent_denied": "the person did not agree to share her data, ask again only when she wishes to",
    "hint_invalid": "id_token_hint must be an ID token that was issued here to this service, as it was issued",
    "not_signed_in": "the person has to sign in, repeat the request without prompt=none",
    "another_person": "the person signed in is not the one of id_token_hint, repeat the request without the hint",
    "not_agreed": "the person has not agreed to this yet, repeat the request without prompt=none",
    "missing_level": "the person has to confirm her account first, repeat the request without prompt=none",
    "missing_cooling": "the account was recovered lately and waits, repeat the request later or without prompt=none",
    "missing_contact": "the person has to confirm a contact first, repeat the request without prompt=none",
    # pushed requests
    "reference_pushed": "a pushed request must not contain request_uri, push the parameters themselves",
    "dpop_jkt_differs": "dpop_jkt must be the thumbprint of the key of the DPoP header, or be left out",
    "pushed_unknown": "this service has pushed no such request, push it again and use the request_uri of the answer",
    "pushed_used": "a code was given for this request already, push a new one for each sign-in",
    "pushed_expired": "the pushed request is too old, push it again and send the person at once",
    # who the service is
    "body_form": "send the body as application/x-www-form-urlencoded, each parameter once",
    "client_authentication": "authenticate by the registered method: HTTP Basic with form-encoded client_id and secret,"
    " or client_assertion",
    "authentication_twice": "use one authentication method a request, and the same client_id in the body or none",
    "assertion_type": "send client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    "assertion_form": "client_assertion must be a signed JWT in compact form without critical extensions",
    "assertion_algorithm": "sign the assertion with ES256, PS256, RS256 or Ed25519",
    "assertion_issuer": "iss and sub of the assertion, and client_id if it is sent, must be the client_id",
    "assertion_client": "this client_id is not registered here for private_key_jwt",
    "assertion_signature": "sign the assertion with the private key of a registered public one, or register its key",
    "assertion_audience": "aud of the assertion must be our issuer and nothing else",
    "assertion_expired": "exp of the assertion is required and must lie ahead, check the clock",
    "assertion_long_lived": "exp of the assertion must lie within an hour, make a new one for each request",
    "assertion_early": "nbf and iat of the assertion must not lie ahead, check the clock",
    "assertion_jti": "the assertion needs a jti of 1 to 256 characters",
    "assertion_replayed": "each assertion works once, make one with a new jti for each request",
    # the key it shows
    "proof_missing": "the service must bind its tokens to a key, send a DPoP header",
    "proof_form": "the DPoP header must be one signed JWT in compact form without critical extensions",
    "proof_type": "typ in the header of the proof must be dpop+jwt",
    "proof_algorithm": "sign the proof with ES256, PS256, RS256 or Ed25519",
    "proof_key": "the header of the proof must carry the public key as jwk, without its private part",
    "proof_signature": "the proof must be signed by the key it carries",
    "proof_method": "htm of the proof must be the method of this request",
    "proof_address": "htu of the proof must be the address of this request without query",
    "proof_time": "the proof needs iat as a number of seconds since 1970",
    "proof_early": "iat of the proof lies ahead, check the clock",
    "proof_old": "the proof is too old, make a new one for each request and check the clock",
    "proof_jti": "the proof needs a jti of 1 to 256 characters",
    "proof_token": "ath of the proof must be the base64url SHA-256 of the access token",
    "proof_replayed": "each proof works once, make one with a new jti for each request",
    # tokens
    "grant_type_missing": "send grant_type",
    "grant_type": "grant_type is one of authorization_code, refresh_token and client_credentials",
    "grant_type_unregistered": "the service is not registered for this grant_type",
    "code_or_redirect_missing": "send code and the redirect_uri of the authorization request",
    "verifier_form": "code_verifier takes 43 to 128 characters of A-Z a-z 0-9 - . _ ~",
    "refresh_token_missing": "send refresh_token",
    "scope_not_own": "ask only for registered scopes that open no data of people",
    "token_missing": "send token",
    "token_foreign": "the token was given to another service",
    "code_unknown": "no such code was given, or it was removed long after its end, begin the sign-in anew",
    "code_foreign": "the code was given to another service",
    "code_reused": "a code works once, and what it gave has ended now, begin the sign-in anew",
    "code_expired": "a code lives one minute, exchange it at once",
    "code_redirect": "redirect_uri must be the one of the authorization request",
    "code_verifier": "code_verifier does not fit the code_challenge of the authorization request",
    "code_key": "the code is bound to a key, send a DPoP proof signed by it",
    "session_over": "the person has signed out since, send her to sign in again",
    "consent_withdrawn": "the person has withdrawn her consent, send her to agree again",
    "not_admitted": "the person's account no longer meets what the service demands, send her to sign in again",
    "refresh_unknown": "no such refresh token was given, send the person to sign in again",
    "refresh_foreign": "the refresh token was given to another service",
    "refresh_reused": "a refresh token works once, and all of its family have ended now, keep the newest one",
    "refresh_revoked": "the refresh token was revoked, send the person to sign in again",
    "refresh_expired": "the refresh token has run out, send the person to sign in again",
    "refresh_key": "the refresh token is bound to a key, send a DPoP proof signed by it",
    "refresh_scope": "ask for no more scopes than were granted",
    "token": "the access token is unknown, has run out or was revoked, or it is bound to a key that was not shown",
    # signing out
    "hint_foreign": "client_id must be the audience of id_token_hint",
}


def saying(code: str) -> str:
    """The code of a check and what to do, for `error_description`; a code without a saying stands alone."""
    return f"{code}: {SAYINGS[code]}" if code in SAYINGS else code
