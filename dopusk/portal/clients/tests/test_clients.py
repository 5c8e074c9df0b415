"""Registering services."""

import pytest

from dopusk.portal.clients import models
from dopusk.portal.clients.actions import RegistrationRefused, register
from dopusk.portal.clients.models import Client
from dopusk.portal.clients.rules import address_fault
from dopusk.portal.tests.browser import CLIENT, cabinet_is_registered, statements
from dopusk.web.journal.models import Entry


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("https://cabinet.example/signin/callback/", None),
        ("http://localhost:8001/signin/callback/", None),
        ("http://127.0.0.1/x?y=1", None),
        ("http://[::1]:9/", None),
        ("http://cabinet.example/", "address_insecure"),
        ("https://cabinet.example/#part", "address_fragment"),
        ("https://*.example/", "address_form"),
        ("https://user@cabinet.example/", "address_form"),
        ("javascript:alert(1)", "address_form"),
        ("/signin/callback/", "address_form"),
        ("https://", "address_form"),
        ("https://cabinet.example/ x", "address_form"),
        ("https://кабинет.example/", "address_form"),
        ("https://[::1", "address_form"),
        ("https://cabinet.example:99999/", "address_form"),
        ("https://cabinet..example/", "address_form"),
        (f"https://{'c' * 64}.example/", "address_form"),
        ("", "address_form"),
    ],
)
def test_what_address_may_be_registered(address, fault):
    assert address_fault(address) == fault


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("http://app:3000/cb", None),
        ("http://192.168.1.7/cb", None),
        ("http://app:3000/cb#x", "address_fragment"),
        ("ftp://app/", "address_form"),
    ],
)
def test_the_stand_in_lets_addresses_of_any_host_be_plain(address, fault):
    assert address_fault(address, plain_http=True) == fault


@pytest.mark.django_db
@pytest.mark.parametrize("plain", [True, False])
def test_a_plain_address_beyond_this_machine_is_registered_where_the_settings_say_so(settings, plain):
    settings.PLAIN_HTTP_CLIENTS = plain
    if plain:
        assert cabinet_is_registered(redirect_uris=["http://app:3000/cb"])
        return
    with pytest.raises(RegistrationRefused, match="address_insecure"):
        cabinet_is_registered(redirect_uris=["http://app:3000/cb"])


@pytest.mark.django_db
def test_registering_twice_the_same_changes_nothing_and_something_new_changes_it():
    cabinet_is_registered()
    cabinet_is_registered()
    assert Entry.objects.filter(object=f"client:{CLIENT}").count() == 1
    changed = cabinet_is_registered(name="Другое имя")
    assert (changed.name, models.find(CLIENT).name) == ("Другое имя", "Другое имя")
    assert list(Entry.objects.order_by("number").values_list("act", flat=True)) == [
        "client.registered",
        "client.changed",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"secret": "short"}, "secret_short"),
        ({"redirect_uris": ["http://evil.example/"]}, "address_insecure"),
    ],
)
def test_a_bad_registration_is_refused_whole(changes, code):
    with pytest.raises(RegistrationRefused) as refused:
        cabinet_is_registered(**changes)
    assert refused.value.code == code
    assert not Client.objects.exists()


@pytest.mark.django_db
def test_the_secret_is_not_kept():
    register(
        "pharmacy", name="Аптека", secret="p" * 40, redirect_uris=["https://a.example/"], signed_out_uris=[],
        scopes=["openid"],
    )  # fmt: skip
    assert b"pppp" not in bytes(Client.objects.get().secret_hash)


@pytest.mark.django_db
def test_a_service_is_remembered_for_seconds_and_a_stranger_never():
    registered = cabinet_is_registered()
    assert models.find(CLIENT) == registered
    with statements() as sent:
        models.find(CLIENT)
    assert not sent
    with statements() as sent:
        assert models.find("nobody") is None
        assert models.find("nobody") is None
    assert len(sent) == 2
    with statements() as sent:
        assert models.find("x" * 101) is models.find("") is models.find("a\0") is None
    assert not sent


def test_a_form_may_lead_to_the_services_origins_only():
    from dopusk.portal.clients.rules import Registration

    one = Registration(
        "c",
        "C",
        b"",
        frozenset({"http://localhost:8001/a/", "https://b.example/x"}),
        frozenset(),
        frozenset(),
    )
    assert one.origins() == ["http://localhost:8001", "https://b.example"]
