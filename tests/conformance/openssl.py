"""openssl's own opinion of a signature, a timestamp and an OCSP answer: the second judge of the table."""

import base64
import os
import re
import subprocess
from datetime import datetime
from pathlib import Path

from dopusk.trust import certificates, der, gost, signed_data
from tests.conformance.signatures import Case, stampers


def run(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    """The program as anybody would use it, with GOST's engine where there is one."""
    engine = {"OPENSSL_CONF": str(Path(gost.__file__).with_name("gost.cnf"))} if gost.available() else {}
    return subprocess.run(
        ["openssl", *map(str, arguments)], capture_output=True, check=False, env=os.environ | engine
    )


def _pem(label: str, encoded: bytes) -> bytes:
    text = base64.encodebytes(encoded)
    return b"-----BEGIN %s-----\n%s-----END %s-----\n" % (label.encode(), text, label.encode())


def _moment(at: datetime) -> str:
    return str(int(at.timestamp()))


def verdict(case: Case, folder: Path, *, lists: bool = True, gost_keys: bool = False) -> tuple[bool, str]:
    """Whether all openssl was asked about is good; and what it said.

    lists: whether revocation lists are looked at (they are, unless the case has none).
    """
    message = case.cms
    (folder / "signature").write_bytes(message)
    (folder / "content").write_bytes(case.content)
    crls = case.evidence.crls if case.outside.crls is None else case.outside.crls
    # what was fetched stands beside the roots: openssl still wants the chain to end in a self-signed one
    trusted = b"".join(
        map(certificates.pem, (*(one.der for one in case.policy.roots), *case.evidence.certificates))
    )
    (folder / "trusted").write_bytes(trusted + b"".join(_pem("X509 CRL", one) for one in crls if lists))
    at = case.outside.at or case.now
    said = run(
        *("cms", "-verify", "-binary", "-inform", "DER", "-in", folder / "signature", "-out", folder / "out"),
        *([] if _attached(message) else ["-content", folder / "content"]),
        *("-CAfile", folder / "trusted", "-no-CApath", "-no-CAstore", "-attime", _moment(at)),
        *(["-crl_check_all", "-extended_crl"] if lists and crls else []),
        *(["-cades"] if _meant(message) else []),
        *([] if gost_keys else ["-auth_level", "2"]),
        *(["-policy", case.outside.policy, "-explicit_policy"] if case.outside.policy else []),
    )
    good = said.returncode == 0
    told = said.stderr.decode(errors="replace")
    if good and (folder / "out").read_bytes() != case.content:
        good, told = False, told + "another text comes out"
    for judge in (_stamp, _answers):
        right, more = judge(case, folder)
        good, told = good and right, told + more
    return good, told


def _read(message: bytes) -> signed_data.SignedData | None:
    try:
        return signed_data.read(der.parse(message))
    except (der.NotDer, signed_data.NotSigned):
        return None


def _attached(message: bytes) -> bool:
    read = _read(message)
    return read is not None and read.content is not None


def _meant(message: bytes) -> bool:
    """Whether it claims to be CAdES."""
    read = _read(message)
    return read is not None and read.attributes is not None and bool(read.attributes.certificates)


def _stamp(case: Case, folder: Path) -> tuple[bool, str]:
    """The token, where there is one: over the signature value, and by the authority we believe."""
    read = _read(case.cms)
    if read is None or read.timestamp is None:
        return True, ""
    (folder / "token").write_bytes(read.timestamp)
    (folder / "value").write_bytes(read.value)
    (folder / "stampers").write_bytes(certificates.pem(stampers().root.der))
    said = run(
        *("ts", "-verify", "-token_in", "-in", folder / "token", "-data", folder / "value"),
        *("-CAfile", folder / "stampers", "-attime", _moment(case.outside.at or case.now)),
    )
    return b"Verification: OK" in said.stdout, said.stderr.decode(errors="replace")


def _answers(case: Case, folder: Path) -> tuple[bool, str]:
    """The OCSP answers, where there are some; only `good` of a believed responder will do."""
    if case.outside.ocsp is None:
        return True, ""
    told = ""
    (folder / "roots").write_bytes(b"".join(certificates.pem(one.der) for one in case.policy.roots))
    for name, one in zip(("certificate", "issuer"), case.outside.ocsp, strict=True):
        (folder / name).write_bytes(certificates.pem(one.der))
    for answer in case.evidence.ocsp:
        (folder / "answer").write_bytes(answer)
        said = run(
            *(
                "ocsp",
                "-respin",
                folder / "answer",
                "-issuer",
                folder / "issuer",
                "-cert",
                folder / "certificate",
            ),
            *("-CAfile", folder / "roots", "-verify_other", folder / "issuer"),
            *("-attime", _moment(case.outside.at or case.now), "-no_nonce"),
        )
        told += said.stdout.decode(errors="replace") + said.stderr.decode(errors="replace")
        # the answer's own times are compared with today's clock, whatever is asked: a warning that we overlook
        good = (
            re.search(rb"^(.*: )?good$", said.stdout, re.MULTILINE) and b"Response verify OK" in said.stderr
        )
        if not good:
            return False, told
    return True, told
