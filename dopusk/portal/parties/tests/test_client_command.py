"""`./dev client`: what it takes for scopes, how it refuses, what it lists."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from dopusk.portal.clients.models import Client
from dopusk.portal.esia.tests.esia_client import rsa_pair

pytestmark = pytest.mark.django_db
SHORT = ("--id", "app", "--name", "Приложение", "--redirect-uri", "http://127.0.0.1:9/cb")


def run(*arguments: str) -> str:
    said = StringIO()
    call_command("client", *arguments, stdout=said)
    return said.getvalue()


def test_scopes_of_one_text_are_parted_by_spaces_and_told_once():
    run("add", *SHORT, "--scope", "openid profile  snils", "--scope", "snils email")
    assert Client.objects.get().scopes == ["openid", "profile", "snils", "email"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--scope", "openid snilz"), "scope_unknown"),
        (("--scope", "openid fullname"), "scope_unknown"),  # of the ЕСИА, which this one does not speak
        (("--own-scope", 'a"b'), "scope_form"),
        (("--own-scope", "verify:read snils"), "scope_of_people"),
        (("--esia", "--certificate", "/dev/null"), "certificate_empty"),
        (("--esia",), "certificate_missing"),
        (("--id", ".."), "client_id_form"),
    ],
)
def test_what_cannot_be_registered_is_refused_by_a_sentence_and_its_code(more, code):
    with pytest.raises(CommandError, match=rf"^not registered: .{{20,}} \({code}\)") as refused:
        run("add", *SHORT, *more)
    assert not Client.objects.exists()
    if code == "scope_unknown":
        assert {"profile", "snils", "offline_access"} <= set(str(refused.value).replace(",", " ").split())


def test_a_service_that_speaks_the_dialect_may_have_scopes_of_both(tmp_path):
    certificate = tmp_path / "cert.der"
    certificate.write_bytes(rsa_pair("clinic")[1])
    run("add", *SHORT, "--esia", "--certificate", str(certificate), "--scope", "openid profile fullname")
    assert Client.objects.get().scopes == ["openid", "profile", "fullname"]
    run("add", *SHORT, "--replace", "--scope", "openid fullname")
    assert Client.objects.get().scopes == ["openid", "fullname"]


def test_a_service_has_scopes_of_its_own_beside_those_of_people():
    run("add", *SHORT, "--grant", "client_credentials", "--own-scope", "verify:read verify:many")
    assert Client.objects.get().scopes == ["openid", "verify:read", "verify:many"]


def test_the_list_has_a_line_of_json_a_service():
    assert run("list") == ""
    run("add", *SHORT, "--scope", "openid snils")
    run("add", "--id", "a-job", "--name", "Ночная сверка", "--grant", "client_credentials")
    listed = [json.loads(line) for line in run("list").splitlines()]
    assert [one["client_id"] for one in listed] == ["a-job", "app"]
    assert listed[1] == {
        "client_id": "app",
        "name": "Приложение",
        "auth": "client_secret_basic",
        "scopes": ["openid", "snils"],
        "redirect_uris": ["http://127.0.0.1:9/cb"],
        "enabled": True,
    }
