"""GOST from end to end: the system signs by the `openssl` program, and the program verifies the markers."""

import base64
import os
import subprocess
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from dopusk.stand.postgres import Cluster
from dopusk.stand.stand import free_base
from tests.journeys.alone import CALLBACK, ROOT, claims, running

pytestmark = pytest.mark.usefixtures("gost_engine")
MNEMONIC, SCOPE = "GOSTIS", "openid fullname snils"
V1 = ("scope", "timestamp", "client_id", "state")
V2 = ("client_id", "scope", "scope_org", "timestamp", "state", "redirect_uri")
PATHS = {1: ("/aas/oauth2/ac", "/aas/oauth2/te"), 2: ("/aas/oauth2/v2/ac", "/aas/oauth2/v3/te")}


def openssl(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    """What the program says, in a folder, with the engine."""
    environment = {**os.environ, "OPENSSL_CONF": str(ROOT / "dopusk" / "trust" / "gost.cnf")}
    done = subprocess.run(
        ["openssl", *arguments], cwd=folder, env=environment, input=given, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def signed(folder: Path, generation: int, *further: str, **values: str) -> dict[str, str]:
    """A request signed by the program: CMS for the first generation, a bare signature for the second."""
    moscow = datetime.now(UTC) + timedelta(hours=3)
    said = {
        "client_id": MNEMONIC, "scope": SCOPE, "scope_org": "", "state": str(uuid.uuid4()),
        "timestamp": f"{moscow:%Y.%m.%d %H:%M:%S} +0300", "redirect_uri": CALLBACK, **values,
    }  # fmt: skip
    text = "".join(said[name] for name in (V1 if generation == 1 else (*V2, *further))).encode()
    if generation == 1:
        made = openssl(
            folder, "cms", "-sign", "-binary", "-signer", "cert.pem", "-inkey", "key.pem", "-md", "md_gost12_256",
            "-outform", "DER", given=text,
        )  # fmt: skip
        return {**said, "client_secret": base64.urlsafe_b64encode(made).decode()}
    made = openssl(folder, "dgst", "-md_gost12_256", "-sign", "key.pem", "-binary", given=text)
    der = openssl(folder, "x509", "-in", "cert.pem", "-outform", "DER")
    found = openssl(folder, "dgst", "-md_gost12_256", "-r", given=der).split()[0].decode()
    secret = base64.urlsafe_b64encode(made).rstrip(b"=").decode()
    return {**said, "client_secret": secret, "client_certificate_hash": found}


def verified(folder: Path, address: str, marker: str) -> str:
    """What the program says of a marker, by the public key the stand-in shows."""
    said, _, signature = marker.rpartition(".")
    (folder / "signer.pub").write_bytes(httpx.get(f"{address}/sandbox/esia.pub").content)
    (folder / "signature").write_bytes(base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)))
    arguments = ("-md_gost12_256", "-verify", "signer.pub", "-signature", "signature")
    return openssl(folder, "dgst", *arguments, given=said.encode()).decode().strip()


@pytest.mark.parametrize("generation", [1, 2])
def test_galina_enters_a_system_of_gost(generation: int, tmp_path: Path) -> None:
    made = ("-newkey", "gost2012_256", "-pkeyopt", "paramset:A", "-keyout", "key.pem", "-out", "cert.pem")
    openssl(tmp_path, "req", "-x509", *made, "-nodes", "-days", "30", "-subj", f"/CN={MNEMONIC}")
    state = tmp_path / "state"
    ac, te = PATHS[generation]
    try:
        with running(
            "--port", str(free_base()), "--state", str(state), "--client", MNEMONIC,
            "--certificate", str(tmp_path / "cert.pem"), "--redirect-uri", CALLBACK,
            "--token-alg", "GOST3410_2012_256", "--auto-login", "000-000-600-06",
        ) as run:  # fmt: skip
            asked = signed(tmp_path, generation, response_type="code", access_type="online")
            answer = httpx.get(f"{run.address}{ac}", params=asked)
            code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
            form = signed(
                tmp_path, generation, "code", code=code, grant_type="authorization_code", token_type="Bearer"
            )
            told = httpx.post(f"{run.address}{te}", data=form).json()
            assert claims(told["access_token"])["urn:esia:sbj_id"] == 1_000_300_606
            for marker in (told["access_token"], told["id_token"]):
                assert verified(tmp_path, run.address, marker) == "Verified OK"
            signer = httpx.get(f"{run.address}/sandbox/esia.pem").content
            assert b"GOST R 34.10-2012" in openssl(tmp_path, "x509", "-noout", "-text", given=signer)
    finally:
        Cluster(state.absolute()).remove()
