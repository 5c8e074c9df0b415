"""The authority's signature: asked for once at the registers, kept sealed, put on every paper, with the time."""

import io
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from dopusk.cabinet.certificates import seal
from dopusk.cabinet.certificates.seal import SealKeeper
from dopusk.cabinet.certificates.tests.test_paper import ANNA, text_of
from dopusk.trust import pades
from dopusk.trust.keys import KeyFolder
from dopusk.trust.sealing import Sealer
from dopusk.trust.tests.offices import POINTERS, Offices, found
from dopusk.web.outgoing import Register, RegisterDown, RegisterRefused
from dopusk.web.outgoing.register import BREAK_AFTER

KEK = bytes(range(32))


class Registers:
    """The authority and the timestamp office without a network; counts what is asked of them."""

    def __init__(self, offices: Offices) -> None:
        self.offices = offices
        self.asked: list[str] = []
        self.answers: dict[str, httpx.Response] = {}
        self.issued_at = datetime.now(UTC)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        if request.url.path in self.answers:
            return self.answers[request.url.path]
        if request.url.path == "/pki/timestamp":
            return httpx.Response(
                200, content=self.offices.responder.answer(request.content, datetime.now(UTC))
            )
        assert request.headers["Authorization"] == "Bearer token"
        csr = httpx.Response(200, content=request.content).json()["csr"]
        made = self.offices.authority.issue(csr, "seal", self.issued_at, POINTERS)
        pem = [c.public_bytes(Encoding.PEM).decode() for c in (made, self.offices.authority.certificate)]
        return httpx.Response(200, json={"certificate": pem[0], "chain": pem[1:]})


@pytest.fixture
def registers() -> Registers:
    return Registers(found())


def keeper(registers: Registers, folder: Path) -> SealKeeper:
    """As a process of the cabinet makes it on start."""
    transport = httpx.MockTransport(registers)
    return SealKeeper(
        KeyFolder(folder, Sealer(KEK)),
        Register("http://registers", "token", "pki", transport=transport),
        httpx.Client(transport=transport),
    )


@pytest.fixture
def kept(registers: Registers, tmp_path: Path) -> SealKeeper:
    return keeper(registers, tmp_path / "seal")


def test_annas_paper_is_signed_by_the_centre_now(kept: SealKeeper, settings) -> None:
    verdict = seal.check(seal.sealed(ANNA, kept), kept)
    assert verdict.code == "valid"
    assert verdict.organisation == settings.CENTER_NAME
    assert verdict.signed_at is not None
    assert abs(datetime.now(UTC) - verdict.signed_at) < timedelta(minutes=1)


def test_the_paper_names_the_certificate_that_signed_it(kept: SealKeeper, tmp_path: Path) -> None:
    told = text_of(seal.sealed(ANNA, kept), tmp_path).replace(" ", "")
    assert f"{kept.obtain().signer.certificate.serial_number:040X}" in told


def test_the_certificate_is_asked_for_once_and_found_again_by_the_next_process(
    registers: Registers, kept: SealKeeper, tmp_path: Path
) -> None:
    first = kept.obtain()
    assert kept.obtain() is first
    again = keeper(registers, tmp_path / "seal").obtain()
    assert again.signer.certificate == first.signer.certificate
    assert registers.asked.count("/api/pki/certificates") == 1


def test_nobody_else_reads_the_key(kept: SealKeeper, tmp_path: Path) -> None:
    kept.obtain()
    folder = tmp_path / "seal"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(file.name for file in folder.iterdir()) == ["seal.key", "seal.pem"]
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert b"PRIVATE KEY" not in file.read_bytes()


def test_a_month_before_its_end_the_certificate_is_renewed(registers: Registers, kept: SealKeeper) -> None:
    registers.issued_at = datetime.now(UTC) - timedelta(days=3 * 365 - 20)
    first = kept.obtain()
    registers.issued_at = datetime.now(UTC)
    second = kept.obtain()
    assert second.signer.certificate != first.signer.certificate
    assert kept.obtain() is second
    assert seal.check(seal.sealed(ANNA, kept), kept).code == "valid"


def test_while_the_authority_is_off_there_is_no_paper_and_then_there_is(
    registers: Registers, kept: SealKeeper
) -> None:
    registers.answers["/api/pki/certificates"] = httpx.Response(503, json={"code": "register_off"})
    with pytest.raises(RegisterDown) as down:
        seal.sealed(ANNA, kept)
    assert down.value.name == "pki"
    registers.answers.clear()
    assert seal.check(seal.sealed(ANNA, kept), kept).code == "valid"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={"certificate": "", "chain": []}),
        httpx.Response(200, json=["no certificate"]),
        httpx.Response(200, json={"certificate": None, "chain": None}),
        httpx.Response(200, content=b'{"broken": "', headers={"Content-Type": "application/json"}),
    ],
    ids=["empty", "a list", "nothing", "half a JSON"],
)
def test_an_answer_that_is_no_certificate_counts_as_none(
    registers: Registers, kept: SealKeeper, answer
) -> None:
    registers.answers["/api/pki/certificates"] = answer
    with pytest.raises(RegisterDown):
        kept.obtain()


def test_a_certificate_for_somebody_elses_key_is_not_taken(
    registers: Registers, kept: SealKeeper, tmp_path: Path
) -> None:
    other = keeper(registers, tmp_path / "other").obtain()
    pem = [c.public_bytes(Encoding.PEM).decode() for c in (other.signer.certificate, *other.roots)]
    registers.answers["/api/pki/certificates"] = httpx.Response(
        200, json={"certificate": pem[0], "chain": pem[1:]}
    )
    with pytest.raises(RegisterDown):
        kept.obtain()


def test_a_refusal_of_the_authority_is_told_as_it_is(registers: Registers, kept: SealKeeper) -> None:
    registers.answers["/api/pki/certificates"] = httpx.Response(403, json={"code": "scope_missing"})
    with pytest.raises(RegisterRefused) as refused:
        kept.obtain()
    assert refused.value.code == "scope_missing"


def test_without_the_time_nothing_is_given_out(registers: Registers, kept: SealKeeper) -> None:
    registers.answers["/pki/timestamp"] = httpx.Response(503)
    with pytest.raises(RegisterDown) as down:
        seal.sealed(ANNA, kept)
    assert down.value.name == "pki"
    assert registers.asked.count("/pki/timestamp") == 3
    registers.answers.clear()
    assert seal.check(seal.sealed(ANNA, kept), kept).code == "valid"


def test_a_silent_timestamp_office_is_left_alone_and_asked_again_later(
    registers: Registers, kept: SealKeeper
) -> None:
    registers.answers["/pki/timestamp"] = httpx.Response(503)
    since = set()
    for _paper in range(BREAK_AFTER + 3):
        with pytest.raises(RegisterDown) as down:
            seal.sealed(ANNA, kept)
        since.add(down.value.since)
    assert registers.asked.count("/pki/timestamp") == 3 * BREAK_AFTER
    assert len(since) == 1
    registers.answers.clear()
    kept.timestamps.rest_until = 0
    assert seal.check(seal.sealed(ANNA, kept), kept).code == "valid"
    assert kept.timestamps.since is None


def test_the_trace_goes_along_to_the_timestamp_office() -> None:
    request = httpx.Request("POST", "http://registers/pki/timestamp")
    seal._trace(request)
    assert "X-Trace-Id" in request.headers


def test_signed_it_still_claims_pdf_a_and_pdf_ua_truly(kept: SealKeeper) -> None:
    with pikepdf.open(io.BytesIO(seal.sealed(ANNA, kept))) as pdf:
        with pdf.open_metadata() as meta:
            assert (meta["pdfaid:part"], meta["pdfaid:conformance"], meta["pdfuaid:part"]) == ("2", "A", "1")
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.Root.Lang) == "ru-RU"
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        (field,) = pdf.Root.AcroForm.Fields
        assert field.FT == "/Sig"
        assert str(field.TU) == seal.FIELD_WORDS
        assert str(field.V.Reason) == seal.REASON
        assert (
            max(float(side) for side in field.Rect) <= 0
        )  # beyond the page: nothing to tag, nothing to draw


def test_qpdf_finds_nothing_wrong_with_it(kept: SealKeeper, tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(seal.sealed(ANNA, kept))
    told = subprocess.run(
        ["qpdf", "--check", "paper.pdf"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout


def test_pdfsig_trusts_it_once_it_knows_our_root(kept: SealKeeper, tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(seal.sealed(ANNA, kept))
    (tmp_path / "root.pem").write_bytes(kept.obtain().roots[0].public_bytes(Encoding.PEM))
    (tmp_path / "nss").mkdir()
    for command in (
        ["certutil", "-N", "-d", "sql:nss", "--empty-password"],
        ["certutil", "-A", "-d", "sql:nss", "-n", "root", "-t", "CT,C,C", "-i", "root.pem"],
    ):
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    told = subprocess.run(
        ["pdfsig", "-nssdir", "sql:nss", "paper.pdf"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert "Signature Validation: Signature is Valid." in told
    assert "Certificate Validation: Certificate is Trusted." in told


def test_any_paper_of_the_centre_may_bear_the_signature(kept: SealKeeper) -> None:
    from dopusk.trust.tests.offices import paper

    signed = seal.put_on(paper(), reason="Протокол", field_words="Подпись протокола", kept=kept)
    assert pades.validate(signed, kept.obtain().roots).code == "valid"


def test_one_changed_byte_of_annas_paper_is_refused(kept: SealKeeper) -> None:
    signed = seal.sealed(ANNA, kept)
    for at in range(100, len(signed), len(signed) // 40):
        changed = bytearray(signed)
        changed[at] ^= 1
        assert seal.check(bytes(changed), kept).code != "valid"


def test_the_chain_must_lead_to_the_root_that_is_kept(kept: SealKeeper, tmp_path: Path) -> None:
    kept.obtain()
    stranger = found().authority.certificate
    own = x509.load_pem_x509_certificates((tmp_path / "seal" / "seal.pem").read_bytes())[0]
    (tmp_path / "seal" / "seal.pem").write_bytes(
        own.public_bytes(Encoding.PEM) + stranger.public_bytes(Encoding.PEM)
    )
    with pytest.raises(ValueError):
        keeper(Registers(found()), tmp_path / "seal").obtain()
