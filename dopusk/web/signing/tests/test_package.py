"""The archive is checked by openssl alone, by the very lines it brings, in the folder it was unpacked to."""

import io
import re
import subprocess
import zipfile
from datetime import timedelta

import pytest

from dopusk.web.signing import actions, judging, package
from dopusk.web.signing.tests.conftest import afresh
from dopusk.web.signing.tests.test_asking import ACT, ask, examine

LINE = re.compile(r"(OPENSSL_CONF=gost.cnf )?openssl (cms|verify|ocsp|ts) -")


@pytest.fixture
def kept(db, office):
    """kept(**of the card) signs and keeps; whole: with the certificates above in the signature."""

    def keep(*, whole=True, **of_card):
        challenge = ask()
        examined = examine(challenge, office.card(**of_card).sign(challenge.content, whole=whole))
        assert examined.code == "good"
        return actions.keep(examined)

    return keep


def unpacked(content: bytes, folder):
    """The archive in a folder; the lines of its guide that run openssl."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
        guide = archive.read("ПРОВЕРКА.txt").decode()
    return guide, [line for line in guide.split("\n") if LINE.match(line)]


def run(line: str, folder) -> subprocess.CompletedProcess:
    """What openssl says, with nothing configured."""
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        ["/bin/sh", "-c", line], cwd=folder, capture_output=True, text=True, check=False, env=environment
    )


@pytest.mark.parametrize("office", ["ec", "rsa", "gost"], indirect=True)
@pytest.mark.parametrize(("crl_only", "whole"), [(False, True), (True, True), (False, False)])
def test_openssl_agrees_by_the_lines_of_the_guide(office, kept, tmp_path, settings, crl_only, whole):
    signature = kept(crl_only=crl_only, whole=whole)
    guide, lines = unpacked(package.package(signature), tmp_path)
    assert lines[0] == package.command(signature)
    done = run(lines[0], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "«CAdES Verification successful»" in guide
    assert "CAdES Verification successful" in done.stderr
    assert (tmp_path / "checked.txt").read_bytes() == signature.content
    assert len(lines) > 1
    for line in lines[1:]:
        told = run(line, tmp_path)
        assert told.returncode == 0, (line, told.stderr)
        assert re.search("(signer|issuer).pem: (OK|good)", told.stdout)
        assert "Response Verify Failure" not in told.stderr
    assert signature.content_sha256 in guide


def test_a_signature_without_the_certificates_above_it_is_checked_by_those_of_the_archive(
    office, db, tmp_path
):
    challenge = ask()
    signature = actions.keep(examine(challenge, office.card().sign(challenge.content, whole=False)))
    _, lines = unpacked(package.package(signature), tmp_path)
    done = run(lines[0], tmp_path)
    assert done.returncode == 0, done.stderr
    (tmp_path / "roots.pem").write_bytes((tmp_path / "issuer.pem").read_bytes())
    assert run(lines[0], tmp_path).returncode != 0  # who issued is no root


@pytest.mark.parametrize("office", ["ec", "rsa", "gost"], indirect=True)
def test_openssl_refuses_what_was_altered_in_the_archive(office, kept, tmp_path):
    _, lines = unpacked(package.package(kept()), tmp_path)
    (text,) = tmp_path.glob("dopusk-*.txt")
    text.write_bytes(text.read_bytes().replace(b"144", b"145"))
    assert run(lines[0], tmp_path).returncode != 0


@pytest.mark.parametrize("whole", [True, False])
def test_openssl_does_not_believe_another_root(office, kept, tmp_path, whole):
    _, lines = unpacked(package.package(kept(whole=whole)), tmp_path)
    (tmp_path / "roots.pem").write_bytes(office.stamps.certificate.public_bytes(package.Encoding.PEM))
    assert run(lines[0], tmp_path).returncode != 0


@pytest.mark.parametrize("crl_only", [False, True])
@pytest.mark.parametrize("ago", [timedelta(hours=1), timedelta(seconds=-1)])
def test_the_guide_says_what_openssl_says_of_a_revoked_one(office, db, tmp_path, crl_only, ago):
    """Its authority was silent at first; revoked before the signature, or since."""
    challenge, card = ask(), office.card(crl_only=crl_only)
    office.faults |= {"/ocsp": "down", "/ca.crl": "down"}
    pending = actions.keep(examine(challenge, card.sign(challenge.content)), allow_pending=True)
    office.revoke(card, ago=ago)
    office.faults.clear()
    afresh()
    signature = actions.recheck(pending.pk)
    assert signature.standing == ("valid" if ago < timedelta(0) else "invalid")
    guide, lines = unpacked(package.package(signature), tmp_path)
    expected = [
        line.split("«")[1].split("»")[0] for line in guide.split("\n") if line.startswith("Должно быть:")
    ]
    assert len(expected) == len(lines)
    for line, says in zip(lines[1:], expected[1:], strict=True):
        told = run(line, tmp_path)
        assert says in told.stdout + told.stderr, line


def test_openssl_tells_a_revoked_one_by_the_list_in_the_archive(office, kept, tmp_path):
    signature = kept(crl_only=True)
    _, lines = unpacked(package.package(signature), tmp_path)
    office.revoke(office.card(), ago=timedelta(days=1))
    card = judging.signer_of(signature.signature, signature.signer_sha256)
    office.revoked[0] = office.revoked[0].__class__(
        int(card.serial, 16), office.revoked[0].revoked_at, "keyCompromise"
    )
    crl = package.x509.load_der_x509_crl(office.said("/ca.crl", b"")[1])
    shown = next(line for line in lines if "-CRLfile" in line and line.endswith("signer.pem"))
    name = shown.split("-CRLfile ")[1].split()[0]
    (tmp_path / name).write_bytes(crl.public_bytes(package.Encoding.PEM))
    line = shown.replace(shown.split("-attime ")[1].split()[0], str(int(crl.last_update_utc.timestamp())))
    told = run(line, tmp_path)
    assert told.returncode != 0
    assert "certificate revoked" in told.stderr


def test_with_a_timestamp_the_archive_brings_it(office, kept, tmp_path, settings):
    settings.SIGNING_TSA = f"{office.address}/tsa"
    signature = kept()
    guide, lines = unpacked(package.package(signature), tmp_path)
    assert run(lines[0], tmp_path).returncode == 0
    assert (tmp_path / "timestamp.der").exists()
    stamp = next(line for line in lines if line.startswith("openssl ts "))
    told = run(stamp, tmp_path)
    assert told.returncode == 0, told.stderr
    assert "по штампу времени" in guide


def test_every_line_can_be_piped_to_a_shell_and_is_explained_to_readers_of_english_too(kept, tmp_path):
    """Ends of line of Windows would stick to names of files."""
    guide, _ = unpacked(package.package(kept()), tmp_path)
    assert "\r" not in guide
    told = run("grep '^openssl ' ПРОВЕРКА.txt | sh -e", tmp_path)
    assert told.returncode == 0, told.stderr
    english = guide.split("\nIn English\n")[1]
    assert re.search("[а-яё]", english) is None
    assert "CAdES Verification successful" in english


def test_lists_of_the_chain_above_have_their_line(office, kept, tmp_path):
    _, lines = unpacked(package.package(kept()), tmp_path)
    assert [line.split()[-1] for line in lines if "-CRLfile" in line] == ["issuer.pem"]
    _, lines = unpacked(package.package(kept(crl_only=True)), tmp_path)
    assert {line.split()[-1] for line in lines if "-CRLfile" in line} == {"signer.pem", "issuer.pem"}


def test_the_archive_is_the_same_every_time_and_takes_further_files(office, kept):
    signature = kept()
    assert package.package(signature) == package.package(signature)
    more = package.package(signature, {"snapshot.json": b"{}"})
    with zipfile.ZipFile(io.BytesIO(more)) as archive:
        assert archive.read("snapshot.json") == b"{}"
        assert "snapshot.json" in archive.read("ПРОВЕРКА.txt").decode()
        assert archive.testzip() is None
        assert [one for one in archive.namelist() if one.startswith(("/", ".."))] == []
    with pytest.raises(ValueError):
        package.package(signature, {"roots.pem": b""})


def test_the_guide_says_who_signed_when_and_how_it_stands(office, kept, tmp_path):
    signature = kept()
    guide, _ = unpacked(package.package(signature), tmp_path)
    for words in ("Орлова Анна Сергеевна", "Учебный УЦ", "подпись верна (good)", "по нашим часам"):
        assert words in guide
    assert ACT.title.encode() in signature.content


def test_a_signature_that_waits_for_its_authority_is_handed_out_as_it_is(db, office, tmp_path):
    office.faults |= {"/ocsp": "down", "/ca.crl": "down"}
    challenge = ask()
    examined = examine(challenge, office.card().sign(challenge.content))
    signature = actions.keep(examined, allow_pending=True)
    guide, lines = unpacked(package.package(signature), tmp_path)
    assert run(lines[0], tmp_path).returncode == 0
    assert "не отозван ли сертификат, ещё неизвестно (revocation_unknown)" in guide
    assert "Сведений об отзыве сертификата подписавшего в архиве нет" in guide
