"""Registering information systems and their certificates."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.db import transaction
from django.utils import timezone

from dopusk.portal.accounts.rules import Level
from dopusk.portal.clients.actions import RegistrationRefused, register
from dopusk.portal.clients.models import Client
from dopusk.portal.esia import systems
from dopusk.portal.esia.models import Certificate, System
from dopusk.trust import certificates as trusted
from dopusk.web.journal.actions import record

TOKEN_ALGS: Final = ("RS256", "GOST3410_2012_256")
ALGORITHMS: Final = frozenset({"rsa", "gost2012_256", "gost2012_512"})
SHORTEST_RSA: Final = 2048  # bits


def register_system(
    client_id: str,
    *,
    name: str,
    redirect_uris: list[str],
    scopes: list[str],
    certificates: Sequence[bytes],
    token_alg: str = "RS256",  # noqa: S107 - an algorithm
    lenient: bool = False,
    v1: bool = True,
    v2: bool = True,
    required_level: Level = Level.SIMPLIFIED,
    signed_out_uris: Iterable[str] | None = None,
    backchannel_logout_uri: str | None = None,
    numeric_sub: bool = False,
    actor: str = "system",
    session: str = "",
) -> System:
    """Register a system or bring its registration up to date; of a service of OpenID too, whose part of it stays.

    client_id: the mnemonic. certificates: PEM or DER; they are added to those it has (a disabled one works again).
    None keeps what is registered. Raises RegistrationRefused with the codes of `clients.rules.registration_fault`,
    and `token_alg`, `esia_versions`, `certificate_empty`, `certificate_several`, `certificate_unreadable`,
    `certificate_algorithm`, `certificate_weak`.
    """
    if token_alg not in TOKEN_ALGS:
        raise RegistrationRefused("token_alg", token_alg)
    if not v1 and not v2:
        raise RegistrationRefused("esia_versions", client_id)
    read = [_read(one) for one in certificates]
    values = {"token_alg": token_alg, "lenient": lenient, "v1": v1, "v2": v2, "numeric_sub": numeric_sub}
    with transaction.atomic():
        before = Client.objects.select_for_update().filter(pk=client_id).first()
        kept = _kept(before)
        if signed_out_uris is not None:
            kept["signed_out_uris"] = list(signed_out_uris)
        if backchannel_logout_uri is not None:
            kept["backchannel_logout_uri"] = backchannel_logout_uri
        client = register(
            client_id,
            name=name,
            redirect_uris=redirect_uris,
            scopes=scopes,
            required_level=required_level,
            actor=actor,
            session=session,
            **kept,
        )
        known = System.objects.filter(pk=client_id).first()
        system, _ = System.objects.update_or_create(client=client, defaults=values)
        if known is None or any(getattr(known, field) != value for field, value in values.items()):
            words = f"Сервису «{client.name}» открыт вход по протоколу ЕСИА"
            _noted(client, "esia.system_registered", words, actor, session, values)
        for certificate in read:
            _add(system, certificate, actor, session)
    systems.forget()
    return system


def _kept(before: Client | None) -> dict[str, Any]:
    """What a registration has beside the dialect."""
    if before is None:
        return {"secret": "", "auth_method": "esia", "signed_out_uris": []}
    return {
        "secret": None,
        "auth_method": before.auth_method,
        "signed_out_uris": before.signed_out_uris,
        "grant_types": before.grant_types,
        "jwks": before.jwks,
        "id_token_alg": before.id_token_alg,
        "backchannel_logout_uri": before.backchannel_logout_uri,
        "par_required": before.par_required,
        "dpop_required": before.dpop_required,
    }


@transaction.atomic
def add_certificate(
    client_id: str, encoded: bytes, *, actor: str = "system", session: str = ""
) -> Certificate:
    """Let a system sign with one more certificate (PEM or DER); a disabled one works again.

    Raises System.DoesNotExist and RegistrationRefused, as `register_system`.
    """
    read = _read(encoded)
    system = System.objects.select_for_update(of=("self",)).select_related("client").get(pk=client_id)
    added = _add(system, read, actor, session)
    systems.forget()
    return added


@transaction.atomic
def disable_certificate(client_id: str, sha256: str, *, actor: str = "system", session: str = "") -> bool:
    """What this certificate signs is refused from now on. False when it is disabled already.

    sha256: hex, over the DER. Raises Certificate.DoesNotExist.
    """
    found = Certificate.objects.select_for_update(of=("self",)).select_related("system__client")
    certificate = found.get(system_id=client_id, sha256=sha256.lower())
    if certificate.disabled_at:
        return False
    certificate.disabled_at = timezone.now()
    certificate.save(update_fields=["disabled_at"])
    client = certificate.system.client
    words = f"Сертификат сервиса «{client.name}» отключён: {certificate.subject}"
    _noted(client, "esia.certificate_disabled", words, actor, session, {"sha256": certificate.sha256})
    systems.forget()
    return True


def _read(encoded: bytes) -> trusted.Certificate:
    try:
        read = trusted.read(encoded)
    except trusted.NotACertificate as refused:
        raise RegistrationRefused(f"certificate_{refused.code}", "") from None
    if read.algorithm not in ALGORITHMS:
        raise RegistrationRefused("certificate_algorithm", read.subject)
    key = None if read.gost else load_der_public_key(read.spki)
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < SHORTEST_RSA:
        raise RegistrationRefused("certificate_weak", read.subject)
    return read


def _add(system: System, read: trusted.Certificate, actor: str, session: str) -> Certificate:
    hashes = trusted.fingerprints(read.der)
    certificate, created = Certificate.objects.get_or_create(
        system=system,
        sha256=hashes["sha256"],
        defaults={
            "der": read.der,
            "streebog256": hashes["streebog256"],
            "subject": read.subject,
            "algorithm": read.algorithm,
            "not_before": read.not_before,
            "not_after": read.not_after,
        },
    )
    if not created and certificate.disabled_at is None:
        return certificate
    if not created:
        certificate.disabled_at = None
        certificate.save(update_fields=["disabled_at"])
    words = f"Сервису «{system.client.name}» добавлен сертификат: {read.subject}"
    _noted(system.client, "esia.certificate_added", words, actor, session, {"sha256": certificate.sha256})
    return certificate


def _noted(client: Client, act: str, words: str, actor: str, session: str, detail: dict[str, Any]) -> None:
    record(
        actor=actor,
        act=act,
        subject="",
        object_=f"client:{client.pk}",
        session=session,
        words=words,
        detail=detail,
    )
