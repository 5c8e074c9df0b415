"""A small ЕСИА over real HTTP, to be wrong on purpose; it verifies what it is sent. The real one is met in journeys."""

import base64
import hashlib
import json
import threading
import time
import uuid
import warnings
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from dopusk.kernel import sandbox, snils
from dopusk.trust import certificates, cms, gost, raw

ISSUER = "http://esia.gosuslugi.ru/"
CLIENT = "DOPUSK_CABINET"
if gost.available():
    KEYS = ("rsa", "gost")
else:
    KEYS = ("rsa",)
    warnings.warn("GOST is NOT tested here: openssl has no engine (libengine-gost-openssl)", stacklevel=1)
MARKER_ALGORITHM = {"rsa": "RS256", "gost": "GOST3410_2012_256"}


@cache
def signer(kind, name):
    """A key and its certificate (DER), made once a run: `signer("gost", "markers")`."""
    if kind == "gost":
        key = gost.new_key()
        return key, gost.self_signed(key, {"CN": name}, days=30)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        subject, subject, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=30)
    )
    return key, builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def pem_key(key):
    """A private key as a file holds it."""
    if isinstance(key, bytes):
        return key
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def pem(der):
    """A certificate as a file holds it."""
    body = base64.encodebytes(der)
    return b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n"


def environment(folder: Path, address, generation, kind, markers="rsa"):
    """The settings of a cabinet that stands before this double."""
    key, certificate = signer(kind, "system")
    (folder / "system.key").write_bytes(pem_key(key))
    (folder / "system.pem").write_bytes(pem(certificate))
    (folder / "markers.pem").write_bytes(pem(signer(markers, "markers")[1]))
    return {
        "DOPUSK_SIGNIN": f"esia-v{generation}",
        "DOPUSK_ESIA_URL": address,
        "DOPUSK_ESIA_CLIENT": CLIENT,
        "DOPUSK_ESIA_CERTIFICATE": str(folder / "system.pem"),
        "DOPUSK_ESIA_KEY": str(folder / "system.key"),
        "DOPUSK_ESIA_MARKER_CERTIFICATE": str(folder / "markers.pem"),
    }


def base64url(content):
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


class Double:
    """Answers for one person. forge_id, forge_access, header: changes of the markers; card: of the person's JSON.

    signs_with: key and `alg` of the markers. wrong_state: `te` echoes another state. answers: path → (status, body).
    """

    def __init__(self, kind="rsa", markers="rsa", key="anna"):
        self.kind, self.who, self.oid = kind, sandbox.person(key), 1000300600 + sandbox.person(key).number
        self.signs_with = (signer(markers, "markers")[0], MARKER_ALGORITHM[markers])
        self.forge_id, self.forge_access, self.header, self.card = {}, {}, {}, {}
        self.wrong_state, self.answers = False, {}
        self.codes, self.bearers, self.faults, self.asked = {}, set(), [], []
        self.sid = str(uuid.uuid4())
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def ac(self, address):
        """The person signs in at the address the browser was sent to; the query she comes back with."""
        parts = urlsplit(address)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        version = {"/aas/oauth2/ac": 1, "/aas/oauth2/v2/ac": 2}[parts.path]
        self._verify(query, version, code=False)
        code = f"code-{len(self.codes)}"
        self.codes[code] = {**query, "version": version}
        return {"code": code, "state": query["state"]}

    def _handler(self):
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self._tell(double.te, {name: values[0] for name, values in form.items()})

            def do_GET(self):
                self._tell(double.rs, self.headers.get("Authorization", ""))

            def _tell(self, answer, given):
                path = urlsplit(self.path).path
                double.asked.append(self.path)
                status, body = double.answers.get(path) or answer(self.path, given)
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        return Handler

    def te(self, path, form):
        """One code once, the secret and PKCE verified."""
        entry = self.codes.pop(form["code"], None)
        version = {"/aas/oauth2/te": 1, "/aas/oauth2/v3/te": 2}[path]
        self._verify(form, version, code=True)
        if entry is None or entry["version"] != version or form["redirect_uri"] != entry["redirect_uri"]:
            text = "ESIA-007011: the code is used"
            return 400, {"error": "invalid_grant", "error_description": text, "state": form["state"]}
        if form["state"] == entry["state"]:
            self.faults.append("state_reused")
        if version > 1:
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            self._hold(base64url(digest) == entry["code_challenge"], "pkce")
        bearer = self.marker("access", self.access())
        self.bearers.add(bearer)
        state = str(uuid.uuid4()) if self.wrong_state else form["state"]
        return 200, {
            "access_token": bearer, "id_token": self.marker("id", self.identity()), "state": state,
            "token_type": "Bearer", "expires_in": 3600,
        }  # fmt: skip

    def rs(self, path, authorization):
        """The person's card, as §7 of the facts writes it."""
        if authorization.removeprefix("Bearer ") not in self.bearers:
            return 401, {"code": "ESIA-005013", "message": "SecurityErrorEnum.expiredToken"}
        self._hold(path.startswith(f"/rs/prns/{self.oid}?embed=("), path)
        who, passport = self.who, self.who.passport
        issued, born = (f"{day:%d.%m.%Y}" for day in (who.passport_issued, who.birth_date))
        phone = f"+7({who.phone[2:5]}){who.phone[5:]}"
        card = {
            "firstName": who.first_name, "lastName": who.last_name, "middleName": who.patronymic,
            "birthDate": born, "gender": who.gender[0].upper(), "trusted": who.confirmed, "citizenship": "RUS",
            "snils": snils.show(who.snils), "inn": who.inn, "status": "REGISTERED", "rIdDoc": 3571,
            "contacts": {"size": 3, "elements": [
                {"id": 15, "type": "EML", "vrfStu": "NOT_VERIFIED", "value": "someone@example.org"},
                {"id": 16, "type": "EML", "vrfStu": "VERIFIED", "value": who.email},
                {"id": 17, "type": "MBT", "vrfStu": "VERIFIED", "value": phone}]},
            "documents": {"size": 2, "elements": [
                {"id": 3570, "type": "RF_PASSPORT", "series": "9900", "number": "000000", "issueDate": issued},
                {"id": 3571, "type": "RF_PASSPORT", "vrfStu": "VERIFIED", "series": passport.series,
                 "number": passport.number, "issueDate": issued, "issuedBy": who.passport_issuer,
                 "issueId": who.passport_issuer_code.replace("-", "")}]},
        }  # fmt: skip
        return 200, {name: value for name, value in {**card, **self.card}.items() if value is not None}

    def identity(self):
        subject = {"urn:esia:sbj:typ": "P", "urn:esia:sbj:oid": self.oid, "urn:esia:sbj:lvl": "PR"}
        if self.who.confirmed:
            subject["urn:esia:sbj:is_tru"] = True
        told = {"aud": CLIENT, "sub": str(self.oid), "urn:esia:sbj": subject, "amr": "PWD"}
        return {**self._times(), **told, **self.forge_id}

    def access(self):
        told = {"client_id": CLIENT, "urn:esia:sbj_id": self.oid, "scope": f"fullname?oid={self.oid} openid"}
        return {**self._times(), **told, **self.forge_access}

    def marker(self, kind, claims):
        key, alg = self.signs_with
        header = {"ver": 1 if kind == "access" else 0, "typ": "JWT", "sbt": kind, "alg": alg, **self.header}
        claims = {name: value for name, value in claims.items() if value is not None}
        said = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        return f"{said}.{base64url(raw.sign(key, said.encode()))}"

    def _times(self):
        now = int(time.time())
        return {"iss": ISSUER, "nbf": now, "iat": now, "exp": now + 3600, "urn:esia:sid": self.sid}

    def _verify(self, values, version, *, code):
        """The secret, as the facts' §3 asks."""
        certificate = certificates.read(signer(self.kind, "system")[1])
        given = raw.decode(values["client_secret"])
        self._hold(values["client_id"] == CLIENT, "client_id")
        stamp = datetime.strptime(values["timestamp"], "%Y.%m.%d %H:%M:%S %z")
        self._hold(abs((datetime.now(UTC) - stamp).total_seconds()) < 300, "timestamp")
        if version == 1:
            said = "".join(values[name] for name in ("scope", "timestamp", "client_id", "state"))
            verdict = cms.verify(given.data, said.encode(), [certificate])
            self._hold(verdict.good and not verdict.found.attached, verdict.code)
            return
        names = ("client_id", "scope", "timestamp", "state", "redirect_uri", *(["code"] if code else []))
        said = "".join(values[name] for name in names)
        self._hold(raw.verify(certificate, said.encode(), given.data), "secret")
        wanted = "sha256" if self.kind == "rsa" else "streebog256"
        self._hold(
            values["client_certificate_hash"] == certificates.fingerprints(certificate.der)[wanted], "hash"
        )

    def _hold(self, fact, what):
        if not fact:
            self.faults.append(what)
