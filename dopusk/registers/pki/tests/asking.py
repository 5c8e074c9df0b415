"""Anna's certificate as programs ask for it."""

import base64

from dopusk.kernel import sandbox
from dopusk.trust import gost, keys
from dopusk.trust.authority import request, subject

ANNA = sandbox.person("anna")
HOSPITAL = sandbox.organisation("hospital")
OWNER = {
    "lastName": ANNA.last_name,
    "firstName": ANNA.first_name,
    "patronymic": ANNA.patronymic,
    "snils": ANNA.snils,
    "inn": ANNA.inn,
    "email": ANNA.email,
    "organisation": HOSPITAL.name,
    "ogrn": HOSPITAL.ogrn,
    "innOfOrganisation": HOSPITAL.inn,
    "title": "Медсестра",
}
OCSP = "application/ocsp-request"
# made once by openssl, for places without its engine
KEPT_GOST_CSR = """-----BEGIN CERTIFICATE REQUEST-----
MIHRMH4CAQAwDzENMAsGA1UEAwwEQW5uYTBmMB8GCCqFAwcBAQEBMBMGByqFAwICIwEGCCqFAwcB
AQICA0MABEBFfqdzTLj2sdjJ5AFC1SgL7R37ARvrJ4Wc5x5MEJxe5l/gLhK+LpucXaa6fHIG67NP
qBRVItRoMXJuvgu2t/oGoAAwDAYIKoUDBwEBAwIFAANBANcCoWzwLA2YF3w3brwh9RTtECvvlaH/
7k+jWMGb2aZP/wtyN0/blQ0nskYLYMv9I4brLNqA8Eia3dmRWKc1tCU=
-----END CERTIFICATE REQUEST-----
"""


def csr_of(branch: str) -> str:
    if branch == "gost":
        made = base64.encodebytes(gost.request(gost.new_key(), "Анна")).decode()
        return f"-----BEGIN CERTIFICATE REQUEST-----\n{made}-----END CERTIFICATE REQUEST-----\n"
    return request(keys.new("rsa", rsa_bits=2048) if branch == "rsa" else keys.new(), subject("Анна", "УЦ"))


def ask(program, branch: str = "ec", **changed: object):
    body = {"csr": csr_of(branch), "profile": "person", "authority": branch, "owner": OWNER}
    return program.post("/api/pki/certificates", {**body, **changed})
