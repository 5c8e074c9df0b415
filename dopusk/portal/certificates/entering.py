"""Signing in by a signature: whose it is, whether it opens a session, what the owner is told when it does not."""

import uuid
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dopusk.portal.accounts.models import Account
from dopusk.portal.accounts.rules import Kind, Known
from dopusk.portal.certificates import actions, rules
from dopusk.portal.certificates.models import Certificate
from dopusk.portal.sessions.actions import Opened, Place, Shut
from dopusk.portal.sessions.models import Session
from dopusk.portal.signin import otherwise
from dopusk.portal.signin.actions import Awaiting, Locked, SignedIn
from dopusk.portal.signin.ways import Way
from dopusk.trust.owners import Owner
from dopusk.web.journal.actions import record
from dopusk.web.signing.actions import Examined, keep

PURPOSE: Final = "signin"
WAY: Final = "signature"
REFUSED: Final = "Вход по электронной подписи не состоялся: {why}. Устройство: {device}; сеть {network}"
# refusals of a right signature, and of a right one by a certificate that has been ended: the owner should know
WHY: Final = {
    "certificate_blocked": "сертификат заблокирован Вами",
    "certificate_not_confirmed": "учётная запись не подтверждена",
    "certificate_required": "сертификат не добавлен на портале",
    "account_locked": "вход в учётную запись закрыт",
    "revoked_before": "сертификат отозван издателем",
    "revoked_unproved": "сертификат отозван издателем",
    "suspended": "сертификат приостановлен издателем",
}


@dataclass(frozen=True)
class Refused:
    """The signature opens nothing. code: of `rules.may_sign_in`."""

    code: str


def enter(examined: Examined, place: Place, next_path: str) -> SignedIn | Awaiting | Locked | Refused:
    """Judge who stands behind a signature, and open her session. Raises signing.actions.Spent, Shut."""
    account = _of(_vouched(examined))
    with transaction.atomic():
        if account is not None:  # first, as everything that opens or ends sessions does
            account = Account.objects.select_for_update().filter(pk=account.pk, closed_at=None).first()
        certificate = _kept(account, examined)
        if certificate is not None and examined.validation is not None:
            actions.learn(certificate, examined.validation)
        code = rules.may_sign_in(_knock(examined, account, certificate))
        if examined.good:
            keep(examined, owner=str(account.pk) if account else "")
        if account is None or (code and code != "account_locked"):
            _note_refusal(account, certificate, code, place)
            return Refused(code)
        if code:
            _note_refusal(account, certificate, code, place)
            assert account.locked_at is not None
            return Locked(account.locked_at, account.lock_reason)
        if certificate is None:
            certificate = _put(account, examined)
        return otherwise.begin(
            WAY, str(certificate.pk), account.pk, place, amr=list(rules.AMR), next_path=next_path
        )


def _vouched(examined: Examined) -> Owner | None:
    """Of a certificate that an authority we believe vouches for; nobody is looked up for anybody else's word, lest the
    time it takes tell of accounts."""
    found = examined.validation
    return found.owner if found and (examined.good or examined.code in WHY) else None


def _of(owner: Owner | None) -> Account | None:
    """Whose СНИЛС it is: confirmed accounts have it as an identifier, and so may those not confirmed yet."""
    if owner is None or not owner.snils_valid:
        return None
    found = Account.objects.filter(closed_at=None).known_as(Known(Kind.SNILS, owner.snils)).first()
    return found if found and (settings.SANDBOX or not found.demo) else None


def _kept(account: Account | None, examined: Examined) -> Certificate | None:
    signer = examined.validation.signer if examined.validation else None
    if account is None or signer is None:
        return None
    return actions.hers(account.pk, signer)


def _knock(examined: Examined, account: Account | None, certificate: Certificate | None) -> rules.Knock:
    return rules.Knock(
        verdict=examined.code,
        level=account.level if account else "",
        kept=rules.kept(certificate.block_reason if certificate else None),
        locked=bool(account and account.locked_at),
        accepted=rules.Accepted(settings.SIGNIN_CERTIFICATES),
    )


def _put(account: Account, examined: Examined) -> Certificate:
    found = examined.validation
    assert found is not None
    assert found.signer is not None
    return actions.put(account, found, found.signer, came="signin", words=actions.ADDED_AT_SIGNIN)


def _note_refusal(account: Account | None, certificate: Certificate | None, code: str, place: Place) -> None:
    if account is None or code not in WHY:
        return
    record(
        actor="stranger",
        act="signin.signature_refused",
        subject=str(account.pk),
        object_=certificate.object_key if certificate else "",
        words=REFUSED.format(why=WHY[code], device=place.device, network=place.network),
        detail={"code": code, "device": place.device, "network": place.network},
    )


def opened(new: Opened, key: str) -> None:
    """Note which certificate a session was opened by; one blocked since the first step opens nothing."""
    certificate = Certificate.objects.filter(pk=uuid.UUID(key), account_id=new.sub, blocked_at=None).first()
    if certificate is None:
        raise Shut
    where = Session.objects.filter(pk=new.sid).values("device", "network").get()
    actions.note_use(certificate, new.sid, device=where["device"], network=where["network"])


def _named(key: str) -> str:
    """Which certificate, as people tell it from their others; Shut when it is gone between two steps."""
    one = Certificate.objects.filter(pk=uuid.UUID(key)).first()
    if one is None:
        raise Shut
    return f"№ …{rules.grouped(one.serial[-8:])}, издатель: {one.issuer}"


THE_WAY: Final = Way(
    url="/signin/signature/",
    label=_("Войти по электронной подписи"),
    hint=_("Токен, КриптоПро или файл подписи, сделанной в любой программе."),
    words="Вы вошли на портал по электронной подписи. Сертификат {by}. Устройство: {device}; сеть {network}",
    words_two_steps=(
        "Вы вошли на портал по электронной подписи и второму шагу. Сертификат {by}. "
        "Устройство: {device}; сеть {network}"
    ),
    named=_named,
    opened=opened,
    object_key=lambda key: f"certificate:{key}",
    able=lambda sub: Certificate.objects.usable(sub).exists(),
    # a stand-in without its registers has no authority to believe
    offered=lambda: not settings.ALONE or settings.SIGNING_ROOTS is not None,
)
