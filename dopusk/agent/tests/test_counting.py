"""Tries are taken before the PIN is tried, and no crowd or crash wins one."""

import multiprocessing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dopusk.agent.counting import Counts
from dopusk.agent.refusals import Refused


def take(folder: Path, _: int) -> bool:
    try:
        Counts(folder, 10).take("token")
    except Refused:
        return False
    return True


def test_a_crowd_of_hosts_gets_exactly_as_many_tries_as_there_are(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        taken = pool.starmap(take, [(tmp_path, number) for number in range(40)])
    assert taken.count(True) == 10
    assert Counts(tmp_path, 10).left("token") == 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["take", "forgive", "close", "give_back"]), max_size=12), st.integers(3, 10))
def test_what_is_left_is_what_was_not_taken(
    tmp_path_factory: pytest.TempPathFactory, acts: list[str], most: int
) -> None:
    counts = Counts(tmp_path_factory.mktemp("state"), most)
    left = most
    for act in acts:
        if act == "take" and left:
            left -= 1
            assert counts.take("token") == left
        elif act == "take":
            with pytest.raises(Refused) as refused:
                counts.take("token")
            assert refused.value.code == "LOCKED"
        elif act == "give_back":
            left = min(most, left + 1)
            counts.give_back("token")
        else:
            left = most if act == "forgive" else 0
            getattr(counts, act)("token")
        assert counts.left("token") == left
        assert counts.left("another") == most


@pytest.mark.parametrize("broken", ["", "[]", '{"token": "many"}', "{", "\x00"])
def test_a_broken_file_is_put_aside_and_closes_nothing(tmp_path: Path, broken: str) -> None:
    (tmp_path / "tries.json").write_text(broken)
    assert Counts(tmp_path, 5).take("token") == 4
    assert (tmp_path / "tries.broken").read_text() == broken


def test_fewer_tries_than_were_used_already_is_none(tmp_path: Path) -> None:
    for _ in range(5):
        Counts(tmp_path, 10).take("token")
    assert Counts(tmp_path, 3).left("token") == 0
