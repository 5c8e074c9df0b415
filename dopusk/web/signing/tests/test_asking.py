"""What Анна is asked to sign is good once, for one session, one act, one address and some minutes."""

import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from asn1crypto import tsp
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from dopusk.kernel import signable
from dopusk.trust import cades
from dopusk.web.signing import actions, judging
from dopusk.web.signing.actions import Act
from dopusk.web.signing.models import Challenge, Evidence, Signature
from dopusk.web.signing.tests.office import ANNA, MARIA

ACT = Act("application", "application:17", "Заявление об аккредитации", ("Фамилия: Орлова", "Часов: 144"))
SESSION, ORIGIN = "session of Анна", "http://testserver"


def ask(act: Act = ACT, **given) -> Challenge:
    return actions.ask(act, **({"session": SESSION, "owner": "anna", "origin": ORIGIN} | given))


def examine(challenge: Challenge, signature: bytes, **given):
    asked = {"purpose": ACT.purpose, "object_key": ACT.object_key, "session": SESSION, "origin": ORIGIN}
    return actions.examine(challenge.pk, signature=signature, **(asked | given))


def test_the_text_says_what_it_is_for_and_where(db):
    challenge = ask()
    said = signable.read(challenge.content)
    assert (said.title, said.origin, said.number) == (ACT.title, ORIGIN, challenge.pk)
    assert said.lines == ACT.lines
    assert said.good_until - said.made_at == timedelta(minutes=10)
    assert ACT.lines[0].encode() not in bytes(Challenge.objects.get().sealed)


def test_nobody_is_asked_without_a_session(db):
    with pytest.raises(ValueError):
        ask(session="")


def test_a_good_signature_is_kept_with_what_proves_it(db, anna):
    challenge = ask()
    signature = anna.sign(challenge.content)
    examined = examine(challenge, signature, lines=ACT.lines)
    assert (examined.code, examined.validation.owner.snils) == ("good", "11223344595")
    kept = actions.keep(examined)
    again = Signature.objects.get()
    assert (again.content, again.signature) == (challenge.content, signature)
    assert (again.standing, again.owner, again.object_key) == ("valid", "anna", ACT.object_key)
    assert set(again.evidence.values_list("kind", flat=True)) == {"certificate", "ocsp", "crl"}
    assert again.evidence.filter(kind="certificate").count() == 2  # of authorities alone
    assert judging.signer_of(again.signature, again.signer_sha256) == anna.certificate
    assert not any(ANNA.snils.encode() in bytes(one.der) for one in Evidence.objects.all())
    assert Challenge.objects.get().used_at == kept.received_at


def test_the_same_signature_a_second_time_is_refused(db, anna):
    challenge = ask()
    signature = anna.sign(challenge.content)
    first, second = examine(challenge, signature), examine(challenge, signature)
    actions.keep(first)
    assert examine(challenge, signature).code == "challenge_used"
    with pytest.raises(actions.Spent):
        actions.keep(second)
    assert Signature.objects.count() == 1


def test_another_session_another_address_another_act_and_another_text_are_refused(db, anna):
    challenge = ask()
    signature = anna.sign(challenge.content)
    assert examine(challenge, signature, session="session of Мария").code == "other_session"
    assert examine(challenge, signature, session="").code == "other_session"
    assert examine(challenge, signature, origin="https://evil.example").code == "other_origin"
    assert examine(challenge, signature, purpose="signin", object_key="").code == "other_act"
    assert examine(challenge, signature, object_key="application:18").code == "other_act"
    assert examine(challenge, signature, lines=("Фамилия: Орлова", "Часов: 18")).code == "content_changed"
    with pytest.raises(ValueError):
        actions.keep(examine(challenge, signature, session="session of Мария"))
    assert examine(challenge, signature).code == "good"


def test_a_signature_over_other_bytes_is_refused(db, anna):
    challenge, other = ask(), ask()
    content = challenge.content
    assert examine(challenge, anna.sign(other.content)).code == "other_content"
    altered = content.replace(b"144", b"145")
    assert examine(challenge, anna.sign(altered)).code == "other_content"
    resaved = examine(challenge, anna.sign(content.replace(b"\r\n", b"\n")))
    assert (resaved.code, resaved.why) == ("other_content", "line_ends")
    assert examine(challenge, anna.sign(content, attached=True)).code == "good"


@pytest.mark.parametrize("attached", [False, True])
def test_an_earlier_text_of_the_same_page_is_told_from_any_other(db, anna, attached):
    earlier, challenge = ask(), ask()
    examined = examine(challenge, anna.sign(earlier.content, attached=attached))
    assert (examined.code, examined.why) == ("other_content", "previous")
    strangers = ask(session="session of another")
    examined = examine(challenge, anna.sign(strangers.content, attached=attached))
    assert examined.why == ""


def test_a_text_of_another_site_or_of_another_act_is_told_apart_when_it_is_attached(db, anna):
    challenge = ask()
    elsewhere = ask(origin="https://evil.example")
    assert examine(challenge, anna.sign(elsewhere.content, attached=True)).code == "other_origin"
    assert examine(challenge, anna.sign(elsewhere.content)).code == "other_content"
    other = ask(Act("signin", "", "Вход", ()))
    assert examine(challenge, anna.sign(other.content, attached=True)).code == "other_act"
    assert examine(challenge, anna.sign(b"anything", attached=True)).code == "content_differs"


def test_it_is_good_for_some_minutes_and_some_tries(db, anna):
    challenge = ask(lasts=timedelta(0))
    Challenge.objects.update(good_until=timezone.now() - timedelta(seconds=1))
    assert examine(challenge, anna.sign(challenge.content)).code == "challenge_expired"
    challenge = ask()
    for _ in range(actions.MOST_TRIES):
        assert examine(challenge, b"\x30\x00").code == "not_signature"
    assert examine(challenge, anna.sign(challenge.content)).code == "too_many_tries"


def test_a_stranger_does_not_use_up_her_tries(db, anna):
    challenge = ask()
    for _ in range(actions.MOST_TRIES + 1):
        examine(challenge, b"\x30\x00", session="session of Мария")
    assert examine(challenge, anna.sign(challenge.content)).code == "good"


@pytest.mark.parametrize("named", ["", "17", "6f1c1f0e-6f4e-4a2f-8f0e-2a2f5d1c9b11", None])
def test_a_challenge_that_never_was_is_refused(db, named):
    examined = actions.examine(named, "signin", "", session=SESSION, signature=b"")
    assert (examined.code, examined.challenge) == ("challenge_unknown", None)


@pytest.mark.django_db(transaction=True)
def test_the_same_signature_posted_twice_at_once_is_kept_once(anna):
    challenge = ask()
    signature = anna.sign(challenge.content)
    examined = examine(challenge, signature)
    together = threading.Barrier(4)

    def post() -> str:
        try:
            together.wait()
            with transaction.atomic():
                actions.keep(examined)
        except actions.Spent:
            return "spent"
        finally:
            connection.close()
        return "kept"

    with ThreadPoolExecutor(4) as posts:
        came = sorted(one.result() for one in [posts.submit(post) for _ in range(4)])
    assert came == ["kept", "spent", "spent", "spent"]
    assert Signature.objects.count() == 1


@pytest.mark.urls("dopusk.web.signing.tests.urls")
@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_is_accepted_once_and_told_so_the_other_time(anna):
    browser = Client()
    browser.get("/")
    challenge = Challenge.objects.get()
    signature = base64.b64encode(anna.sign(challenge.content)).decode()
    form = {"challenge": str(challenge.pk), "signature": signature}
    together = threading.Barrier(3)

    def post() -> str:
        another = Client()
        another.cookies = browser.cookies
        try:
            together.wait()
            answer = another.post("/", form).content.decode()
        finally:
            connection.close()
        return "accepted" if "Принято" in answer else "told" if "challenge_used" in answer else answer

    with ThreadPoolExecutor(3) as posts:
        came = sorted(one.result() for one in [posts.submit(post) for _ in range(3)])
    assert came == ["accepted", "told", "told"]
    assert Signature.objects.count() == 1


def stamped(office, cms: bytes, ago: timedelta) -> bytes:
    """With a timestamp by an authority whose clock is late by so much."""
    asked = tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": {
                "hash_algorithm": {"algorithm": "sha256"},
                "hashed_message": cades.timestamp_digest(cms),
            },
            "cert_req": True,
        }
    )
    answer = tsp.TimeStampResp.load(office.stamper.answer(asked.dump(), timezone.now() - ago))
    return cades.with_timestamp(cms, answer["time_stamp_token"].dump())


def test_nobody_signed_a_text_before_it_was_made(db, office):
    """A timestamp from before her certificate was revoked, over what she was asked to sign after that."""
    card = office.card()
    office.revoke(card, ago=timedelta(hours=1))
    challenge = ask()
    early = stamped(office, card.sign(challenge.content, at=None), timedelta(hours=2))
    examined = examine(challenge, early)
    assert (examined.code, examined.why) == ("timestamp_wrong", "early")
    other = ask()
    good = office.card(who=MARIA).sign(other.content, at=None)
    assert examine(other, stamped(office, good, timedelta(minutes=1))).code == "good"  # clocks differ


@pytest.mark.django_db(transaction=True)
def test_two_who_sign_at_once_share_their_evidence(office, anna):
    mine = [(ask(), office.card()) for _ in range(4)]
    found = [examine(challenge, card.sign(challenge.content)) for challenge, card in mine]
    together = threading.Barrier(4)

    def post(one) -> None:
        try:
            together.wait()
            actions.keep(one)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as posts:
        for done in [posts.submit(post, one) for one in found]:
            done.result()
    assert Signature.objects.count() == 4
    assert Evidence.objects.filter(signatures=None).count() == 0


def test_what_failed_with_the_act_leaves_the_challenge_good(db, anna):
    challenge = ask()
    examined = examine(challenge, anna.sign(challenge.content))

    def act() -> None:
        with transaction.atomic():
            actions.keep(examined)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert Signature.objects.count() == 0
    actions.keep(examined)
    assert Signature.objects.count() == 1


def test_the_sweep_takes_what_is_over_and_nothing_else(db, anna):
    signed, signin = ask(), ask(Act("signin", "", "Вход", ()))
    actions.keep(examine(signed, anna.sign(signed.content)))
    examined = examine(signin, anna.sign(signin.content), purpose="signin", object_key="")
    actions.keep(examined)
    fresh = timezone.now() + timedelta(days=20)
    stranger = ask(Act("signin", "", "Вход", ()), owner="")
    actions.purge(now=timezone.now() + timedelta(hours=1))
    assert (Challenge.objects.count(), Signature.objects.count()) == (3, 2)
    actions.purge(now=timezone.now() + timedelta(hours=2))
    assert (Challenge.objects.count(), Signature.objects.count()) == (2, 2)
    assert not Challenge.objects.filter(pk=stranger.pk).exists()
    actions.purge(now=fresh, forget={"signin": timedelta(days=30)})
    assert (Challenge.objects.count(), Signature.objects.count()) == (0, 2)
    actions.purge(now=timezone.now() + timedelta(days=31), forget={"signin": timedelta(days=30)})
    assert [one.purpose for one in Signature.objects.all()] == ["application"]
    assert Evidence.objects.filter(signatures=None).count() == 0
    assert Signature.objects.get().evidence.count() == 4
