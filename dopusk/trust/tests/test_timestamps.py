"""Timestamps: what the authority answers, and which answers we take (RFC 3161)."""

import secrets
import subprocess
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from asn1crypto import cms, core, tsp
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from dopusk.trust.authority import request
from dopusk.trust.tests.offices import NOW, POINTERS, SEAL, new_key, ours, strangers
from dopusk.trust.timestamper import TimestampDown
from dopusk.trust.timestamps import Responder, TimestampRefused, check

DIGEST = sha256("Орлова Анна Сергеевна".encode()).digest()
NONCE = 0x7A6B5C4D3E2F1A0B


def query(**changed: object) -> bytes:
    asked = {
        "version": 1,
        "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": DIGEST},
        "nonce": NONCE,
        "cert_req": True,
    }
    return tsp.TimeStampReq({**asked, **changed}).dump()


def imprint(algorithm: str, size: int) -> dict[str, object]:
    return {"hash_algorithm": {"algorithm": algorithm}, "hashed_message": bytes(size)}


class Answer(core.Sequence):
    _fields = [("status", tsp.PKIStatusInfo), ("token", cms.ContentInfo, {"optional": True})]


def failure(answer: bytes) -> str:
    told = Answer.load(answer, strict=True)
    assert told["status"]["status"].native == "rejection"
    assert told["token"].native is None
    (code,) = told["status"]["fail_info"].native
    return code


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_openssl_accepts_our_answer_to_its_query(tmp_path: Path, algorithm: str) -> None:
    (tmp_path / "root.pem").write_bytes(ours().authority.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "paper").write_text("Выписка")
    asking = ["openssl", "ts", "-query", "-data", "paper", f"-{algorithm}", "-cert", "-out", "query"]
    subprocess.run(asking, cwd=tmp_path, check=True, capture_output=True)
    answer = ours().responder.answer((tmp_path / "query").read_bytes(), datetime.now(UTC))
    (tmp_path / "answer").write_bytes(answer)
    verifying = ["openssl", "ts", "-verify", "-in", "answer", "-CAfile", "root.pem"]
    for against in (["-queryfile", "query"], ["-data", "paper"]):
        told = subprocess.run(
            [*verifying, *against], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert "Verification: OK" in told.stdout, told.stderr

    (tmp_path / "paper").write_text("Выписки")
    told = subprocess.run(
        [*verifying, "-data", "paper"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert told.returncode != 0


def test_the_token_tells_the_second_the_digest_and_the_nonce() -> None:
    token = check(ours().responder.answer(query(), NOW), DIGEST, NONCE, ours().roots)
    told = token["content"]["encap_content_info"]["content"].parsed
    assert told["gen_time"].native == NOW.replace(microsecond=0)
    assert told["nonce"].native == NONCE
    assert told["message_imprint"]["hashed_message"].native == DIGEST


def test_no_two_timestamps_have_one_number() -> None:
    answers = [ours().responder.answer(query(), NOW) for _ in range(50)]
    tokens = [check(answer, DIGEST, NONCE, ours().roots) for answer in answers]
    numbers = {
        token["content"]["encap_content_info"]["content"].parsed["serial_number"].native for token in tokens
    }
    assert len(numbers) == 50


def test_certificates_and_nonce_come_only_when_asked_for() -> None:
    bare = Answer.load(ours().responder.answer(query(cert_req=False, nonce=None), NOW))["token"]
    assert not bare["content"]["certificates"]
    assert bare["content"]["encap_content_info"]["content"].parsed["nonce"].native is None


REFUSED = {
    "an old digest": (query(message_imprint=imprint("sha1", 20)), "bad_alg"),
    "a digest cut short": (query(message_imprint=imprint("sha256", 31)), "bad_data_format"),
    "another version": (query(version=2), "bad_request"),
    "another's policy": (query(req_policy="1.2.3"), "unaccepted_policy"),
    "an extension": (
        query(extensions=[{"extn_id": "1.2.3", "critical": True, "extn_value": b""}]),
        "unaccepted_extensions",
    ),
    "nothing": (b"", "bad_data_format"),
    "a tail": (query() + b"\0", "bad_data_format"),
    "a novel": (bytes(100_000), "bad_data_format"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_query_that_will_not_do_gets_its_failure(case: str) -> None:
    asked, code = REFUSED[case]
    assert failure(ours().responder.answer(asked, NOW)) == code


def test_openssl_reads_our_refusal(tmp_path: Path) -> None:
    (tmp_path / "answer").write_bytes(ours().responder.answer(REFUSED["an old digest"][0], NOW))
    told = subprocess.run(
        ["openssl", "ts", "-reply", "-in", "answer", "-text"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Rejected" in told.stdout


@given(asked=st.binary(max_size=200))
def test_no_bytes_whatever_break_the_authority(asked: bytes) -> None:
    assert failure(ours().responder.answer(asked, NOW)) in {"bad_data_format", "bad_request"}


@given(at=st.integers(0, len(query()) - 1), bit=st.integers(0, 7))
def test_a_damaged_query_gets_an_answer_too(at: int, bit: int) -> None:
    asked = bytearray(query())
    asked[at] ^= 1 << bit
    assert ours().responder.answer(bytes(asked), NOW)[0] == 0x30


def test_an_answer_to_another_query_is_not_taken() -> None:
    answer = ours().responder.answer(query(), NOW)
    for digest, nonce in ((DIGEST, NONCE + 1), (bytes(32), NONCE)):
        with pytest.raises(TimestampRefused) as refusal:
            check(answer, digest, nonce, ours().roots)
        assert refusal.value.code == "answer_of_another_query"


def test_a_refusal_is_not_a_timestamp() -> None:
    answer = ours().responder.answer(query(version=2), NOW)
    with pytest.raises(TimestampRefused) as refusal:
        check(answer, DIGEST, NONCE, ours().roots)
    assert refusal.value.code == "answer_rejected"


def test_an_authority_nobody_vouches_for_is_not_believed() -> None:
    answer = strangers().responder.answer(query(), NOW)
    with pytest.raises(TimestampRefused) as refusal:
        check(answer, DIGEST, NONCE, ours().roots)
    assert refusal.value.code == "answer_untrusted"


def test_a_seal_is_no_timestamp_authority() -> None:
    key = new_key()
    seal = ours().authority.issue(request(key, SEAL), "seal", NOW, POINTERS)
    answer = Responder(key, seal).answer(query(), NOW)
    with pytest.raises(TimestampRefused) as refusal:
        check(answer, DIGEST, NONCE, ours().roots)
    assert refusal.value.code == "answer_untrusted"


@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_bit_changed_on_the_way_never_changes_what_we_believe(place: float, bit: int) -> None:
    answer = bytearray(ours().responder.answer(query(), NOW))
    answer[int(place * len(answer))] ^= 1 << bit
    try:
        token = check(bytes(answer), DIGEST, NONCE, ours().roots)
    except TimestampRefused:
        return
    told = token["content"]["encap_content_info"]["content"].parsed
    assert told["gen_time"].native == NOW.replace(microsecond=0)
    assert told["message_imprint"]["hashed_message"].native == DIGEST


def test_the_client_brings_a_token_for_its_digest() -> None:
    token = ours().timestamper().stamp(DIGEST)
    told = token["content"]["encap_content_info"]["content"].parsed
    assert told["message_imprint"]["hashed_message"].native == DIGEST


BROKEN = {
    "an outage": lambda told: httpx.Response(503),
    "half a JSON": lambda told: httpx.Response(200, content=b'{"broken": "'),
    "nothing": lambda told: httpx.Response(200),
    "an old answer": lambda told: httpx.Response(200, content=ours().responder.answer(query(), NOW)),
}


@pytest.mark.parametrize("case", BROKEN)
def test_an_authority_that_gives_no_timestamp_is_down_and_was_asked_again(case: str) -> None:
    asked = []

    def answer(told: bytes) -> httpx.Response:
        asked.append(told)
        return BROKEN[case](told)

    with pytest.raises(TimestampDown):
        ours().timestamper(answer, attempts=3).stamp(DIGEST)
    assert len(asked) == 3


def test_one_bad_moment_of_the_authority_is_got_over() -> None:
    asked = []

    def answer(told: bytes) -> httpx.Response:
        asked.append(told)
        return httpx.Response(503) if len(asked) == 1 else httpx.Response(200, content=told)

    assert ours().timestamper(answer, attempts=3).stamp(secrets.token_bytes(32))
    assert len(asked) == 2
