"""Every mistake a signed request can make, by a stable code, and what the real system answers to it (reference §8).

007053 (`clientSecretWrong`) is the answer to nearly all of them: that is why integrators need the code beside it.
"""

from typing import Final

from dopusk.portal.esia.errors import EsiaFault

_WRONG: Final = "007053"

# code → (ESIA code, the parameter named in brackets)
MISTAKES: Final[dict[str, tuple[str, str]]] = {
    # the request as a whole
    "version_off": ("007005", ""),
    "no_certificates": ("007002", ""),
    "secret_missing": ("007014", "client_secret"),
    "hash_missing": ("007014", "client_certificate_hash"),
    # timestamp
    "timestamp_missing": ("007014", "timestamp"),
    "timestamp_plus": ("007014", "timestamp"),
    "timestamp_hour_24": ("007014", "timestamp"),
    "timestamp_iso": ("007014", "timestamp"),
    "timestamp_unix": ("007014", "timestamp"),
    "timestamp_no_zone": ("007014", "timestamp"),
    "timestamp_zone_form": ("007014", "timestamp"),
    "timestamp_encoded": ("007014", "timestamp"),
    "timestamp_form": ("007014", "timestamp"),
    "clock_zone": ("007015", ""),
    "clock_behind": ("007015", ""),
    "clock_ahead": ("007015", ""),
    # client_certificate_hash
    "hash_sha1": (_WRONG, ""),
    "hash_pem": (_WRONG, ""),
    "hash_other_algorithm": (_WRONG, ""),
    "hash_of_public_key": (_WRONG, ""),
    "hash_reversed": (_WRONG, ""),
    "hash_base64": (_WRONG, ""),
    "hash_colons": (_WRONG, ""),
    "hash_long": (_WRONG, ""),
    "hash_form": (_WRONG, ""),
    "hash_unknown": (_WRONG, ""),
    "hash_of_other_certificate": (_WRONG, ""),
    # the certificate
    "certificate_expired": (_WRONG, ""),
    "certificate_not_yet_valid": (_WRONG, ""),
    "certificate_disabled": (_WRONG, ""),
    "certificate_reissued": ("007002", ""),
    "signer_unknown": ("007002", ""),
    "signer_not_embedded": ("007002", ""),
    # client_secret: how it is written
    "secret_base64": (_WRONG, ""),
    "secret_plus_lost": (_WRONG, ""),
    "secret_encoded_twice": (_WRONG, ""),
    "secret_hex": (_WRONG, ""),
    "secret_pem": (_WRONG, ""),
    "secret_smime": (_WRONG, ""),
    "secret_jwt": (_WRONG, ""),
    "secret_form": (_WRONG, ""),
    "secret_lines": (_WRONG, ""),
    "secret_base64_twice": (_WRONG, ""),
    "secret_literal": (_WRONG, ""),
    "secret_kind": (_WRONG, ""),
    # client_secret: what kind of signature it is
    "cms_on_v2": (_WRONG, ""),
    "raw_on_v1": (_WRONG, ""),
    "cms_not_der": (_WRONG, ""),
    "cms_no_signer": (_WRONG, ""),
    "cms_several_signers": (_WRONG, ""),
    "bytes_reversed": (_WRONG, ""),
    "halves_swapped": (_WRONG, ""),
    "algorithm_mismatch": (_WRONG, ""),
    "algorithm_unknown": (_WRONG, ""),
    "digest_sha1": (_WRONG, ""),
    "digest_other": (_WRONG, ""),
    "digest_bare": (_WRONG, ""),
    "rsa_pss": (_WRONG, ""),
    "foreign_key": (_WRONG, ""),
    "string_unknown": (_WRONG, ""),
    "string_differs": (_WRONG, ""),
    "signature_wrong": (_WRONG, ""),
    # the signature is right, its string is another one
    "string_v1": (_WRONG, ""),
    "string_v2": (_WRONG, ""),
    "string_order": (_WRONG, ""),
    "string_joined": (_WRONG, ""),
    "string_newline": (_WRONG, ""),
    "string_text_headers": (_WRONG, ""),
    "string_utf16": (_WRONG, ""),
    "string_bom": (_WRONG, ""),
    "string_encoded": (_WRONG, ""),
    "string_hashed": (_WRONG, ""),
    "string_base64": (_WRONG, ""),
    "scope_separator": (_WRONG, ""),
    "scope_order": (_WRONG, ""),
    "string_scope_missing": (_WRONG, ""),
    "scope_of_ac": (_WRONG, ""),
    "scope_org_missing": (_WRONG, ""),
    "scope_org_extra": (_WRONG, ""),
    "string_zone": (_WRONG, ""),
    "string_moment": (_WRONG, ""),
    "string_timestamp_encoded": (_WRONG, ""),
    "string_timestamp_plus": (_WRONG, ""),
    "string_timestamp_missing": (_WRONG, ""),
    "client_id_case": (_WRONG, ""),
    "client_id_missing": (_WRONG, ""),
    "state_of_ac": (_WRONG, ""),
    "state_missing": (_WRONG, ""),
    "redirect_encoded": (_WRONG, ""),
    "redirect_encoded_twice": ("007011", ""),
    "redirect_missing": (_WRONG, ""),
    "redirect_extra": (_WRONG, ""),
    "redirect_slash": (_WRONG, ""),
    "redirect_other": (_WRONG, ""),
    "code_missing": (_WRONG, ""),
    "code_extra": (_WRONG, ""),
    "refresh_token_extra": (_WRONG, ""),
    "refresh_token_missing": (_WRONG, ""),
    "permissions_extra": (_WRONG, ""),
}


def fault(code: str) -> EsiaFault:
    """The refusal that a mistake earns."""
    esia_code, detail = MISTAKES[code]
    return EsiaFault(esia_code, code, detail)
