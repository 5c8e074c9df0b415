"""docs/sandbox.md does what it says: its examples sign a test person in by openssl and curl alone."""

import os
import subprocess

import pytest

from tests.clients.people import CALLBACK
from tests.clients.standin import MNEMONIC, StandIn, standing
from tests.journeys.alone import ROOT, Pair

EXAMPLES = ROOT / "docs" / "examples"
ENGINE = ROOT / "dopusk" / "trust" / "gost.cnf"
AUTO = ("--auto-login", "000-000-600-01")


def run(example: str, standin: StandIn, pair: Pair, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "ESIA": standin.url,
        "CLIENT": MNEMONIC,
        "BACK": CALLBACK,
        "CERT": str(pair.certificate),
        "KEY": str(pair.key),
        **more,
    }
    return subprocess.run(
        [str(EXAMPLES / example)], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("example", ["esia_v1.sh", "esia_v2.sh"])
def test_an_integrator_signs_a_test_person_in_by_openssl_and_curl(example):
    with standing(*AUTO) as standin:
        done = run(example, standin, standin.pair)
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"snils": "000-000-600 01"' in done.stdout


@pytest.mark.usefixtures("gost_engine")
@pytest.mark.parametrize(
    ("example", "more"),
    [("esia_v1.sh", {}), ("esia_v2.sh", {"DIGEST": "md_gost12_256"})],
    ids=["v1", "v2"],
)
def test_the_same_by_a_gost_key_with_markers_signed_by_gost(example, more, tmp_path):
    pair = Pair(tmp_path / "gost.pem", tmp_path / "gost.key")
    made = "req -x509 -newkey gost2012_256 -pkeyopt paramset:A -nodes -days 365 -subj /CN=CLINIC"
    subprocess.run(
        ["openssl", *made.split(), "-keyout", str(pair.key), "-out", str(pair.certificate)],
        env={**os.environ, "OPENSSL_CONF": str(ENGINE)}, capture_output=True, check=True,
    )  # fmt: skip
    options = ("--certificate", str(pair.certificate), "--token-alg", "GOST3410_2012_256")
    with standing(*AUTO, *options) as standin:
        done = run(example, standin, pair, OPENSSL_CONF=str(ENGINE), **more)
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"snils": "000-000-600 01"' in done.stdout
