"""`./dev token new | list | revoke`: what tokens are called, and which one is meant."""

from pathlib import Path

import pytest

from dopusk.agent import configuration
from dopusk.kernel import sandbox
from dopusk.stand import token
from dopusk.stand.databases import Marks
from dopusk.stand.issuing import Authority
from dopusk.stand.tokens import Drawer, Issued, Registers
from dopusk.trust import keys


class Played:
    """The registers of a stand. revoked: numbers of certificates."""

    def __init__(self) -> None:
        self.issued, self.revoked = 0, list[str]()

    def issue(self, *_asked: object) -> Issued:
        self.issued += 1
        return Issued(f"{self.issued:040x}", (Authority().person(keys.new(), sandbox.person("anna")),))

    def revoke(self, serial: str, _reason: str) -> None:
        self.revoked.append(serial)


@pytest.fixture
def registers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Played:
    played = Played()
    monkeypatch.setattr(Registers, "of", lambda _state: played)
    state(tmp_path).mkdir()
    Marks(state(tmp_path)).put("base", "8000")
    return played


def state(folder: Path) -> Path:
    return folder / "stand"


def new(folder: Path, *more: str) -> int:
    return token.main(["new", "--person", "anna", "--folder", "--state", str(state(folder)), *more])


def revoke(folder: Path, called: str) -> int:
    return token.main(["revoke", called, "--state", str(state(folder))])


def labels(folder: Path) -> list[str]:
    return [one.label for one in Drawer(state(folder)).made()]


def test_tokens_of_one_person_are_numbered_and_each_is_revoked_by_its_label(
    registers: Played, tmp_path: Path
) -> None:
    assert [new(tmp_path) for _ in range(3)] == [0, 0, 0]
    assert labels(tmp_path) == ["anna", "anna-2", "anna-3"]
    assert len(set(configuration.load().folders)) == 3
    assert revoke(tmp_path, "anna-2") == 0
    assert [one.revoked for one in Drawer(state(tmp_path)).made()] == [False, True, False]
    assert new(tmp_path) == 0
    assert labels(tmp_path)[-1] == "anna-4"  # a revoked one keeps its name
    assert revoke(tmp_path, Drawer(state(tmp_path)).made()[0].serial) == 0
    assert registers.revoked == [f"{2:040x}", f"{1:040x}"]


def test_a_label_of_her_own_is_numbered_while_there_is_room(registers: Played, tmp_path: Path) -> None:
    assert [new(tmp_path, "--label", "Больница") for _ in range(2)] == [0, 0]
    assert labels(tmp_path) == ["Больница", "Больница-2"]
    longest = "Больница номер 177"
    assert new(tmp_path, "--label", longest) == 0
    assert new(tmp_path, "--label", longest) == 1
    assert registers.issued == 3


def test_of_two_called_alike_the_serial_numbers_are_said(
    registers: Played, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new(tmp_path)
    new(tmp_path)
    listed = state(tmp_path) / "tokens" / "made.json"
    listed.write_text(listed.read_text().replace("anna-2", "anna"))  # as they were made before
    serials = [one.serial for one in Drawer(state(tmp_path)).made()]
    assert revoke(tmp_path, "anna") == 1
    said = capsys.readouterr().err
    assert all(one in said for one in serials)
    assert revoke(tmp_path, serials[1]) == 0
    assert registers.revoked == [f"{2:040x}"]
    assert revoke(tmp_path, "boris") == 1
