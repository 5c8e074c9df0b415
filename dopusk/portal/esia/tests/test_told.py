"""What an integrator is told of a request that never got as far as its signature, or got there in another form."""

import base64

import pytest
from django.test import Client

from dopusk.portal.esia.models import Diagnosis
from dopusk.portal.esia.tests.esia_client import Esia, registered, said
from dopusk.portal.esia.tests.signed_requests import OWN
from dopusk.portal.tests.browser import Browser, parameters

pytestmark = pytest.mark.django_db
PEM = f"-----BEGIN CMS-----\n{base64.encodebytes(OWN.pkcs7('x')).decode()}-----END CMS-----\n"


@pytest.fixture(autouse=True)
def sandbox(settings):
    settings.SANDBOX = True


def in_lines(secret: str) -> str:
    """As `openssl base64` without -A writes."""
    return base64.encodebytes(base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4))).decode()


def secret_of(esia: Esia) -> str:
    """A right one of no request in particular."""
    return esia.te("code")["client_secret"]


# ── client_secret in lines ──


@pytest.mark.parametrize("generation", [1, 2])
@pytest.mark.parametrize(
    ("written", "code"),
    [
        (in_lines, "secret_lines"),
        (lambda _: PEM, "secret_pem"),
        (lambda _: f"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n{PEM[20:-20]}", "secret_smime"),
    ],
)
def test_what_comes_in_lines_is_called_what_it_is_at_ac_and_at_te(generation, written, code):
    registered()
    esia = Esia(generation)
    secret = written(secret_of(esia))
    answer = Browser().get(esia.ac(client_secret=secret))
    assert said(parameters(answer)) == ("access_denied", "ESIA-007053")
    assert esia.post(esia.te("code", client_secret=secret)).json()["error_description"][:11] == "ESIA-007053"
    assert set(Diagnosis.objects.values_list("code", flat=True)) == {code}


def test_the_signature_in_lines_is_looked_at_all_the_same():
    registered()
    esia = Esia()
    form = esia.te("code")
    esia.post({**form, "client_secret": in_lines(form["client_secret"])})
    report = Diagnosis.objects.get().report
    assert (report["signed_right"], report["secret"]["kind"], "also" in report) == (True, "cms", False)
    esia.post({**form, "client_secret": in_lines(form["client_secret"]), "scope": "openid"})
    assert not Diagnosis.objects.latest("at").report["signed_right"]


def test_other_control_characters_are_still_unreadable():
    registered()
    answer = Browser().get(Esia().ac(client_secret="a\0b"))
    assert said(parameters(answer)) == ("invalid_request", "ESIA-007038")
    answer = Browser().get(Esia().ac(state="a\nb"))
    assert said(parameters(answer)) == ("invalid_request", "ESIA-007038")
