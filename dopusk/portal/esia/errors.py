"""Errors of the ЕСИА dialect (reference §8): one table, and the fault that every check answers with."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Kind:
    """A row of the table. error: OAuth's word for it, or the REST service's message. words: after the code."""

    error: str
    words: str


_TABLE: Final = """
007002 unauthorized_client        certificate does not belong to the system
007003 invalid_request            parameter is missing, invalid or repeated
007004 access_denied              the person or the service has refused the request
007005 unauthorized_client        the system may not use this method
007006 invalid_scope              scope is unknown or malformed
007007 server_error               unexpected error
007008 temporarily_unavailable    the service is overloaded or under maintenance
007009 unsupported_response_type  this way of obtaining a token is not supported
007011 invalid_grant              code or refresh token is invalid, expired, revoked or given to another
007012 unsupported_grant_type     grant type is not supported
007013 invalid_scope              scope is not given
007014 invalid_request            mandatory parameter is missing
007015 invalid_request            wrong time of the request
007019 access_denied              OAuthErrorEnum.noGrants
007023 invalid_request            redirect_uri is not registered
007038 invalid_request            parameters cannot be read
007039 invalid_grant              code_challenge was not given at v2/ac
007040 invalid_grant              code_verifier does not match code_challenge
007046 access_denied              one-time password is required but unavailable
007053 access_denied              OAuthErrorEnum.clientSecretWrong
007055 access_denied              the account is not confirmed
007060 invalid_request            roles are invalid
007061 invalid_request            obj_type is invalid
007062 access_denied              the user is of another type
007194 access_denied              the person is not an employee of the organisation
008010 invalid_client             client authentication failed
036700 invalid_request            consent: type is not given
036701 invalid_request            consent: type is unknown
036702 invalid_request            consent: scope is not given
036703 invalid_request            consent: scopes exceed those of the type
036704 invalid_request            consent: scopes are forbidden
036705 invalid_request            consent: action is not given
036706 invalid_request            consent: action is unknown
036707 invalid_request            consent: purpose is not given
036716 invalid_request            consent: term is wrong
036726 invalid_request            consent: purpose is unknown
036727 invalid_request            consent: exactly one purpose is needed
005013 invalid_token              SecurityErrorEnum.expiredToken
005029 insufficient_scope         SecurityErrorEnum.scopeNotAllowed
"""
KINDS: Final[dict[str, Kind]] = {
    code: Kind(error, words)
    for code, error, words in (line.split(maxsplit=2) for line in _TABLE.strip().splitlines())
}
NO_CODE: Final = ""


@dataclass(frozen=True)
class EsiaFault:
    """Why a request is refused. esia_code: six digits, as the real system answers; a key of KINDS. NO_CODE: which one
    it answers is not known, and none is told.

    code: which of our checks it was, for logs, tests and diagnosis. detail: what exactly, as the name of a parameter.
    """

    esia_code: str
    code: str
    detail: str = ""

    @property
    def error(self) -> str:
        """OAuth's `error` (RFC 6749 §4.1.2.1, §5.2), or of RFC 6750 §3.1 at REST."""
        return KINDS[self.esia_code].error

    @property
    def words(self) -> str:
        """What the code means; at REST the `message`."""
        return KINDS[self.esia_code].words

    @property
    def description(self) -> str:
        """`error_description`: clients look the code up by its first eleven characters (reference §4)."""
        detail = f" [{self.detail}]" if self.detail else ""
        return f"ESIA-{self.esia_code}: {self.words}{detail}"
