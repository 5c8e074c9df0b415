"""Why a registration is refused, in English, for command lines; the operator's page has its own words."""

from typing import Final

from dopusk.portal.clients.actions import RegistrationRefused

_SENTENCES: Final = {
    "address_form": (
        "{value} is not a whole address: it begins with https:// (or http:// where that is allowed) and has "
        "no spaces, no * and no letters beyond Latin ones"
    ),
    "address_fragment": "{value} has a #: what follows it never reaches a service. Leave that part out",
    "address_insecure": "{value} is not encrypted: it has to be https://; http:// will do for localhost only",
    "auth_method": "{value} is no way in which a service shows that it is itself",
    "certificate_algorithm": (
        "the key of {value} signs no requests of the ЕСИА: it has to be GOST R 34.10-2012 or RSA"
    ),
    "certificate_empty": "there is no certificate in the file",
    "certificate_missing": "{value} has no certificate to check its requests by: add --certificate FILE",
    "certificate_several": "there are several certificates in one file: give each a file and a --certificate",
    "certificate_unreadable": "the file is no X.509 certificate in PEM or DER",
    "certificate_weak": "the RSA key of {value} is shorter than 2048 bits",
    "client_id_form": (
        "{value!r} is no identifier: up to 100 Latin letters, digits, dots, hyphens and underscores, "
        "a letter, a digit or an underscore first"
    ),
    "client_id_taken": "{value} is there already; add --replace to change it",
    "esia_versions": "{value} speaks no generation of the protocol: v1, v2 or both",
    "grant_type": "one of these is nothing that can be granted: {value}",
    "id_token_alg": "{value} is no algorithm of ID tokens here: ES256 or RS256",
    "jwks_form": "the keys of {value} are not a JWK Set with a public RSA or EC key in it",
    "jwks_missing": "private_key_jwt is checked by the public keys of {value}: add --jwks FILE",
    "jwks_private": (
        "there is a private key among those of {value}. Take it for lost: make another, give its public part"
    ),
    "jwks_weak": "an RSA key of {value} is shorter than 2048 bits",
    "name_missing": "{value} has no name for people to read",
    "redirect_missing": "people who sign in have to come back somewhere: {value} needs a --redirect-uri",
    "refresh_without_code": "refresh_token is granted together with a person's sign-in: add --grant authorization_code",
    "scope_form": "{value!r} is no name of a scope: up to 40 printable signs without spaces, quotes and backslashes",
    "scope_of_people": "{value} opens what is known of people: name it by --scope",
    "scope_unknown": "there is no scope {value}",
    "secret_short": "the secret of {value} is shorter than 32 characters",
    "token_alg": "{value} is no algorithm of markers: RS256 or GOST3410_2012_256",
}


def sentence(refused: RegistrationRefused) -> str:
    """What is wrong and what to do, without a full stop; the code itself stands in brackets after it."""
    said = _SENTENCES.get(refused.code, "{value}").format(value=refused.value)
    return f"{said} ({refused.code})"
