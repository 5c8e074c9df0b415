"""Анна signs in at a system of the first generation: CMS signatures at ac and te."""

import base64
import json
import time

import pytest

from dopusk.portal.clients.models import Client
from dopusk.portal.consents.models import Consent
from dopusk.portal.esia import numbers, signing
from dopusk.portal.esia.models import Entry, System
from dopusk.portal.esia.tests.esia_client import (
    CALLBACK,
    MNEMONIC,
    Esia,
    entered,
    forget,
    registered,
)
from dopusk.portal.sessions.models import Session
from dopusk.portal.tests.browser import Browser, known, parameters, path_of
from dopusk.web.journal.models import Entry as Journal

pytestmark = pytest.mark.django_db


def header(marker):
    return json.loads(base64.urlsafe_b64decode(marker.split(".")[0] + "=="))


@pytest.mark.parametrize("attached", [False, True])
@pytest.mark.parametrize("attributes", [False, True])
def test_anna_signs_in_by_every_form_of_cms(attached, attributes):
    registered()
    told = Esia(attached=attached, attributes=attributes).markers()
    assert signing.verify(told["access_token"])["client_id"] == MNEMONIC


def test_the_answer_of_te_is_what_clients_read():
    registered()
    esia = Esia()
    answer = esia.post(esia.te(esia.code(), state="a-new-one"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert {name: told[name] for name in ("state", "token_type", "expires_in")} == {
        "state": "a-new-one",
        "token_type": "Bearer",
        "expires_in": 3600,
    }
    assert set(told) == {"access_token", "id_token", "state", "token_type", "expires_in"}


def test_markers_say_what_the_reference_says():
    registered()
    told = Esia().markers(scope="fullname openid snils fullname", nonce="n-1")
    anna = known("anna")
    oid, session = numbers.oid_of(anna.sub), Session.objects.get()
    access, identity = signing.verify(told["access_token"]), signing.verify(told["id_token"])
    now = int(time.time())
    assert header(told["access_token"]) == {"ver": 1, "typ": "JWT", "sbt": "access", "alg": "RS256"}
    assert header(told["id_token"]) == {"ver": 0, "typ": "JWT", "sbt": "id", "alg": "RS256"}
    assert access["scope"] == f"fullname?oid={oid} openid snils?oid={oid}"
    assert (access["urn:esia:sbj_id"], access["urn:esia:sid"]) == (oid, str(session.pk))
    assert access["iss"] == identity["iss"] == "http://esia.gosuslugi.ru/"
    assert access["exp"] - access["iat"] == 3600
    assert identity["exp"] - identity["iat"] == 10_800
    assert access["nbf"] == access["iat"] <= now
    assert identity["auth_time"] <= now
    assert (identity["aud"], identity["sub"], identity["nonce"]) == (MNEMONIC, str(oid), "n-1")
    assert identity["amr"] == identity["urn:esia:amd"] == "PWD"
    assert identity["urn:esia:sbj"] == {
        "urn:esia:sbj:typ": "P",
        "urn:esia:sbj:is_tru": True,
        "urn:esia:sbj:oid": oid,
        "urn:esia:sbj:nam": f"OID.{oid}",
        "urn:esia:sbj:lvl": "PR",
    }


def test_of_whom_nothing_is_confirmed_the_marker_does_not_say_that_it_is():
    registered()
    anna = known("anna")
    anna.level = "standard"
    anna.save()
    subject = signing.verify(Esia().markers()["id_token"])["urn:esia:sbj"]
    assert "urn:esia:sbj:is_tru" not in subject
    assert subject["urn:esia:sbj:lvl"] == "P"


def test_without_openid_there_is_no_id_marker():
    registered()
    assert "id_token" not in Esia().markers(scope="fullname")


def test_a_system_of_old_gets_a_numeric_sub():
    registered(numeric_sub=True)
    assert isinstance(signing.verify(Esia().markers()["id_token"])["sub"], int)


def test_issuer_and_lifetimes_are_settings(settings):
    settings.ESIA_ISSUER, settings.ESIA_MARKER_SECONDS = "http://esia-portal1.test.gosuslugi.ru/", 60
    registered()
    told = Esia().markers()
    access = signing.verify(told["access_token"])
    assert access["iss"] == settings.ESIA_ISSUER
    assert access["exp"] - access["iat"] == told["expires_in"] == 60


def test_the_code_goes_back_with_the_state_behind_a_query_that_was_there_before():
    registered()
    browser = Browser()
    told = entered(browser, Esia().ac(state="s & t"))
    assert set(told) == {"from", "code", "state"}
    assert (told["from"], told["state"]) == ("esia", "s & t")
    assert browser.get(Esia().ac()).status_code == 302


def test_scopes_of_the_code_count_whatever_te_asks():
    registered()
    esia = Esia()
    answer = esia.post(esia.te(esia.code(), scope="openid"))
    assert "snils?oid=" in signing.verify(answer.json()["access_token"])["scope"]


def test_what_anna_agreed_to_is_kept_in_words_and_not_asked_again():
    registered()
    browser = Browser()
    first = browser.get(Esia().ac(scope="openid fullname id_doc"))
    known("anna")
    answer = browser.sign_in("anna@example.org", next_path=parameters(first)["next"])
    answer = browser.get(answer.headers["location"])
    assert path_of(answer) == "/consents/give/"
    page = browser.get(answer.headers["location"])
    assert "фамилия, имя, отчество" in page.text
    browser.submit(page, "/consents/give/", decision="allow")
    assert set(Consent.objects.get().scopes) == {"openid", "fullname", "id_doc"}
    assert "code" in parameters(browser.get(Esia().ac(scope="fullname")))
    assert Journal.objects.filter(act="esia.entered", object=f"client:{MNEMONIC}").count() == 1


def test_a_request_that_came_back_carries_no_signature_any_more_and_cannot_be_changed():
    registered()
    next_path = parameters(Browser().get(Esia().ac()))["next"]
    assert "client_secret" not in next_path
    other = next_path.replace("snils", "email")
    assert other != next_path
    browser = Browser()
    known("anna")
    browser.sign_in("anna@example.org")
    answer = parameters(browser.get(other))
    assert answer["error_description"].startswith("ESIA-007015")


def test_consent_can_be_demanded_anew():
    registered()
    browser = Browser()
    Esia().code(browser)
    answer = browser.get(Esia().ac(approval_prompt="force"))
    assert path_of(answer) == "/consents/give/"
    assert "code" in entered(browser, Esia().ac(approval_prompt="force"))


def test_a_request_may_come_as_a_form():
    registered()
    address, _, query = Esia().ac().partition("?")
    answer = Browser().post(
        address, content=query, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert path_of(answer) == "/signin/"


def test_scopes_of_an_organisation_are_told_with_its_number(monkeypatch):
    from dopusk.portal.esia import actions
    from dopusk.portal.esia.rules.ac import Organisation

    monkeypatch.setattr(actions, "ORGANISATIONS", [lambda _sub: [Organisation(1000400001, "LEGAL")]])
    registered()
    esia = Esia()
    told = esia.markers(scope_org="org_shortname", roles="LEGAL", obj_type="L")
    assert "org_shortname?org_oid=1000400001" in signing.verify(told["access_token"])["scope"]
    assert Entry.objects.get().scope_org == "org_shortname"


@pytest.mark.usefixtures("gost_engine")
def test_markers_are_signed_by_gost_when_the_system_wants_it():
    registered(token_alg=signing.GOST)
    told = Esia().markers()
    assert header(told["access_token"])["alg"] == "GOST3410_2012_256"
    assert signing.verify(told["access_token"])["client_id"] == MNEMONIC
    System.objects.update(token_alg=signing.RS256)
    forget()
    assert header(Esia().markers()["access_token"])["alg"] == "RS256"


def test_a_disabled_system_is_unknown():
    from django.utils import timezone

    registered()
    Client.objects.update(disabled_at=timezone.now())
    forget()
    answer = Browser().get(Esia().ac())
    assert answer.status_code == 400
    assert "ESIA-007023" in answer.text
    assert CALLBACK not in answer.text
