"""Asking for a signature, examining what came, keeping it with its evidence, looking again at what stayed unknown.

challenge = ask(Act(…), session=…, owner=…, origin=…)          # with the page
examined = examine(challenge_id, purpose, object_key, …)        # outside any transaction: it asks the network
with transaction.atomic(): kept = keep(examined); …the act…     # one signature, one act
"""

import hashlib
import logging
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from dopusk.kernel import signable
from dopusk.kernel.invalid import Invalid
from dopusk.trust import algorithms, der, signed_data, validation
from dopusk.trust.validation import Validation
from dopusk.web.signing import judging
from dopusk.web.signing.models import Challenge, Evidence, Signature

log = logging.getLogger(__name__)

MINUTES_10: Final = timedelta(minutes=10)
MOST_TRIES: Final = 20
LINGERS: Final = timedelta(days=1)  # a challenge over is told from one that never was for so long
STRANGERS_LINGER: Final = timedelta(hours=1)  # anybody may make those
BATCH: Final = 1000
EARLIER: Final = 10  # texts of the same session that are looked through
KEPT: Final = "SELECT sha256 FROM signing_evidence WHERE sha256 = ANY(%s) ORDER BY sha256 FOR KEY SHARE"


@dataclass(frozen=True)
class Act:
    """What is to be signed.

    purpose: code of the act. object_key: what it is about, "" for nothing. title: the act in one line.
    lines: the body; whatever people wrote goes through `signable.one_line` first.
    """

    purpose: str
    object_key: str
    title: str
    lines: tuple[str, ...]


class Spent(Exception):
    """The challenge was used meanwhile, by the same signature sent twice: what it was for is done, or under way."""

    code = "challenge_used"


@dataclass(frozen=True)
class Examined:
    """What came of a signature. code: "good", one of CODES, or one of `trust.validation.CODES`; why: its detail.

    validation: None when it was refused before the signature was looked at. signature: DER, as it will be kept.
    """

    challenge: Challenge | None
    code: str
    why: str = ""
    validation: Validation | None = None
    signature: bytes = field(default=b"", repr=False)
    received_at: datetime | None = None

    @property
    def good(self) -> bool:
        """Whether it may be kept."""
        return self.code == "good"

    @property
    def pending(self) -> bool:
        """Everything is right but nobody could say whether the certificate was revoked."""
        return self.code == "revocation_unknown"


CODES: Final = (
    "challenge_unknown",
    "other_session",
    "other_origin",
    "other_act",
    "challenge_used",
    "challenge_expired",
    "too_many_tries",
    "content_changed",
    "roots_unavailable",
)


def ask(act: Act, *, session: str, owner: str, origin: str, lasts: timedelta = MINUTES_10) -> Challenge:
    """A text to be signed by this session for this act; good for one signature.

    session: `sessions.of(request)`. owner: key of the person, or "". origin: `sessions.origin(request)`.
    Each call asks anew; what was asked before stays good until its time. ValueError without a session; Invalid when
    a line, the title or the origin does not fit into such a text (`kernel.signable`).
    """
    if not session:
        raise ValueError("a challenge is bound to a session, and there is none")
    now = timezone.localtime().replace(microsecond=0)
    challenge = Challenge(
        id=uuid.uuid4(),
        purpose=act.purpose,
        object_key=act.object_key,
        session_hash=_hash(session),
        owner=owner,
        origin=origin,
        title=act.title,
        created_at=now,
        good_until=now + lasts,
    )
    content = signable.Signable(act.title, origin, now, now + lasts, challenge.id, act.lines).write()
    challenge.sha256 = hashlib.sha256(content).hexdigest()
    challenge.seal(content)
    challenge.save(force_insert=True)
    return challenge


def find(challenge_id: object, session: str) -> Challenge | None:
    """The challenge of this session, used or not; None for anybody else's."""
    challenge = _row(challenge_id)
    mine = challenge is not None and bool(session) and bytes(challenge.session_hash) == _hash(session)
    return challenge if mine else None


def examine(
    challenge_id: object,
    purpose: str,
    object_key: str,
    *,
    session: str,
    signature: bytes,
    lines: tuple[str, ...] | None = None,
    origin: str = "",
) -> Examined:
    """Whether this signature (CMS in DER) is a good one over what this session was asked to sign for this act.

    Call it outside transactions: it may ask the network for certificates, lists and a timestamp. lines: the body as
    it would be now, when what is signed about may have changed since. origin: of the request; empty to leave it out.
    """
    received_at = timezone.now()
    challenge = _row(challenge_id)
    code = _refused(challenge, purpose, object_key, session, origin, received_at)
    if challenge is None or code:
        return Examined(challenge, code)
    content = challenge.content
    if lines is not None and signable.read(content).lines != lines:
        return Examined(challenge, "content_changed")
    code, why, found, stamped = judging.judge(signature, content, received_at=received_at)
    if code in {"content_differs", "other_content"} and not why and _of_earlier(signature, challenge):
        code, why = "other_content", "previous"
    if code == "content_differs":
        code = _of_another(signature, challenge) or code
    if found is not None and found.time_from == "timestamp":  # one given just now is of now
        received_at = max(received_at, found.at)
    return Examined(challenge, code, why, found, stamped, received_at)


def _refused(
    challenge: Challenge | None,
    purpose: str,
    object_key: str,
    session: str,
    origin: str,
    now: datetime,
) -> str:
    """Why the challenge is not to be answered so; counts the try."""
    if challenge is None:
        return "challenge_unknown"
    if not session or bytes(challenge.session_hash) != _hash(session):
        return "other_session"
    if origin and challenge.origin != origin:
        return "other_origin"
    if (challenge.purpose, challenge.object_key) != (purpose, object_key):
        return "other_act"
    if challenge.used_at is not None:
        return "challenge_used"
    if now > challenge.good_until:
        return "challenge_expired"
    tries = Challenge.objects.filter(pk=challenge.pk, tries__lt=MOST_TRIES)
    return "" if tries.update(tries=F("tries") + 1) else "too_many_tries"


def _of_earlier(signature: bytes, challenge: Challenge) -> bool:
    """Whether it stands under a text that this session was given before, for the same act."""
    try:
        told = signed_data.read(der.parse(signature))
    except (signed_data.NotSigned, der.NotDer):
        return False
    digest = algorithms.COMPUTED.get(told.digest_name)
    if told.attributes is None or digest is None:
        return False
    same = ("session_hash", "purpose", "object_key", "origin")
    earlier = Challenge.objects.filter(**{one: getattr(challenge, one) for one in same}).exclude(
        pk=challenge.pk
    )
    texts = (one.content for one in earlier.order_by("-created_at")[:EARLIER])
    return any(digest(one) == told.attributes.digest for one in texts)


def _of_another(signature: bytes, challenge: Challenge) -> str:
    """What was signed instead, when it is attached and a text of this kind: another site's, or another of ours."""
    try:
        said = signable.read(judging.attached(signature))
    except Invalid:
        return ""
    return "other_origin" if said.origin != challenge.origin else "other_act"


@transaction.atomic
def keep(examined: Examined, *, owner: str = "", allow_pending: bool = False) -> Signature:
    """Spend the challenge and keep the signature with its evidence, in the transaction of the act.

    owner: key of the person, if it was not known when she was asked. Raises Spent when the challenge was used
    meanwhile; ValueError for what was not found good (or pending, where the act allows that).
    """
    found, received_at = examined.validation, examined.received_at
    fit = examined.good or (examined.pending and allow_pending)
    if not fit or examined.challenge is None or found is None or found.signer is None or received_at is None:
        raise ValueError(f"a signature that was found {examined.code} is not kept")
    challenge = Challenge.objects.select_for_update().get(pk=examined.challenge.pk)
    if challenge.used_at is not None:
        raise Spent
    challenge.used_at = received_at
    challenge.save(update_fields=["used_at"])
    content = challenge.content
    signature = Signature(
        id=uuid.uuid4(),
        challenge=challenge,
        purpose=challenge.purpose,
        object_key=challenge.object_key,
        owner=owner or challenge.owner,
        content_sha256=hashlib.sha256(content).hexdigest(),
        signer_sha256=hashlib.sha256(found.signer.der).hexdigest(),
        received_at=received_at,
    )
    signature.seal(content, examined.signature)
    _write(signature, examined.code, found)
    signature.save(force_insert=True)
    _attach(signature, examined.signature, found)
    return signature


def recheck(signature_id: uuid.UUID) -> Signature:
    """Look again at a signature that stands unknown, with what can be known by now. Outside transactions."""
    signature = Signature.objects.get(pk=signature_id)
    if signature.standing != "unknown":
        return signature
    cms, came = signature.signature, signature.received_at
    code, _why, found, _cms = judging.judge(
        cms, signature.content, received_at=came, kept=known(signature), late=True
    )
    with transaction.atomic():
        signature = Signature.objects.select_for_update().get(pk=signature_id)
        if signature.standing != "unknown":
            return signature
        if found is not None and code not in judging.UNDECIDED:
            _write(signature, code, found)
            _attach(signature, cms, found)
        signature.checked_at = timezone.now()
        signature.save()
    return signature


def known(signature: Signature) -> validation.Evidence:
    """The evidence that is kept with a signature."""
    kept: dict[str, list[bytes]] = {}
    for one in signature.evidence.order_by("sha256"):
        kept.setdefault(one.kind, []).append(bytes(one.der))
    return validation.Evidence(
        certificates=tuple(kept.get("certificate", ())),
        crls=tuple(kept.get("crl", ())),
        ocsp=tuple(kept.get("ocsp", ())),
    )


def purge(now: datetime | None = None, forget: dict[str, timedelta] | None = None) -> int:
    """Delete challenges that are over, signatures of purposes that are kept for a time only, evidence of nothing.

    How many rows went. What a signature rests on stays as long as the signature does.
    """
    now = now or timezone.now()
    gone = _delete_challenges(Challenge.objects.filter(good_until__lt=now - LINGERS))
    gone += _delete_challenges(Challenge.objects.filter(good_until__lt=now - STRANGERS_LINGER, owner=""))
    for purpose, lasts in (forget or {}).items():
        gone += Signature.objects.filter(purpose=purpose, received_at__lt=now - lasts).delete()[0]
    used = Signature.evidence.through.objects.filter(evidence_id=OuterRef("pk"))
    gone += Evidence.objects.filter(~Exists(used), kept_at__lt=now - LINGERS).delete()[0]
    return gone


def _delete_challenges(over: QuerySet[Challenge]) -> int:
    """A batch a statement, so that nothing stays locked for long."""
    gone = 0
    while True:
        batch = list(over.order_by("good_until").values_list("pk", flat=True)[:BATCH])
        deleted = Challenge.objects.filter(pk__in=batch).delete()[1]
        count = deleted.get("signing.Challenge", 0)
        gone += count
        if count < BATCH:
            return gone


def _write(signature: Signature, code: str, found: validation.Validation) -> None:
    """The verdict into the row; the caller saves."""
    signature.signed_at, signature.time_from = found.at, found.time_from
    signature.claimed_at = found.claimed_at
    signature.code, signature.standing = code, judging.standing(code)
    signature.checked_at = timezone.now()


def _attach(signature: Signature, cms: bytes, found: validation.Validation) -> None:
    """What the verdict rests on, written if it is new; in one order, so that nobody waits in a circle."""
    rows = {hashlib.sha256(der).hexdigest(): (kind, der) for kind, der in judging.evidence_of(cms, found)}
    made = [Evidence(sha256=name, kind=kind, der=der) for name, (kind, der) in sorted(rows.items())]
    with connection.cursor() as cursor:  # against `purge`: what is here stays until it is referred to
        cursor.execute(KEPT, [sorted(rows)])
        here = {name for (name,) in cursor.fetchall()}
    Evidence.objects.bulk_create([one for one in made if one.pk not in here], ignore_conflicts=True)
    through = Signature.evidence.through
    links = [through(signature_id=signature.pk, evidence_id=name) for name in sorted(rows)]
    through.objects.bulk_create(links, ignore_conflicts=True)


def _row(challenge_id: object) -> Challenge | None:
    try:
        identifier = challenge_id if isinstance(challenge_id, uuid.UUID) else uuid.UUID(str(challenge_id))
    except ValueError:
        return None
    return Challenge.objects.filter(pk=identifier).first()


def _hash(session: str) -> bytes:
    return hashlib.sha256(session.encode()).digest()
