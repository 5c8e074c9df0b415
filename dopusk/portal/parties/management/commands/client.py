"""`python -m dopusk.portal client add --id … --name … --redirect-uri … | list`: services without the pages."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from dopusk.portal.accounts.rules import Level
from dopusk.portal.clients.actions import RegistrationRefused
from dopusk.portal.clients.models import Client
from dopusk.portal.clients.rules import GRANT_TYPES, ID_TOKEN_ALGS, read_jwks
from dopusk.portal.clients.sentences import sentence
from dopusk.portal.consents.rules import CLAIMS, FURTHER
from dopusk.portal.esia.models import System
from dopusk.portal.esia.registering import TOKEN_ALGS
from dopusk.portal.parties import actions
from dopusk.portal.parties.actions import Registered
from dopusk.portal.parties.forms import SCOPE

AUTH = {"basic": "client_secret_basic", "private_key_jwt": "private_key_jwt", "esia": "esia"}


class Command(BaseCommand):
    help = (
        "Registers a service and prints, as one line of JSON, what it needs; the secret is shown this once. "
        "Or lists the services that are registered, a line of JSON each."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What a service registers."""
        acts = parser.add_subparsers(dest="what", required=True)
        acts.add_parser("list", help="the services that are registered")
        add = acts.add_parser("add", help="register a service")
        add.add_argument("--id", required=True, help="its identifier: latin letters, digits, dot, hyphen")
        add.add_argument("--name", required=True, help="its name as people read it")
        add.add_argument(
            "--redirect-uri", action="append", default=[], help="where people come back to; repeat"
        )
        add.add_argument(
            "--signed-out-uri", action="append", default=[], help="likewise after signing out; repeat"
        )
        scopes: dict[str, Any] = {"action": "append", "default": [], "metavar": "SCOPES"}
        add.add_argument(
            "--scope",
            help=f"what of people it may ask for, parted by spaces (openid): {' '.join(CLAIMS)}",
            **scopes,
        )
        add.add_argument("--own-scope", help="what a token of its own may be for: names of Yours", **scopes)
        add.add_argument("--level", choices=[one.value for one in Level], default=Level.SIMPLIFIED.value)
        add.add_argument(
            "--auth", choices=sorted(AUTH), default="basic", help="how it shows that it is itself"
        )
        add.add_argument("--jwks", type=Path, help="file with its public keys (JWK Set or one JWK)")
        add.add_argument("--grant", action="append", default=[], choices=GRANT_TYPES, help="repeat")
        add.add_argument("--backchannel-logout-uri", default="", help="where it hears that a session is over")
        add.add_argument("--id-token-alg", choices=ID_TOKEN_ALGS, default="ES256")
        add.add_argument("--par", action="store_true", help="only pushed authorization requests (RFC 9126)")
        add.add_argument("--dpop", action="store_true", help="only tokens bound to its key (RFC 9449)")
        add.add_argument("--esia", action="store_true", help="it speaks the ЕСИА dialect (too)")
        add.add_argument("--certificate", type=Path, action="append", default=[], help="PEM or DER; repeat")
        add.add_argument("--token-alg", choices=TOKEN_ALGS, default=TOKEN_ALGS[0], help="of its ЕСИА markers")
        add.add_argument("--lenient", action="store_true", help="forgive known deviations from that protocol")
        add.add_argument(
            "--replace", action="store_true", help="change the one that is there; its secret stays"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Register, or list; a refusal says why, and its code."""
        if options["what"] == "list":
            for client in Client.objects.order_by("client_id"):
                self.stdout.write(json.dumps(_listed(client), ensure_ascii=False))
            return
        try:
            self._add(options)
        except RegistrationRefused as refused:
            raise CommandError(f"not registered: {sentence(refused)}") from None

    def _add(self, options: dict[str, Any]) -> None:
        values = {
            "name": options["name"],
            "redirect_uris": options["redirect_uri"],
            "signed_out_uris": options["signed_out_uri"],
            "scopes": _scopes(options),
            "required_level": Level(options["level"]),
            "auth_method": AUTH[options["auth"]],
            "jwks": _keys(options["jwks"]),
            "grant_types": options["grant"] or ["authorization_code"],
            "id_token_alg": options["id_token_alg"],
            "backchannel_logout_uri": options["backchannel_logout_uri"],
            "par_required": options["par"],
            "dpop_required": options["dpop"],
        }
        with transaction.atomic():  # half a registration is none
            done = self._registered(options["id"], values, replace=options["replace"])
            if options["esia"] or options["auth"] == "esia":
                _dialect(done.client, options)
        told = {
            "client_id": done.client.pk,
            **({"client_secret": done.secret} if done.secret else {}),
            "issuer": settings.PORTAL_URL,
            "discovery": f"{settings.PORTAL_URL}/.well-known/openid-configuration",
        }
        self.stdout.write(json.dumps(told, ensure_ascii=False))

    def _registered(self, client_id: str, values: dict[str, Any], *, replace: bool) -> Registered:
        if replace and Client.objects.filter(pk=client_id).exists():
            return actions.change(client_id, values, version=None)
        return actions.add(client_id, values)


def _listed(client: Client) -> dict[str, Any]:
    return {
        "client_id": client.pk,
        "name": client.name,
        "auth": client.auth_method,
        "scopes": client.scopes,
        "redirect_uris": client.redirect_uris,
        "enabled": client.disabled_at is None,
    }


def _scopes(options: dict[str, Any]) -> list[str]:
    """Those of people, each known, and those of its own; what is known depends on the dialects it speaks."""
    dialect = options["esia"] or options["auth"] == "esia" or System.objects.filter(pk=options["id"]).exists()
    known = [*CLAIMS, *(FURTHER if dialect else ())]
    asked = " ".join(options["scope"]).split() or ["openid"]
    if unknown := [one for one in asked if one not in known]:
        raise RegistrationRefused("scope_unknown", f"{unknown[0]}; there are {', '.join(known)}")
    own = " ".join(options["own_scope"]).split()
    for one in own:
        if not SCOPE.fullmatch(one):
            raise RegistrationRefused("scope_form", one)
        if one in CLAIMS or one in FURTHER:
            raise RegistrationRefused("scope_of_people", one)
    return list(dict.fromkeys([*asked, *own]))


def _dialect(client: Client, options: dict[str, Any]) -> None:
    system = System.objects.filter(pk=client.pk).first()
    if not options["certificate"] and not (system and system.certificates.exists()):
        raise RegistrationRefused("certificate_missing", client.pk)
    certificates = [_content(file) for file in options["certificate"]]
    values = {"token_alg": options["token_alg"], "lenient": options["lenient"]}
    actions.speak_esia(client.pk, certificates, values, scopes=client.scopes)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file}: {error}") from None


def _keys(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        found = read_jwks(_content(file).decode())
    except UnicodeDecodeError as error:
        raise CommandError(f"{file}: {error}") from None
    if not isinstance(found, dict):
        raise RegistrationRefused("jwks_form", str(file))
    return found
