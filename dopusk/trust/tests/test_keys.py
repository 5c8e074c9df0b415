"""Keys rest sealed, in files nobody else may read, and one name means one key."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from dopusk.trust import keys
from dopusk.trust.sealing import SealBroken, Sealer

KEK = bytes(range(32))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "pki"


def public(key: keys.PrivateKey) -> object:
    return key.public_key().public_numbers()


@pytest.mark.parametrize(("kind", "made"), [("ec", ec.EllipticCurvePrivateKey), ("rsa", rsa.RSAPrivateKey)])
def test_a_sealed_key_comes_back_as_itself(kind: keys.Kind, made: type) -> None:
    key = keys.new(kind)
    back = keys.unseal(keys.seal(key, Sealer(KEK), "root"), Sealer(KEK), "root")
    assert isinstance(back, made)
    assert public(back) == public(key)


def test_a_key_does_not_answer_to_another_name() -> None:
    sealed = keys.seal(keys.new(), Sealer(KEK), "timestamp")
    with pytest.raises(SealBroken):
        keys.unseal(sealed, Sealer(KEK), "root")


def test_what_is_not_a_key_is_refused_even_when_the_seal_is_right() -> None:
    with pytest.raises(SealBroken):
        keys.unseal(Sealer(KEK).seal("key root", b"not a key"), Sealer(KEK), "root")


def test_the_key_is_made_once_and_found_again(folder: Path) -> None:
    first = keys.KeyFolder(folder, Sealer(KEK))
    key = first.key("root")
    assert first.key("root") is key
    assert public(keys.KeyFolder(folder, Sealer(KEK)).key("root")) == public(key)
    assert public(first.key("timestamp")) != public(key)


def test_nobody_else_may_read_the_files_and_they_hold_no_open_key(folder: Path) -> None:
    keys.KeyFolder(folder, Sealer(KEK)).key("root")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [file.name for file in folder.iterdir()] == ["root.key"]
    assert stat.S_IMODE((folder / "root.key").stat().st_mode) == 0o600
    assert b"PRIVATE" not in (folder / "root.key").read_bytes()
    with pytest.raises(SealBroken):
        keys.KeyFolder(folder, Sealer(bytes(32))).key("root")


def test_a_folder_left_open_is_closed_before_a_key_lands_in_it(folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    keys.KeyFolder(folder, Sealer(KEK)).key("root")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_replacing_a_file_leaves_the_new_content_alone(folder: Path) -> None:
    files = keys.KeyFolder(folder, Sealer(KEK))
    assert files.read("root.pem") is None
    assert files.write_once("root.pem", b"first") == b"first"
    assert files.write_once("root.pem", b"second") == b"first"
    files.replace("root.pem", b"third")
    assert files.read("root.pem") == b"third"
    assert [file.name for file in folder.iterdir()] == ["root.pem"]


def test_processes_starting_at_once_agree_on_one_key(folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from dopusk.trust import keys; "
        "from dopusk.trust.sealing import Sealer; "
        "folder = keys.KeyFolder(Path(sys.argv[1]), Sealer(bytes(range(32)))); "
        "print(folder.key('root').public_key().public_numbers().x)"
    )
    command = [sys.executable, "-c", script, str(folder)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    numbers = {process.communicate(timeout=60)[0].strip() for process in started}
    assert len(numbers) == 1
    assert numbers != {""}


def test_a_key_held_as_bytes_is_made_once_and_lies_sealed_under_its_name(folder: Path) -> None:
    made = iter([b"first", b"second"])
    for _ in range(2):
        assert keys.KeyFolder(folder, Sealer(KEK)).secret("gost", lambda: next(made)) == b"first"
    assert b"first" not in (folder / "gost.key").read_bytes()
    (folder / "other.key").write_bytes((folder / "gost.key").read_bytes())
    with pytest.raises(SealBroken):
        keys.KeyFolder(folder, Sealer(KEK)).secret("other", lambda: b"third")
