"""Passkeys: registration and sign-in by WebAuthn (library `webauthn`).

A passkey is made discoverable and always verifies its user (PIN, finger, face), so it is two factors by itself.
Each challenge is a row, bound to one browser, answered once within five minutes; it is used up before the answer
is looked at, so a wrong answer cannot be tried again.
"""

import hashlib
import uuid
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from webauthn.helpers import (
    base64url_to_bytes,
    generate_challenge,
    options_to_json_dict,
    parse_authenticator_data,
    parse_client_data_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from dopusk.portal.accounts.models import Account
from dopusk.portal.factors import actions, rules
from dopusk.portal.factors.models import Ceremony, Passkey
from dopusk.portal.factors.rules import Kind
from dopusk.web.journal.actions import record

RP_NAME: Final = "Допуск"
TIMEOUT_MS: Final = 5 * 60 * 1000
TRANSPORTS: Final = {one.value for one in AuthenticatorTransport}


@dataclass(frozen=True)
class Refused:
    """Why an answer was not taken. codes: `challenge_unknown`, `challenge_used`, `challenge_expired`, `malformed`,
    `origin_mismatch`, `not_verified`, `passkey_unknown`, `signature_bad`, `counter_regressed`, `passkey_exists`,
    `passkey_limit`."""

    code: str


@dataclass(frozen=True)
class Asserted:
    """Who has shown which passkey; amr as RFC 8176 names it."""

    sub: uuid.UUID
    passkey: uuid.UUID
    amr: list[str]


def rp_id() -> str:
    """The domain passkeys belong to."""
    return urlsplit(settings.PORTAL_URL).hostname or "localhost"


def begin_registration(
    sub: uuid.UUID, binding: str, *, name: str, display_name: str
) -> dict[str, Any] | Refused:
    """Options for `navigator.credentials.create()` as JSON, with the ceremony's id as `ceremony`.

    binding: what only this browser or session holds. name, display_name: shown by the authenticator.
    """
    own = list(Passkey.objects.filter(account_id=sub))
    if len(own) >= rules.MOST_PASSKEYS:
        return Refused("passkey_limit")
    ceremony = _begun("registration", binding, sub)
    options = webauthn.generate_registration_options(
        rp_id=rp_id(),
        rp_name=RP_NAME,
        user_id=sub.bytes,
        user_name=name,
        user_display_name=display_name,
        challenge=bytes(ceremony.challenge),
        timeout=TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[_descriptor(passkey) for passkey in own],
    )
    return {"ceremony": str(ceremony.pk), "publicKey": options_to_json_dict(options)}


def finish_registration(
    sub: uuid.UUID, binding: str, answer: dict[str, Any], *, name: str, session: str = ""
) -> Passkey | Refused:
    """Keep the passkey the browser has made. answer: {"ceremony", "credential"} as passkeys.js sends it."""
    ceremony = _used("registration", binding, answer, sub)
    if isinstance(ceremony, Refused):
        return ceremony
    credential = answer.get("credential")
    code = _fault_of(credential, "attestationObject")
    if code or not isinstance(credential, dict):
        return Refused(code or "malformed")
    try:
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=bytes(ceremony.challenge),
            expected_rp_id=rp_id(),
            expected_origin=settings.PORTAL_URL,
            require_user_verification=False,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError):
        return Refused("signature_bad")
    if not verified.user_verified:
        return Refused("not_verified")
    made = Passkey(
        account_id=sub,
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        transports=_transports(credential),
        name=name[:100],
        aaguid=uuid.UUID(verified.aaguid),
        may_sync=verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        backed_up=verified.credential_backed_up,
    )
    return _kept(made, session)


def _kept(made: Passkey, session: str) -> Passkey | Refused:
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=made.account_id)
        if Passkey.objects.filter(account=account).count() >= rules.MOST_PASSKEYS:
            return Refused("passkey_limit")
        if Passkey.objects.filter(credential_id=made.credential_id).exists():
            return Refused("passkey_exists")
        made.save(force_insert=True)
        actions.added(
            account, Kind.PASSKEY, f"Добавлен ключ доступа «{made.name}»",
            method=f"{actions.METHODS[Kind.PASSKEY]} «{made.name}»", session=session,
        )  # fmt: skip
    return made


def begin_assertion(binding: str, sub: uuid.UUID | None = None) -> dict[str, Any]:
    """Options for `navigator.credentials.get()` as JSON, with the ceremony's id as `ceremony`.

    sub: whose passkey is awaited, as a second factor or at a step-up; None: whoever's, without a name typed.
    """
    ceremony = _begun("assertion", binding, sub)
    options = webauthn.generate_authentication_options(
        rp_id=rp_id(),
        challenge=bytes(ceremony.challenge),
        timeout=TIMEOUT_MS,
        allow_credentials=[_descriptor(one) for one in Passkey.objects.filter(account_id=sub)]
        if sub
        else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return {"ceremony": str(ceremony.pk), "publicKey": options_to_json_dict(options)}


def finish_assertion(
    binding: str, answer: dict[str, Any], sub: uuid.UUID | None = None
) -> Asserted | Refused:
    """Who has shown her passkey. answer: {"ceremony", "credential"}; sub as at the beginning.

    Whether her account may be entered (locked, closed) is for the caller to ask.
    """
    ceremony = _used("assertion", binding, answer, sub)
    if isinstance(ceremony, Refused):
        return ceremony
    credential = answer.get("credential")
    code = _fault_of(credential, "authenticatorData")
    if code or not isinstance(credential, dict):
        return Refused(code or "malformed")
    passkey = _shown(credential, sub)
    if passkey is None:
        return Refused("passkey_unknown")
    try:
        # The library would judge the counter before the signature: 0 leaves it to us, after it.
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=bytes(ceremony.challenge),
            expected_rp_id=rp_id(),
            expected_origin=settings.PORTAL_URL,
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError):
        return Refused("signature_bad")
    return _counted(passkey, verified.new_sign_count, backed_up=verified.credential_backed_up)


def _counted(passkey: Passkey, count: int, *, backed_up: bool) -> Asserted | Refused:
    """The counter goes up, or stays 0 where the device does not count; a smaller one may be a copy (§6.1.1)."""
    forward = Q(sign_count=0) if count == 0 else Q(sign_count__lt=count)
    kept = Passkey.objects.filter(forward, pk=passkey.pk)
    if not kept.update(sign_count=count, used_at=timezone.now(), backed_up=backed_up):
        with transaction.atomic():
            record(
                actor="stranger",
                act="passkey.counter_regressed",
                subject=str(passkey.account_id),
                object_=f"passkey:{passkey.pk}",
                words=f"Вход не состоялся: ключ доступа «{passkey.name}», возможно, скопирован",
                detail={"count": count},
            )
        return Refused("counter_regressed")
    return Asserted(
        sub=passkey.account_id, passkey=passkey.pk, amr=["swk" if passkey.may_sync else "hwk", "user", "mfa"]
    )


def rename(sub: uuid.UUID, passkey: uuid.UUID, name: str) -> bool:
    """Call a passkey by another name; False when she has no such one."""
    return Passkey.objects.filter(account_id=sub, pk=passkey).update(name=name[:100]) == 1


def _begun(purpose: str, binding: str, sub: uuid.UUID | None) -> Ceremony:
    return Ceremony.objects.create(
        purpose=purpose,
        challenge=generate_challenge(),
        binding=_hash(binding),
        account_id=sub,
        good_until=timezone.now() + rules.CHALLENGE_LASTS,
    )


def _used(purpose: str, binding: str, answer: dict[str, Any], sub: uuid.UUID | None) -> Ceremony | Refused:
    """The ceremony this answer belongs to, used up by this."""
    try:
        key = uuid.UUID(str(answer.get("ceremony", "")))
    except (ValueError, AttributeError):
        return Refused("challenge_unknown")
    whose = Q(account_id=sub) if sub else Q(account=None)
    mine = Ceremony.objects.filter(whose, pk=key, purpose=purpose, binding=_hash(binding))
    now = timezone.now()
    if mine.filter(used_at=None, good_until__gt=now).update(used_at=now):
        return mine.get()
    found = mine.first()
    if found is None:
        return Refused("challenge_unknown")
    return Refused("challenge_used" if found.used_at else "challenge_expired")


def _fault_of(credential: Any, data: str) -> str | None:
    """What the library would refuse in one word for all, told apart: another site's answer, or an unverified user.

    data: which part of the answer carries the authenticator's flags; those of a registration are read by the library.
    """
    try:
        response = credential["response"]
        said = parse_client_data_json(base64url_to_bytes(response["clientDataJSON"]))
        if said.origin != settings.PORTAL_URL or said.cross_origin:
            return "origin_mismatch"
        if data == "authenticatorData":
            told = parse_authenticator_data(base64url_to_bytes(response[data]))
            if told.rp_id_hash != hashlib.sha256(rp_id().encode()).digest():
                return "origin_mismatch"
            if not (told.flags.uv and told.flags.up):
                return "not_verified"
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError):
        return "malformed"
    return None


def _shown(credential: dict[str, Any], sub: uuid.UUID | None) -> Passkey | None:
    """The passkey of this id, if the owner the device names is its owner and the one awaited."""
    try:
        raw = base64url_to_bytes(str(credential.get("rawId", "")))
        handle = base64url_to_bytes(str(credential["response"].get("userHandle") or ""))
    except ValueError:
        return None
    passkey = Passkey.objects.filter(credential_id=raw, account__closed_at=None).first()
    if passkey is None or (sub and passkey.account_id != sub):
        return None
    if handle != passkey.account_id.bytes and (handle or not sub):
        return None  # without a name typed the device has to say whose it is (§7.2 step 6)
    return passkey


def _descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(
        id=bytes(passkey.credential_id),
        transports=[AuthenticatorTransport(one) for one in passkey.transports],
    )


def _transports(credential: dict[str, Any]) -> list[str]:
    told = credential["response"].get("transports")
    return sorted({one for one in told if one in TRANSPORTS}) if isinstance(told, list) else []


def _hash(binding: str) -> bytes:
    return hashlib.sha256(binding.encode()).digest()
