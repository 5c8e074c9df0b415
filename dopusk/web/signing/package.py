"""A signature as an archive that anybody can check by `openssl` alone, without us and without this program."""

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from django.utils import timezone

from dopusk.kernel import signable
from dopusk.trust import certificates, der, signed_data
from dopusk.trust.certificates import Certificate, pem
from dopusk.trust.owners import issuer_name
from dopusk.trust.owners import owner as owner_of
from dopusk.web.signing import judging
from dopusk.web.signing.actions import known
from dopusk.web.signing.models import Signature

GUIDE: Final = "ПРОВЕРКА.txt"
ONLY: Final = "-CAfile roots.pem -no-CApath -no-CAstore"
# openssl cms (3.0) builds no chain out of -certfile: who issued is found in a store, trusted through the root alone
WITH_ISSUERS: Final = "-CAfile roots.pem -CAstore issuers.pem -no-CApath"
GOST: Final = """openssl_conf = init
[init]
engines = engines
[engines]
gost = gost
[gost]
engine_id = gost
default_algorithms = ALL
"""
VERDICTS: Final = {
    "valid": "подпись верна",
    "unknown": "не отозван ли сертификат, ещё неизвестно",
    "invalid": "подпись недействительна",
}


@dataclass(frozen=True)
class _Kept:
    """What an archive is made of. chain: signer first, root last. others: of timestamps and answers."""

    name: str
    signature: Signature
    content: bytes
    cms: bytes
    chain: tuple[Certificate, ...]
    others: tuple[Certificate, ...]
    crls: tuple[bytes, ...]
    ocsp: tuple[bytes, ...]
    value: bytes
    timestamp: bytes | None
    bound: bool

    @property
    def stamped_by(self) -> tuple[Certificate, ...]:
        """The certificates in the timestamp, its signer's first."""
        return judging.stamped_by(self.timestamp) if self.timestamp else ()

    @property
    def engine(self) -> str:
        """What openssl has to be told before anything else when a key of the chain is one of GOST."""
        return " -engine gost" if any(one.gost for one in self.chain) else ""

    @property
    def gost(self) -> bool:
        """Whether any key here is one of GOST."""
        return any(one.gost for one in (*self.chain, *self.others, *self.stamped_by))

    @property
    def prefix(self) -> str:
        """The same for those of its commands that take no -engine."""
        return "OPENSSL_CONF=gost.cnf " if self.gost else ""


def package(signature: Signature, more: Mapping[str, bytes] | None = None) -> bytes:
    """ZIP of the text, the signature, what its validity rests on, and how to check it; the same bytes every time.

    more: further files, by name. Raises ValueError when one has the name of ours.
    """
    kept = _read(signature)
    files = dict(_files(kept))
    clash = files.keys() & (more or {}).keys()
    if clash:
        raise ValueError(f"the archive has a file of this name already: {min(clash)}")
    files |= dict(more or {})
    files[GUIDE] = "\n".join([*_guide(kept, sorted(files)), ""]).encode()
    moment = timezone.localtime(signature.received_at).timetuple()[:6]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, moment), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def command(signature: Signature) -> str:
    """The line that checks the signature, in the folder the archive was unpacked to."""
    return _verify(_read(signature))


def _read(signature: Signature) -> _Kept:
    content, cms, evidence = signature.content, signature.signature, known(signature)
    told = signed_data.read(der.parse(cms))
    given = tuple(map(certificates.read, evidence.certificates))
    chain = _climb(judging.signer_of(cms, signature.signer_sha256), given)
    return _Kept(
        name=f"dopusk-{str(signable.read(content).number)[:8]}.txt",
        signature=signature,
        content=content,
        cms=cms,
        chain=chain,
        others=tuple(one for one in given if one not in chain),
        crls=evidence.crls,
        ocsp=evidence.ocsp,
        value=told.value,
        timestamp=told.timestamp,
        bound=told.attributes is not None and bool(told.attributes.certificates),
    )


def _climb(lowest: Certificate, given: Sequence[Certificate]) -> tuple[Certificate, ...]:
    """From a certificate up to the last whose issuer is here."""
    chain = [lowest]
    while above := next((one for one in given if one not in chain and _issued(one, chain[-1])), None):
        chain.append(above)
    return tuple(chain)


def _issued(issuer: Certificate, subject: Certificate) -> bool:
    """Whether the issuer's name is the one the subject was issued by; the verdict has looked at the keys."""
    above, below = issuer.parsed, subject.parsed
    return issuer != subject and above.subject == below.issuer and below.issuer != below.subject


def _files(kept: _Kept) -> Iterator[tuple[str, bytes]]:
    yield kept.name, kept.content
    yield f"{kept.name}.p7s", kept.cms
    yield "signer.pem", pem(kept.chain[0].der)
    yield "roots.pem", pem(kept.chain[-1].der)
    if len(kept.chain) > 1:
        yield "issuer.pem", pem(kept.chain[1].der)
    if len(kept.chain) > 2:
        yield "issuers.pem", b"".join(pem(one.der) for one in kept.chain[1:-1])
    yield "certificates.pem", b"".join(pem(one.der) for one in (*kept.chain, *kept.others))
    for number, crl in enumerate(kept.crls, 1):
        yield f"crl-{number}.pem", x509.load_der_x509_crl(crl).public_bytes(Encoding.PEM)
    for number, answer in enumerate(kept.ocsp, 1):
        yield f"ocsp-{number}.der", answer
    if kept.timestamp:
        yield "timestamp.der", kept.timestamp
        yield "signature.bin", kept.value
        yield "tsa-roots.pem", pem(_root_of_time(kept).der)
    if kept.gost:
        yield "gost.cnf", GOST.encode()


def _verify(kept: _Kept) -> str:
    """The signature over the text, and the chain as of the moment of signing."""
    cades = " -cades" if kept.bound else ""
    trusted = (WITH_ISSUERS if len(kept.chain) > 2 else ONLY) + _partial(kept.chain[-1])
    return (
        f"openssl cms -verify{kept.engine}{cades} -binary -inform DER -in {kept.name}.p7s -content {kept.name}"
        f" -certfile certificates.pem {trusted} -purpose any"
        f" -attime {_seconds(kept.signature.signed_at)} -out checked.txt"
    )


def _root_of_time(kept: _Kept) -> Certificate:
    """Where the chain of the timestamp ends; the token brings its lower end, we keep the upper."""
    inside = kept.stamped_by
    return _climb(next(iter(inside), kept.chain[-1]), (*inside, *kept.others, *kept.chain))[-1]


def _partial(root: Certificate) -> str:
    """A root that did not sign itself is the end of a chain all the same."""
    top = root.parsed
    return "" if top.issuer == top.subject else " -partial_chain"


def _revocation(kept: _Kept) -> Iterator[tuple[str, str]]:
    """What was said of the certificates of the chain, checked in the same way; and what openssl says then."""
    if len(kept.chain) < 2:
        return
    for number, one in enumerate(kept.crls, 1):
        yield from _by_list(kept, number, x509.load_der_x509_crl(one))
    serial = kept.chain[0].parsed.serial_number
    for number, one in enumerate(kept.ocsp, 1):
        answer = ocsp.load_der_ocsp_response(one)
        told = [single.certificate_status for single in answer.responses if single.serial_number == serial]
        if told:
            line = (
                f"{kept.prefix}openssl ocsp -respin ocsp-{number}.der -issuer issuer.pem -cert signer.pem {ONLY}"
                f"{_partial(kept.chain[-1])} -verify_other certificates.pem -attime {_seconds(answer.produced_at_utc)}"
            )
            revoked = ocsp.OCSPCertStatus.REVOKED in told
            yield line, "signer.pem: revoked" if revoked else "signer.pem: good"


def _by_list(kept: _Kept, number: int, crl: x509.CertificateRevocationList) -> Iterator[tuple[str, str]]:
    """The signer's certificate, or its issuer's, in the list of whoever issued it."""
    for name, one in zip(("signer.pem", "issuer.pem"), kept.chain[:-1], strict=False):
        if crl.issuer != one.parsed.issuer:
            continue
        revoked = crl.get_revoked_certificate_by_serial_number(one.parsed.serial_number) is not None
        at = max(kept.signature.signed_at, crl.last_update_utc)
        line = (
            f"openssl verify{kept.engine} -crl_check -CRLfile crl-{number}.pem {ONLY}{_partial(kept.chain[-1])}"
            f" -untrusted certificates.pem -purpose any -attime {_seconds(at)} {name}"
        )
        yield line, "certificate revoked" if revoked else f"{name}: OK"


def _stamp(kept: _Kept) -> str:
    """The timestamp over the value of the signature."""
    return (
        f"{kept.prefix}openssl ts -verify -token_in -in timestamp.der -data signature.bin -CAfile tsa-roots.pem"
        f" -untrusted certificates.pem{_partial(_root_of_time(kept))} -attime {_seconds(kept.signature.signed_at)}"
    )


def _guide(kept: _Kept, names: list[str]) -> Iterator[str]:
    """How to check it, in Russian; then in short in English."""
    signature, signer = kept.signature, kept.chain[0]
    yield "Электронная подпись: что здесь лежит и как её проверить без нас"
    yield "(In English: see the end of this file.)"
    yield ""
    yield f"Подписал: {signable.one_line(owner_of(signer).full_name)}"
    yield f"Сертификат: № {signer.serial}, выдан: {signable.one_line(issuer_name(signer))}"
    yield f"Подпись получена: {_told(signature.received_at)}"
    by = "по штампу времени" if signature.time_from == "timestamp" else "по нашим часам при получении"
    yield f"Считается поставленной: {_told(signature.signed_at)}, {by}"
    yield f"Наша последняя проверка: {_told(signature.checked_at)}: {VERDICTS[signature.standing]} ({signature.code})"
    yield f"SHA-256 текста: {signature.content_sha256}"
    yield ""
    yield "Нужен openssl 3.0 или новее. Распакуйте архив и выполняйте команды в его папке, каждую одной строкой."
    yield ""
    yield "1. Подпись и цепочка сертификатов:"
    yield ""
    yield _verify(kept)
    yield ""
    yield f"Должно быть: «{_verified(kept)}». Текст, под которым подпись, окажется и в checked.txt."
    yield f"Число после -attime: момент подписания, {_told(signature.signed_at)}, в секундах с 1970 года."
    if kept.gost:
        yield "Здесь есть ключи ГОСТ: нужен openssl с модулем gost (в Debian и Astra Linux: libengine-gost-openssl)."
        yield "В Windows вместо OPENSSL_CONF=gost.cnf перед командой выполните: set OPENSSL_CONF=gost.cnf"
    yield ""
    yield from _guide_to_revocation(kept)
    if kept.timestamp:
        yield "3. Штамп времени: подпись существовала в указанный в нём момент."
        yield ""
        yield _stamp(kept)
        yield ""
        yield "Должно быть: «Verification: OK». В signature.bin значение подписи, под которым поставлен штамп."
        yield ""
    yield 'Не ошибки, даже когда openssl их пишет: «Engine "gost" set.», «Using configuration from …»,'
    yield "«WARNING: no nonce in response», «Warning: certificate … is not a CA cert»."
    yield ""
    yield "Корневой сертификат roots.pem сравните с опубликованным его владельцем: в архив его положили мы."
    yield f"SHA-256 корневого сертификата: {certificates.fingerprints(kept.chain[-1].der)['sha256']}"
    yield ""
    yield f"Файлы: {', '.join(names)}"
    yield from _guide_in_english(kept)


def _verified(kept: _Kept) -> str:
    """What openssl says of a good signature."""
    return "CAdES Verification successful" if kept.bound else "CMS Verification successful"


def _guide_to_revocation(kept: _Kept) -> Iterator[str]:
    lines = list(_revocation(kept))
    if not any("signer.pem" in line for line, _ in lines):
        yield "2. Сведений об отзыве сертификата подписавшего в архиве нет."
        yield ""
    else:
        yield "2. Не был ли сертификат отозван: так, как узнали мы."
        yield ""
    for line, says in lines:
        yield line
        yield f"Должно быть: «{says}»."
        yield ""
    if any("revoked" in says for _, says in lines):
        yield "Отозванный позже, чем подпись поставлена, подписи не вредит: сравните «Revocation Time» с её моментом."
        yield ""


def _guide_in_english(kept: _Kept) -> Iterator[str]:
    """Which of the lines above says what; the lines themselves stand above once."""
    yield ""
    yield "In English"
    yield ""
    yield "An electronic signature and all that is needed to check it without us: openssl 3.0 or newer."
    yield "Unpack the archive and run the command lines of this file in its folder, each as one line."
    yield f'1. "openssl cms": the signature over {kept.name} and its chain of certificates; expect'
    yield f'   "{_verified(kept)}". The number after -attime is the moment of signing, in seconds since 1970.'
    yield '2. "openssl verify" (by a revocation list) and "openssl ocsp": what was known of a revocation; expect the'
    yield "   words in «» under each line. None of them: nothing was known yet."
    if kept.timestamp:
        yield '3. "openssl ts": the timestamp of the signature; expect "Verification: OK".'
    if kept.gost:
        yield "GOST keys are used: openssl needs its gost engine (Debian, Astra Linux: libengine-gost-openssl)."
    yield 'No faults, even when openssl writes them: Engine "gost" set., "Using configuration from ...",'
    yield '"WARNING: no nonce in response", "Warning: certificate ... is not a CA cert".'
    yield "Compare roots.pem with what its owner publishes: it is we who put it here. Its SHA-256 stands above."
    yield f"Our last verdict: {kept.signature.standing} ({kept.signature.code})."


def _told(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%d.%m.%Y %H:%M:%S %z")


def _seconds(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp())
