"""Envelopes open for their own item under their own key, and for nothing else."""

import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.trust.sealing import SealBroken, Sealer, blind_index, key_id

KEK = bytes(range(32))
OTHER = bytes(range(32, 64))


@given(item=st.text(max_size=40), text=st.binary(max_size=300))
def test_what_was_sealed_opens_again(item: str, text: bytes) -> None:
    sealer = Sealer(KEK)
    sealed = sealer.seal(item, text)
    assert sealer.open(item, sealed) == text
    assert len(text) < 8 or text not in sealed


def test_the_same_text_is_never_sealed_the_same_way_twice() -> None:
    sealer = Sealer(KEK)
    assert sealer.seal("diploma", b"scan") != sealer.seal("diploma", b"scan")


@given(text=st.binary(max_size=60), data=st.data())
def test_one_changed_bit_anywhere_breaks_the_seal(text: bytes, data: st.DataObject) -> None:
    sealer = Sealer(KEK)
    sealed = bytearray(sealer.seal("diploma", text))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SealBroken):
        sealer.open("diploma", bytes(sealed))


@given(sealed=st.binary(max_size=200))
def test_bytes_that_are_no_envelope_are_refused(sealed: bytes) -> None:
    with pytest.raises(SealBroken) as refusal:
        Sealer(KEK).open("diploma", sealed)
    assert refusal.value.code == "seal_format"


@pytest.mark.parametrize("cut", [0, 1, 5, 20, 70, 90])
def test_a_cut_envelope_is_refused(cut: int) -> None:
    sealed = Sealer(KEK).seal("diploma", b"")
    with pytest.raises(SealBroken) as refusal:
        Sealer(KEK).open("diploma", sealed[:cut])
    assert refusal.value.code == "seal_format"


def test_an_envelope_moved_to_another_item_does_not_open() -> None:
    sealer = Sealer(KEK)
    with pytest.raises(SealBroken) as refusal:
        sealer.open("passport", sealer.seal("diploma", b"scan"))
    assert refusal.value.code == "seal_broken"


def test_another_key_of_the_same_name_does_not_open() -> None:
    sealed = Sealer([("2026", KEK)]).seal("diploma", b"scan")
    with pytest.raises(SealBroken) as refusal:
        Sealer([("2026", OTHER)]).open("diploma", sealed)
    assert refusal.value.code == "seal_broken"


def test_a_key_we_do_not_hold_is_named_as_such() -> None:
    with pytest.raises(SealBroken) as refusal:
        Sealer(OTHER).open("diploma", Sealer(KEK).seal("diploma", b"scan"))
    assert refusal.value.code == "seal_key_unknown"


def test_after_a_change_of_keys_old_envelopes_open_and_can_be_rewrapped() -> None:
    old, both, new = Sealer([("1", KEK)]), Sealer([("2", OTHER), ("1", KEK)]), Sealer([("2", OTHER)])
    sealed = old.seal("diploma", b"scan")
    assert both.open("diploma", sealed) == b"scan"
    assert not both.is_current(sealed)
    moved = both.rewrap("diploma", sealed)
    assert both.is_current(moved)
    assert new.open("diploma", moved) == b"scan"
    with pytest.raises(SealBroken):
        both.rewrap("passport", sealed)


@pytest.mark.parametrize("keys", [b"short", [("1", b"short")], [], [("", KEK)], [("x" * 256, KEK)]])
def test_keys_of_a_wrong_shape_are_refused_at_once(keys: object) -> None:
    with pytest.raises(ValueError):
        Sealer(keys)  # type: ignore[arg-type]


def test_ten_megabytes_take_a_fraction_of_a_second() -> None:
    sealer, scan = Sealer(KEK), os.urandom(10_000_000)
    began = time.process_time()
    assert sealer.open("scan", sealer.seal("scan", scan)) == scan
    assert time.process_time() - began < 0.5


@given(purpose=st.sampled_from(["snils", "inn", "email"]), text=st.text(max_size=40))
def test_the_blind_index_is_steady_and_bound_to_key_and_purpose(purpose: str, text: str) -> None:
    index = blind_index(KEK, purpose, text)
    assert index == blind_index(KEK, purpose, text)
    assert len(index) == 32
    assert index != blind_index(OTHER, purpose, text)
    assert index != blind_index(KEK, purpose + "x", text)
    assert index != blind_index(KEK, purpose, text + "0")


def test_a_key_id_gives_nothing_of_the_key_away() -> None:
    assert key_id(KEK) != key_id(OTHER)
    assert KEK.hex()[:8] not in key_id(KEK)
