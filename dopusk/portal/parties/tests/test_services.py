"""Олег registers services: what he types is judged at its field, the secret is seen once, everything is journalled."""

import base64
import json
import re
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from joserfc.jwk import ECKey

from dopusk.portal.clients import models as clients
from dopusk.portal.clients.actions import RegistrationRefused, secret_hash, version_of
from dopusk.portal.clients.models import Client
from dopusk.portal.oidc.models import SigningKey
from dopusk.portal.operators.rules import Role
from dopusk.portal.operators.tests.people import operator
from dopusk.portal.parties import actions
from dopusk.portal.parties.dialect_forms import DialectForm
from dopusk.portal.parties.forms import ServiceForm
from dopusk.portal.parties.words import FAULTS, FIELDS
from dopusk.portal.tests.browser import Browser, cabinet_is_registered, exchange, known, statements
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db
LIST, ADD = "/desk/services/", "/desk/services/new/"
TYPED = {
    "name": "Портал клиники",
    "client_id": "clinic-portal",
    "redirect_uris": "https://clinic.example/cb\nhttps://clinic.example/cb2",
    "signed_out_uris": "https://clinic.example/bye",
    "backchannel_logout_uri": "https://clinic.example/backchannel",
    "scopes": ["openid", "profile"],
    "required_level": "confirmed",
    "auth_method": "client_secret_basic",
    "jwks": "",
    "grant_types": ["authorization_code", "refresh_token"],
    "own_scopes": "verify:read",
    "id_token_alg": "RS256",
    "par_required": "on",
}
PUBLIC = {"keys": [ECKey.generate_key("P-256").as_dict(private=False)]}

SHORT_RSA = {"kty": "RSA", "e": "AQAB", "n": base64.urlsafe_b64encode(b"\xc1" * 128).rstrip(b"=").decode()}


@pytest.fixture
def oleg() -> Browser:
    return operator("oleg", Role.INTEGRATOR)


def of(name: str, client_id: str = "clinic-portal") -> str:
    return reverse(f"parties:{name}", args=[client_id])


def typed(browser: Browser, address: str = ADD, **changes):
    return browser.submit(browser.get(address), address, **{**TYPED, **changes})


def secret_of(page) -> str:
    return re.search(r"<code data-secret>([^<]+)</code>", page.text)[1]


def test_the_addresses_are_where_the_card_leads(oleg):
    assert (reverse("parties:list"), reverse("parties:add")) == (LIST, ADD)
    assert LIST in oleg.get("/desk/").text


def test_a_service_is_registered_as_typed_and_its_secret_works(oleg):
    page = typed(oleg)
    secret = secret_of(page)
    made = Client.objects.get(pk="clinic-portal")
    assert made.redirect_uris == ["https://clinic.example/cb", "https://clinic.example/cb2"]
    assert (made.signed_out_uris, made.backchannel_logout_uri) == (
        ["https://clinic.example/bye"], "https://clinic.example/backchannel",
    )  # fmt: skip
    assert (made.scopes, made.required_level) == (["openid", "profile", "verify:read"], "confirmed")
    assert (made.grant_types, made.id_token_alg) == (["authorization_code", "refresh_token"], "RS256")
    assert (made.par_required, made.dpop_required) == (True, False)
    assert bytes(made.secret_hash) == secret_hash(secret)
    refused = exchange("x", auth=("clinic-portal", secret))
    assert refused.json()["error"] == "invalid_grant"  # it is itself; only the code is none
    assert exchange("x", auth=("clinic-portal", "x" * 43)).json()["error"] == "invalid_client"


def test_the_secret_is_seen_once_and_kept_nowhere(oleg):
    page = typed(oleg)
    secret = secret_of(page)
    assert "no-store" in page.headers["cache-control"]
    assert secret not in oleg.get(of("service")).text
    entries = Entry.objects.filter(object="client:clinic-portal")
    assert all(secret not in entry.detail + entry.words for entry in entries)
    assert (entries.get().actor, entries.get().act) == (str(known("oleg").pk), "client.registered")


def test_a_key_of_the_algorithm_it_asked_for_is_published_before_its_first_person_comes(oleg):
    typed(oleg)
    assert SigningKey.objects.filter(alg="RS256").exists()


@pytest.mark.filterwarnings("ignore:Key size")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": ""}, "required"),
        ({"client_id": ""}, "required"),
        ({"client_id": "клиника"}, "client_id_form"),
        ({"client_id": "../x"}, "client_id_form"),
        ({"client_id": "a" * 101}, "max_length"),
        ({"redirect_uris": ""}, "redirect_missing"),
        ({"redirect_uris": "https://ok.example/\nhttp://clinic.example/"}, "address_insecure"),
        ({"redirect_uris": "https://clinic.example/#x"}, "address_fragment"),
        ({"redirect_uris": "clinic.example"}, "address_form"),
        ({"redirect_uris": "https://x.example/" + "a" * 2000}, "address_form"),
        ({"redirect_uris": "\n".join(f"https://x.example/{one}" for one in range(51))}, "addresses_many"),
        ({"signed_out_uris": "javascript:alert(1)"}, "address_form"),
        ({"backchannel_logout_uri": "http://clinic.example/x"}, "address_insecure"),
        ({"scopes": []}, "required"),
        ({"scopes": ["openid", "everything"]}, "invalid_choice"),
        ({"required_level": ""}, "required"),
        ({"auth_method": "none"}, "invalid_choice"),
        ({"auth_method": "private_key_jwt"}, "jwks_missing"),
        ({"jwks": "{"}, "jwks_form"),
        ({"jwks": '{"keys": []}'}, "jwks_form"),
        ({"jwks": json.dumps({"keys": [{"kty": "EC"}]})}, "jwks_form"),
        ({"jwks": json.dumps(ECKey.generate_key("P-256").as_dict(private=True))}, "jwks_private"),
        ({"jwks": json.dumps(SHORT_RSA)}, "jwks_weak"),
        ({"grant_types": []}, "required"),
        ({"grant_types": ["client_credentials", "refresh_token"]}, "refresh_without_code"),
        ({"own_scopes": 'a"b'}, "scope_form"),
        ({"own_scopes": "snils"}, "scope_of_people"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_typed_is_lost(oleg, changes, code):
    answer = typed(oleg, **changes)
    assert answer.status_code == 422
    assert f'data-code="{code}"' in answer.text
    assert "govuk-error-summary" in answer.text
    assert not Client.objects.exists()
    for name, value in {**TYPED, **changes}.items():
        if name in {"name", "signed_out_uris", "redirect_uris"} and name not in changes:
            assert value in answer.text.replace("&#x27;", "'"), name


def test_every_fault_that_is_led_to_a_field_has_its_words():
    assert set(FIELDS) <= set(FAULTS)
    here, there = ServiceForm().fields, DialectForm(client=Client(pk="x"), system=None).fields
    assert set(FIELDS.values()) <= {*here, *there}


def test_a_service_with_a_key_gets_no_secret(oleg):
    page = typed(oleg, auth_method="private_key_jwt", jwks=json.dumps(PUBLIC))
    assert "data-secret" not in page.text
    made = Client.objects.get()
    assert (bytes(made.secret_hash), made.jwks) == (b"", PUBLIC)


def test_one_that_comes_back_to_a_secret_gets_one(oleg):
    typed(oleg, auth_method="private_key_jwt", jwks=json.dumps(PUBLIC))
    page = typed(oleg, of("change"))
    assert bytes(Client.objects.get().secret_hash) == secret_hash(secret_of(page))


def test_an_identifier_is_given_once(oleg):
    typed(oleg)
    answer = typed(oleg, name="Другая клиника")
    assert (answer.status_code, 'data-code="client_id_taken"' in answer.text) == (422, True)
    assert Client.objects.get().name == "Портал клиники"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_register_one_identifier_at_once_one_does():
    gate, done = threading.Barrier(2), []
    values = {
        "name": "Клиника", "redirect_uris": ["https://x.example/"], "signed_out_uris": [], "scopes": ["openid"],
        "auth_method": "client_secret_basic",
    }  # fmt: skip

    def register() -> None:
        gate.wait()
        try:
            done.append(actions.add("clinic", values).secret)
        except RegistrationRefused as refused:
            done.append(refused.code)
        connection.close()

    threads = [threading.Thread(target=register) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "client_id_taken" in done
    [secret] = [one for one in done if one != "client_id_taken"]
    assert bytes(Client.objects.get().secret_hash) == secret_hash(secret)


def test_a_change_keeps_the_secret_and_takes_effect_at_once_here(oleg):
    secret = secret_of(typed(oleg))
    clients.find("clinic-portal")
    answer = typed(oleg, of("change"), name="Клиника", redirect_uris="https://clinic.example/new")
    assert (answer.status_code, answer.headers["location"]) == (302, of("service"))
    found = clients.find("clinic-portal")
    assert (found.name, found.redirect_uris) == ("Клиника", frozenset({"https://clinic.example/new"}))
    assert found.secret_hash == secret_hash(secret)
    kept = Entry.objects.get(act="client.changed")
    assert json.loads(kept.detail)["changed"] == ["name", "redirect_uris"]


def test_the_form_of_a_change_shows_what_is_registered(oleg):
    typed(oleg, jwks=json.dumps(PUBLIC))
    before = Client.objects.get()
    page = oleg.get(of("change"))
    for text in ("https://clinic.example/cb2", "https://clinic.example/backchannel", "verify:read"):
        assert text in page.text
    typed(oleg, of("change"), jwks=json.dumps(PUBLIC))
    assert version_of(Client.objects.get()) == version_of(before)
    assert not Entry.objects.filter(act="client.changed").exists()


def test_what_another_operator_changed_meanwhile_is_not_undone_unseen(oleg):
    typed(oleg)
    page = oleg.get(of("change"))
    typed(oleg, of("change"), name="Как решил другой")
    answer = oleg.submit(page, of("change"), **{**TYPED, "name": "Как решил первый"})
    assert (answer.status_code, 'data-code="changed_meanwhile"' in answer.text) == (422, True)
    assert "Как решил первый" in answer.text
    assert Client.objects.get().name == "Как решил другой"
    assert oleg.submit(answer, of("change"), **{**TYPED, "name": "Как решил первый"}).status_code == 302
    assert Client.objects.get().name == "Как решил первый"


def test_scopes_of_another_dialect_stay_when_a_service_is_changed(oleg, monkeypatch):
    from dopusk.portal.consents import rules

    monkeypatch.setitem(rules.FURTHER, "fullname", "фамилия, имя, отчество")
    typed(oleg)
    Client.objects.update(scopes=["openid", "fullname"])
    typed(oleg, of("change"))
    assert set(Client.objects.get().scopes) == {"openid", "profile", "fullname", "verify:read"}


def test_a_new_secret_takes_the_place_of_the_old_one(oleg):
    first = secret_of(typed(oleg))
    page = oleg.submit(oleg.get(of("secret")), of("secret"))
    assert secret_of(page) != first
    assert bytes(Client.objects.get().secret_hash) == secret_hash(secret_of(page))
    assert Entry.objects.filter(act="client.secret_changed", actor=str(known("oleg").pk)).count() == 1


def test_a_service_without_secrets_has_no_page_for_one(oleg):
    typed(oleg, auth_method="private_key_jwt", jwks=json.dumps(PUBLIC))
    assert oleg.get(of("secret")).status_code == 404


def test_a_disabled_service_is_served_no_more_until_it_is_enabled(oleg):
    typed(oleg)
    oleg.submit(oleg.get(of("disable")), of("disable"))
    clients.forget()
    assert clients.find("clinic-portal") is None
    page = oleg.get(of("service"))
    assert 'data-state="disabled"' in page.text
    oleg.submit(page, of("enable"))
    clients.forget()
    assert clients.find("clinic-portal")
    acts = (
        Entry.objects.filter(object="client:clinic-portal").order_by("number").values_list("act", flat=True)
    )
    assert list(acts) == ["client.registered", "client.disabled", "client.enabled"]


def test_changing_a_disabled_service_does_not_enable_it(oleg):
    typed(oleg)
    oleg.submit(oleg.get(of("disable")), of("disable"))
    typed(oleg, of("change"), name="Клиника")
    assert Client.objects.get().disabled_at is not None


def test_a_service_that_is_not_there_is_not_found(oleg):
    for name in ("service", "change", "secret", "disable"):
        assert oleg.get(of(name, "nobody")).status_code == 404


def test_the_list_is_narrowed_paged_and_costs_no_more_when_long(oleg):
    cabinet_is_registered()
    oleg.get(LIST)
    with statements() as few:
        assert "Кабинет аккредитации" in oleg.get(LIST).text
    for one in range(30):
        Client.objects.create(
            pk=f"clinic-{one}", name=f"Клиника {one:02}", secret_hash=b"", redirect_uris=[], scopes=[]
        )
    with statements() as many:
        page = oleg.get(LIST)
    assert len(few) == len(many)
    assert "page=2" in page.text
    assert of("service", "dopusk-cabinet") not in oleg.get(LIST, params={"q": "клиника 07"}).text
    assert "Клиника 07" in oleg.get(LIST, params={"q": "CLINIC-7"}).text


def test_what_is_typed_as_a_name_is_shown_as_text(oleg):
    typed(oleg, name="<script>alert(1)</script>")
    for address in (LIST, of("service"), of("change"), of("secret"), of("disable")):
        assert "<script>alert(1)" not in oleg.get(address).text


def added(*arguments: str) -> dict[str, str]:
    said = StringIO()
    call_command("client", "add", *arguments, stdout=said)
    return json.loads(said.getvalue())


SHORT = ("--id", "app", "--name", "Приложение", "--redirect-uri", "http://127.0.0.1:9/cb")


def test_the_command_registers_and_prints_the_secret():
    told = added(
        *SHORT,
        "--scope",
        "openid",
        "--scope",
        "profile",
        "--backchannel-logout-uri",
        "http://127.0.0.1:9/bye",
    )
    made = Client.objects.get()
    assert bytes(made.secret_hash) == secret_hash(told["client_secret"])
    assert (made.scopes, made.backchannel_logout_uri) == (["openid", "profile"], "http://127.0.0.1:9/bye")
    assert told["discovery"].startswith(told["issuer"])


def test_the_command_takes_keys_from_a_file_and_prints_no_secret(tmp_path):
    file = tmp_path / "keys.json"
    file.write_text(json.dumps(PUBLIC["keys"][0]))
    told = added(*SHORT, "--auth", "private_key_jwt", "--jwks", str(file), "--par", "--dpop")
    made = Client.objects.get()
    assert ("client_secret" in told, made.jwks, made.par_required, made.dpop_required) == (
        False,
        PUBLIC,
        True,
        True,
    )


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--redirect-uri", "http://evil.example/"), "address_insecure"),
        (("--auth", "private_key_jwt"), "jwks_missing"),
        (("--jwks", "/nowhere/keys.json"), "No such file"),
    ],
)
def test_the_command_refuses_with_the_code(more, code):
    with pytest.raises(CommandError, match=code):
        added(*SHORT, *more)
    assert not Client.objects.exists()


def test_the_command_adds_once_and_replaces_when_told_keeping_the_secret():
    secret = added(*SHORT)["client_secret"]
    with pytest.raises(CommandError, match="client_id_taken"):
        added(*SHORT)
    again = added(*SHORT[:2], "--name", "Иначе", *SHORT[4:], "--replace")
    assert ("client_secret" in again, Client.objects.get().name) == (False, "Иначе")
    assert bytes(Client.objects.get().secret_hash) == secret_hash(secret)
