"""Whom signatures are believed by is the operator's word, read anew when it changes; its failure is told by a code."""

import base64
import hashlib
import json
import os
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

import dopusk
from dopusk.trust import certificates
from dopusk.web.environment import Misconfigured
from dopusk.web.signing import asking, checks, configuration, roots
from dopusk.web.signing.tests import office as offices
from dopusk.web.signing.tests.conftest import afresh
from dopusk.web.signing.tests.test_asking import ask, examine


def code(card) -> str:
    challenge = ask()
    return examine(challenge, card.sign(challenge.content)).code


def test_a_root_put_into_the_folder_is_believed_at_once_and_one_taken_out_is_not(db, office, settings):
    with offices.running(name="newly accredited") as other:
        hers = other.card()
        assert code(hers) == "root_unknown"
        new = settings.SIGNING_ROOTS / "new.crt"
        new.write_bytes(other.root.certificate)
        assert code(hers) == "good"
        new.unlink()
        assert code(hers) == "root_unknown"
        assert code(office.card()) == "good"


def test_a_bundle_in_one_file_serves_as_well(db, office, settings, tmp_path):
    settings.SIGNING_ROOTS = tmp_path / "bundle.pem"
    settings.SIGNING_ROOTS.write_bytes(b"# ours\n" + office.roots)
    assert code(office.card()) == "good"


@pytest.mark.parametrize("content", [b"", b"not a certificate", b"-----BEGIN CERTIFICATE-----\nAAAA"])
def test_roots_that_cannot_be_read_are_a_code_and_no_crash(db, office, settings, content):
    (settings.SIGNING_ROOTS / "broken.pem").write_bytes(content)
    assert code(office.card()) == "roots_unavailable"
    assert [one.id for one in checks.roots_are_there()] == ["dopusk.E112"]
    assert "broken.pem" in checks.roots_are_there()[0].msg
    settings.SIGNING_REGISTERS = office.address  # nor is it passed over in a sandbox
    assert [one.id for one in checks.roots_are_there()] == ["dopusk.I111", "dopusk.E112"]
    settings.SIGNING_REGISTERS = ""
    (settings.SIGNING_ROOTS / "broken.pem").unlink()
    assert code(office.card()) == "good"
    assert [one.id for one in checks.roots_are_there()] == ["dopusk.I114"]


def test_without_any_root_every_signature_is_refused_and_the_start_says_so(db, office, settings):
    settings.SIGNING_ROOTS = None
    assert code(office.card()) == "root_unknown"
    assert [one.id for one in checks.roots_are_there()] == ["dopusk.W113"]


def test_a_root_that_is_over_is_named_at_the_start(office, settings):
    over = office.card(issued=timedelta(days=20), days=10).certificate
    (settings.SIGNING_ROOTS / "over.pem").write_bytes(certificates.pem(over.der))
    assert [one.id for one in checks.roots_are_there()] == ["dopusk.I114", "dopusk.W115"]


def test_in_the_sandbox_its_own_authority_is_believed_and_remembered(db, office, settings):
    settings.SIGNING_ROOTS, settings.SIGNING_REGISTERS = None, office.address
    assert [one.id for one in checks.roots_are_there()] == ["dopusk.I111", "dopusk.I114"]
    assert office.asked == []
    assert code(office.card()) == "good"
    assert code(office.card()) == "good"
    assert office.asked.count("/pki/roots.pem") == 1


def test_a_file_that_is_not_read_for_its_name_is_told(office, settings):
    (settings.SIGNING_ROOTS / "root.der").write_bytes(office.root.certificate)
    assert [one.id for one in checks.roots_are_there()] == ["dopusk.I114", "dopusk.W122"]


def test_whoever_checks_a_sandbox_hears_how_many_roots_its_authority_shows(office, settings):
    assert checks.sandbox_shows_its_roots() == []
    settings.SIGNING_REGISTERS = office.address
    assert [one.id for one in checks.sandbox_shows_its_roots()] == ["dopusk.I116"]
    office.faults["/pki/roots.pem"] = "down"
    afresh()
    assert [one.id for one in checks.sandbox_shows_its_roots()] == ["dopusk.W117"]


@pytest.mark.parametrize("fault", ["down", "garbage", "absent", "huge"])
def test_a_silent_sandbox_authority_is_a_code_and_what_it_showed_before_serves(
    db, office, settings, fault, monkeypatch
):
    settings.SIGNING_ROOTS, settings.SIGNING_REGISTERS = None, office.address
    office.faults["/pki/roots.pem"] = fault
    assert code(office.card()) == "roots_unavailable"
    office.faults.clear()
    afresh()
    assert code(office.card()) == "good"
    office.faults["/pki/roots.pem"] = fault
    monkeypatch.setattr(roots, "REMEMBERED", 0.0)
    roots._memory.shown = {url: (0.0, known) for url, (_, known) in roots._memory.shown.items()}
    assert code(office.card()) == "good"
    assert office.asked.count("/pki/roots.pem") > 2


@pytest.mark.parametrize(
    ("policy", "verdict"), [("1.2.643.100.113.1", "good"), ("1.2.3.4", "policy_missing")]
)
def test_a_policy_may_be_demanded(db, office, settings, policy, verdict):
    settings.SIGNING_POLICIES = frozenset({policy})
    assert code(office.card()) == verdict


# ── the environment ──


def chosen(**given):
    return configuration.chosen(
        **({"sandbox": False, "registers": "http://localhost:8002", "session": "x"} | given)
    )


def test_outside_the_sandbox_nothing_is_believed_and_nobody_inside_is_asked_unless_named(monkeypatch):
    for name in [one for one in os.environ if one.startswith("DOPUSK_SIGNING_")]:
        monkeypatch.delenv(name)
    found = chosen()
    assert (found["SIGNING_ROOTS"], found["SIGNING_REGISTERS"], found["SIGNING_TSA"]) == (None, "", "")
    assert found["SIGNING_NETWORKS"] == ()
    assert found["SIGNING_REMEMBER"] == timedelta(minutes=10)
    inside = chosen(sandbox=True)
    assert inside["SIGNING_TSA"] == "http://localhost:8002/pki/timestamp"
    assert any(ip_address("127.0.0.1") in one for one in inside["SIGNING_NETWORKS"])
    assert not any(ip_address("169.254.169.254") in one for one in inside["SIGNING_NETWORKS"])


def test_what_the_operator_names_is_taken(monkeypatch, tmp_path):
    monkeypatch.setenv("DOPUSK_SIGNING_ROOTS", str(tmp_path))
    monkeypatch.setenv("DOPUSK_SIGNING_POLICIES", "1.2.643.100.113.1, 1.2.643.100.113.2")
    monkeypatch.setenv("DOPUSK_SIGNING_TSA", "https://tsa.example.org/tsp")
    monkeypatch.setenv("DOPUSK_SIGNING_NETWORKS", "10.7.0.0/16")
    monkeypatch.setenv("DOPUSK_SIGNING_CADESPLUGIN", "vendor/cadesplugin_api.js")
    found = chosen()
    assert found["SIGNING_ROOTS"] == tmp_path
    assert found["SIGNING_POLICIES"] == {"1.2.643.100.113.1", "1.2.643.100.113.2"}
    assert found["SIGNING_TSA"] == "https://tsa.example.org/tsp"
    assert [str(one) for one in found["SIGNING_NETWORKS"]] == ["10.7.0.0/16"]
    assert found["SIGNING_CADESPLUGIN"] == "vendor/cadesplugin_api.js"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ROOTS", "/no/such/folder"),
        ("TSA_ROOTS", "/no/such/folder"),
        ("POLICIES", "any"),
        ("TSA", "tsa.example.org"),
        ("AGENT_ID", "our agent"),
        ("NETWORKS", "intranet"),
        ("REMEMBER_SECONDS", "-1"),
    ],
)
def test_nonsense_is_noticed_at_the_start(monkeypatch, name, value):
    monkeypatch.setenv(f"DOPUSK_SIGNING_{name}", value)
    with pytest.raises(Misconfigured):
        chosen()


def test_the_agents_id_is_that_of_the_key_in_its_manifest():
    manifest = Path(dopusk.__file__).parent / "agent" / "extension" / "manifest.json"
    key = base64.b64decode(json.loads(manifest.read_text())["key"])
    digits = hashlib.sha256(key).hexdigest()[:32]
    assert "".join(chr(ord("a") + int(digit, 16)) for digit in digits) == configuration.AGENT


def test_a_networks_port_is_free_only_inside(settings):
    settings.SIGNING_NETWORKS = configuration.chosen(sandbox=True, registers="http://r", session="x")[
        "SIGNING_NETWORKS"
    ]
    assert asking.may_ask("127.0.0.1", 8002)
    assert asking.may_ask("8.8.8.8", 80)
    assert not asking.may_ask("8.8.8.8", 8002)
