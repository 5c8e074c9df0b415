"""Attacks on the ЕСИА dialect: what is overheard, altered, borrowed or turned down to an older form opens nothing."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import RSAKey

from dopusk.portal.clients.models import Client
from dopusk.portal.esia import signing
from dopusk.portal.esia.models import Certificate, System
from dopusk.portal.esia.tests.esia_client import (
    CALLBACK,
    Esia,
    entered,
    forget,
    gost_pair,
    registered,
    rsa_pair,
    said,
    stamp,
)
from dopusk.portal.sessions.actions import end_all
from dopusk.portal.tests.browser import SECRET, Browser, code_for, exchange, known, path_of
from tests.conformance.hostile import addresses

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("generation", [1, 2], ids=["v1", "v2"])
OTHER = "CHUZHAYA"
NOT_THIS_ADDRESS = {"ESIA-007011", "ESIA-007038"}  # another one, or one that cannot even be read


@pytest.fixture(autouse=True)
def _systems(db) -> None:
    """Two systems, each with a certificate of its own."""
    registered()
    registered(rsa_pair("Чужая система")[1], mnemonic=OTHER)


def thief(generation: int = 1) -> Esia:
    """Another registered system, with its own key."""
    return Esia(generation, mnemonic=OTHER, pair=rsa_pair("Чужая система"))


def person_of(marker: str) -> str:
    body = marker.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["urn:esia:sbj_id"])


def asked_about_her(marker: str, oid: str = "") -> httpx.Response:
    """REST, as a system that holds this marker."""
    oid = oid or person_of(marker)
    return Browser().get(f"/rs/prns/{oid}", headers={"Authorization": f"Bearer {marker}"})


def code_of(answer: httpx.Response) -> str:
    """ESIA-NNNNNN of a refusal by te."""
    assert answer.status_code == 400, answer.text
    return said(answer.json())[1]


def refused_at_ac(address: str) -> str:
    """ESIA-NNNNNN of a refusal by ac."""
    told = entered(Browser(), address)
    assert "code" not in told
    return said(told)[1]


# replay


@BOTH
def test_a_signed_request_overheard_an_hour_ago_opens_nothing(generation):
    esia = Esia(generation)
    assert refused_at_ac(esia.ac(timestamp=stamp(-timedelta(hours=1)))) == "ESIA-007015"
    code = esia.code()
    assert code_of(esia.post(esia.te(code, timestamp=stamp(-timedelta(hours=1))))) == "ESIA-007015"


@BOTH
def test_a_code_used_twice_gives_nothing_and_ends_what_the_first_use_gave(generation):
    esia = Esia(generation)
    code = esia.code()
    marker = esia.post(esia.te(code)).json()["access_token"]
    assert asked_about_her(marker).status_code == 200
    assert code_of(esia.post(esia.te(code))) == "ESIA-007011"
    assert asked_about_her(marker).status_code == 401


@BOTH
def test_the_very_same_te_request_sent_again_gives_nothing(generation):
    esia = Esia(generation)
    form = esia.te(esia.code())
    assert esia.post(form).status_code == 200
    assert code_of(esia.post(form)) == "ESIA-007011"


@BOTH
def test_a_refresh_token_used_twice_ends_the_whole_family(generation):
    esia = Esia(generation)
    first = esia.markers(access_type="offline")
    second = esia.post(esia.refresh(first["refresh_token"])).json()
    assert asked_about_her(second["access_token"]).status_code == 200
    assert code_of(esia.post(esia.refresh(first["refresh_token"]))) == "ESIA-007011"
    assert asked_about_her(second["access_token"]).status_code == 401
    assert code_of(esia.post(esia.refresh(second["refresh_token"]))) == "ESIA-007011"


# mix-up


@BOTH
def test_a_code_of_another_system_is_worth_nothing_and_stays_good_for_its_own(generation):
    esia = Esia(generation)
    code = esia.code()
    stealing = thief(generation)
    assert code_of(stealing.post(stealing.te(code))) == "ESIA-007011"
    assert esia.post(esia.te(code)).status_code == 200


@BOTH
def test_a_code_of_the_dialect_is_none_of_openid_connect(generation, cabinet):
    esia = Esia(generation)
    code = esia.code()
    assert exchange(code, redirect_uri=CALLBACK).json()["error"] == "invalid_grant"
    assert esia.post(esia.te(code)).status_code == 200


@BOTH
def test_a_code_of_openid_connect_is_none_of_the_dialect(generation, cabinet):
    code = code_for(Browser())
    esia = Esia(generation)
    assert code_of(esia.post(esia.te(code))) == "ESIA-007011"
    assert exchange(code).status_code == 200


def test_a_system_of_the_dialect_has_no_way_in_by_openid_connect():
    """Its client has no secret: an empty one is no proof."""
    for secret in ("", SECRET):
        answer = Browser().post(
            "/oidc/token",
            data={"grant_type": "authorization_code", "code": "x" * 43, "redirect_uri": CALLBACK},
            auth=("TESTIS", secret),
        )
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


# downgrade


def test_a_signature_of_v1_is_refused_where_v2_is_spoken():
    """PKCS#7 over the string of v1, sent to v2/ac and v3/te: strict systems get 007053."""
    old, new = Esia(1), Esia(2)
    query = {name: value[0] for name, value in parse_qs(urlsplit(old.ac()).query).items()}
    hash_ = new.te("x")["client_certificate_hash"]
    downgraded = httpx.QueryParams({**query, "client_certificate_hash": hash_})
    assert refused_at_ac(f"{new.ac_path}?{downgraded}") == "ESIA-007053"
    code = new.code()
    assert code_of(new.post({**old.te(code), "client_certificate_hash": hash_})) == "ESIA-007053"
    assert new.post(new.te(code)).status_code == 200


def test_a_bare_signature_of_v2_is_refused_where_v1_is_spoken():
    old, new = Esia(1), Esia(2)
    query = urlsplit(new.ac()).query
    assert refused_at_ac(f"{old.ac_path}?{query}") in {"ESIA-007053", "ESIA-007005"}
    code = old.code()
    assert code_of(old.post(new.te(code))) in {"ESIA-007053", "ESIA-007005"}


def test_a_system_that_gave_v1_up_is_not_served_by_it():
    System.objects.filter(client_id="TESTIS").update(v1=False)
    forget()
    assert refused_at_ac(Esia(1).ac()) == "ESIA-007005"
    new = Esia(2)
    code = new.code()
    assert code_of(Esia(1).post(Esia(1).te(code))) == "ESIA-007005"
    assert new.post(new.te(code)).status_code == 200


@pytest.mark.parametrize(("asked", "redeemed"), [(2, 1), (1, 2)], ids=["v2-at-te", "v1-at-v3-te"])
def test_a_code_is_redeemed_by_the_generation_that_asked_for_it(asked, redeemed):
    code = Esia(asked).code()
    other = Esia(redeemed)
    assert code_of(other.post(other.te(code))) == "ESIA-007011"


def test_pkce_once_promised_cannot_be_left_out():
    esia = Esia(2)
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    promised = {"code_challenge": challenge, "code_challenge_method": "S256"}
    assert code_of(esia.post(esia.te(esia.code(**promised)))) == "ESIA-007040"
    assert code_of(esia.post(esia.te(esia.code(**promised), code_verifier="w" * 43))) == "ESIA-007040"
    assert esia.post(esia.te(esia.code(**promised), code_verifier=verifier)).status_code == 200
    assert code_of(esia.post(esia.te(esia.code(), code_verifier=verifier))) == "ESIA-007039"


# redirects


@BOTH
@pytest.mark.parametrize("address", addresses(CALLBACK), ids=ascii)
def test_nobody_is_sent_to_a_hostile_address(generation, address):
    """Signed by the system's own key even so: with 007023 the person stays here (§4)."""
    answer = Browser().get(Esia(generation).ac(redirect_uri=address))
    assert answer.status_code == 400
    assert not {"location", "refresh"} & answer.headers.keys()


@BOTH
def test_a_code_is_exchanged_for_no_other_address(generation):
    esia = Esia(generation)
    code = esia.code()
    for address in filter(None, addresses(CALLBACK)):
        assert code_of(esia.post(esia.te(code, redirect_uri=address))) in NOT_THIS_ADDRESS
    assert esia.post(esia.te(code)).status_code == 200


def test_leaving_goes_to_no_hostile_address():
    registered_address = "http://127.0.0.1:9/bye"
    for address in filter(None, addresses(registered_address)):
        answer = Browser().get("/idp/ext/Logout", params={"client_id": "TESTIS", "redirect_url": address})
        assert not answer.headers.get("location", "/").startswith(("http", "//", "\\")), address


# algorithm confusion


def forged(marker: str, header: dict[str, str], key: RSAKey) -> str:
    body = json.loads(base64.urlsafe_b64decode(marker.split(".")[1] + "=="))
    return jwt.encode(header, body, key, algorithms=[header["alg"]])


def coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_a_marker_signed_by_the_public_key_as_a_secret_opens_nothing():
    """By hand: a decent library refuses to take a public key for a secret."""
    marker = Esia().markers()["access_token"]
    said_by = coded(b'{"ver":1,"typ":"JWT","sbt":"access","alg":"HS256"}') + "." + marker.split(".")[1]
    for key in signing.public("RS256"):
        secret = key if isinstance(key, bytes) else key.encode()
        for one in (secret, secret.strip()):
            signature = hmac.new(one, said_by.encode(), "sha256").digest()
            assert asked_about_her(f"{said_by}.{coded(signature)}").status_code == 401


def test_a_marker_without_a_signature_or_with_somebody_elses_opens_nothing():
    marker = Esia().markers()["access_token"]
    head, body, signature = marker.split(".")
    none = (
        base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT","sbt":"access","ver":1}').rstrip(b"=").decode()
    )
    strangers = forged(marker, {"alg": "RS256", "typ": "JWT"}, RSAKey.generate_key(2048))
    for one in (f"{none}.{body}.", f"{none}.{body}.{signature}", f"{head}.{body}.", strangers):
        assert asked_about_her(one, person_of(marker)).status_code == 401


def test_an_id_marker_is_no_access_marker():
    told = Esia().markers()
    answer = asked_about_her(told["id_token"], person_of(told["access_token"]))
    assert answer.status_code == 401


def test_a_marker_of_openid_connect_is_no_marker_of_the_dialect_nor_the_other_way_round(cabinet):
    oidc = exchange(code_for(Browser())).json()
    marker = Esia().markers()["access_token"]
    for token in (oidc["access_token"], oidc["id_token"]):
        assert asked_about_her(token, person_of(marker)).status_code == 401


@pytest.mark.usefixtures("gost_engine")
def test_a_marker_signed_by_gost_is_not_turned_into_one_of_rsa():
    """The algorithm in the header is the attacker's to write; which key fits it is not."""
    registered(gost_pair()[1], mnemonic="GOSTOVAYA", token_alg="GOST3410_2012_256")
    gost = Esia(2, mnemonic="GOSTOVAYA", pair=gost_pair()).markers()["access_token"]
    rsa_marker = Esia().markers()["access_token"]
    assert asked_about_her(gost).status_code == asked_about_her(rsa_marker).status_code == 200
    for marker, other in ((gost, "RS256"), (rsa_marker, "GOST3410_2012_256")):
        _, body, signature = marker.split(".")
        head = coded(json.dumps({"ver": 1, "typ": "JWT", "sbt": "access", "alg": other}).encode())
        assert asked_about_her(f"{head}.{body}.{signature}").status_code == 401


@pytest.mark.usefixtures("gost_engine")
def test_the_key_of_one_algorithm_does_not_sign_for_the_certificate_of_another():
    """Its hash is sent, another's signature with it; both belong to the system."""
    registered(rsa_pair("Обеих")[1], gost_pair()[1], mnemonic="OBEIKH")
    by_rsa = Esia(2, mnemonic="OBEIKH", pair=rsa_pair("Обеих"))
    by_gost = Esia(2, mnemonic="OBEIKH", pair=gost_pair())
    for signing_, named in ((by_rsa, by_gost), (by_gost, by_rsa)):
        mixed = {
            **secret_of(signing_),
            "client_certificate_hash": secret_of(named)["client_certificate_hash"],
        }
        assert refused_at_ac(f"{by_rsa.ac_path}?{httpx.QueryParams(mixed)}") == "ESIA-007053"
    assert "code" in entered(Browser(), by_gost.ac())


# CMS: expired, foreign, altered


def lasted_until_yesterday(key: rsa.RSAPrivateKey) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Прошлогодняя система")])
    yesterday = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(yesterday - timedelta(days=365))
        .not_valid_after(yesterday)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


def secret_of(esia: Esia, **changes: str) -> dict[str, str]:
    return {name: value[0] for name, value in parse_qs(urlsplit(esia.ac(**changes)).query).items()}


def with_secret(esia: Esia, query: dict[str, str], secret: bytes) -> str:
    text = base64.urlsafe_b64encode(secret).decode()
    return f"{esia.ac_path}?{httpx.QueryParams({**query, 'client_secret': text})}"


@BOTH
def test_a_signature_by_an_expired_certificate_opens_nothing(generation):
    """It was good when it was registered; since yesterday it is not."""
    key = rsa_pair()[0]
    expired = lasted_until_yesterday(key)
    registered(expired, mnemonic="PROSHLAYA")
    late = Esia(generation, mnemonic="PROSHLAYA", pair=(key, expired))
    assert refused_at_ac(late.ac()) == "ESIA-007053"
    assert code_of(late.post(late.te("x" * 43))) == "ESIA-007053"


@BOTH
@pytest.mark.parametrize("lenient", [False, True], ids=["strict", "lenient"])
def test_a_word_instead_of_a_signature_opens_nothing(generation, lenient):
    """What npm passport-esia does at te, with the scope it forgets."""
    System.objects.filter(client_id="TESTIS").update(lenient=lenient)
    forget()
    esia = Esia(generation)
    code = esia.code()
    for word in ("secret", "c2VjcmV0", "00" * 32, "A" * 344, "=", "null"):
        assert code_of(esia.post(esia.te(code, client_secret=word))) == "ESIA-007053", word
    assert esia.post(esia.te(code)).status_code == 200


@BOTH
def test_a_signature_by_a_certificate_taken_out_of_use_opens_nothing(generation):
    esia = Esia(generation)
    Certificate.objects.filter(system_id="TESTIS").update(disabled_at=timezone.now())
    forget()
    assert refused_at_ac(esia.ac()) in {"ESIA-007053", "ESIA-007002", "ESIA-007005"}


@BOTH
@pytest.mark.parametrize("name", ["Никому не известная", "Чужая система"], ids=["unknown", "of-another"])
def test_a_signature_by_a_foreign_certificate_opens_nothing(generation, name):
    """Whoever signs with another's certificate is not the system she names."""
    foreign = Esia(generation, pair=rsa_pair(name))
    assert refused_at_ac(foreign.ac()) in {"ESIA-007002", "ESIA-007053"}
    assert code_of(foreign.post(foreign.te(Esia(generation).code()))) in {"ESIA-007002", "ESIA-007053"}


@pytest.mark.parametrize("attached", [True, False], ids=["attached", "detached"])
@pytest.mark.parametrize("attributes", [True, False], ids=["attributes", "bare"])
def test_an_altered_cms_opens_nothing(attached, attributes):
    """One bit turned over at every seventh byte, and a few lengths that it has not.

    The certificate within is left alone: it is nobody's word, the registered one of that name and number counts.
    """
    esia = Esia(1, attached=attached, attributes=attributes)
    query = secret_of(esia)
    secret = base64.urlsafe_b64decode(query["client_secret"])
    assert path_of(Browser().get(with_secret(esia, query, secret))) == "/signin/"
    certificate = esia.pair[1]
    begins = secret.index(certificate)
    around = begins - 4  # the tag and the length of the field it stands in
    places = [*range(0, around, 7), *range(begins + len(certificate), len(secret), 7)]
    altered = [secret[:place] + bytes([secret[place] ^ 1]) + secret[place + 1 :] for place in places]
    for one in [*altered, secret[:-1], secret[: len(secret) // 2], secret[:1], secret + b"\0", b""]:
        answer = Browser().get(with_secret(esia, query, one))
        assert "error" in parse_qs(urlsplit(answer.headers["location"]).query), one.hex()


@pytest.mark.parametrize(
    "change",
    [
        {"scope": "openid fullname snils id_doc"},
        {"state": "another"},
        {"timestamp": stamp(timedelta(seconds=7))},
    ],
    ids=lambda change: next(iter(change)),
)
@BOTH
def test_what_is_changed_after_signing_is_noticed(generation, change):
    esia = Esia(generation)
    query = {**secret_of(esia), **change}
    assert refused_at_ac(f"{esia.ac_path}?{httpx.QueryParams(query)}") == "ESIA-007053"


def test_an_address_changed_after_signing_is_noticed_by_v2_even_if_registered():
    second = "http://127.0.0.1:9/second"
    Client.objects.filter(pk="TESTIS").update(redirect_uris=[CALLBACK, second])
    forget()
    esia = Esia(2)
    query = {**secret_of(esia), "redirect_uri": second}
    answer = Browser().get(f"{esia.ac_path}?{httpx.QueryParams(query)}")
    assert "error=access_denied" in answer.headers["location"]


@BOTH
def test_a_signature_of_ac_is_none_of_te(generation):
    """v1 signs the same four values at both: there the state of te must be signed anew, and the moment passes."""
    esia = Esia(generation)
    query = secret_of(esia)
    code = esia.code()
    form = {**esia.te(code), "client_secret": query["client_secret"]}
    assert code_of(esia.post(form)) == "ESIA-007053"


# state


def test_a_state_used_at_ac_serves_no_second_time_at_v3_te():
    """§10, quirk 6: on v1 real clients do so, and may."""
    for generation, expected in ((1, 200), (2, 400)):
        esia = Esia(generation)
        state = "7a8c1e52-5a2f-4f0b-9b3e-1c7a3f5d9e20"
        answer = esia.post(esia.te(esia.code(state=state), state=state))
        assert answer.status_code == expected
        if expected == 400:
            assert code_of(answer) == "ESIA-007003"


@BOTH
def test_a_marker_ends_with_the_session_it_came_from(generation):
    """Whoever signs out everywhere leaves nothing behind for a thief of markers."""
    marker = Esia(generation).markers()["access_token"]
    assert asked_about_her(marker).status_code == 200
    end_all(known("anna").sub, actor="system", words="Вход закончен")
    assert asked_about_her(marker).status_code == 401
