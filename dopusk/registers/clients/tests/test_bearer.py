"""Who may ask what."""

import pytest
from django.test import Client as Browser

from dopusk.registers.clients import actions
from dopusk.registers.clients.models import Client
from dopusk.registers.conftest import Program

SNILS = "00000060003"
ADDRESSES = [
    ("post", "/api/snils/check", "operator"),
    ("post", "/api/passports/check", "operator"),
    ("get", f"/api/frmr/person/{SNILS}", "portal"),
    ("get", f"/api/frmr/person/{SNILS}/full", "portal"),
    ("get", f"/api/frmr/person/{SNILS}/prof", "portal"),
    ("get", f"/api/frmr/person/{SNILS}/postgraduate", "portal"),
    ("get", f"/api/frmr/person/{SNILS}/ext", "portal"),
    ("get", f"/api/frmr/person/{SNILS}/cert", "portal"),
    ("get", f"/api/frmr/person/{SNILS}/card", "portal"),
    ("get", f"/api/frmr/person/{SNILS}/accreditation", "portal"),
    ("put", "/api/frmr/accreditation/9926000000001", "portal"),
    ("get", "/api/frmo/organizations", "portal"),
    ("get", "/api/frmo/organizations/1.2.643.5.1.13.13.12.2.69.900001", "portal"),
    ("get", "/api/dictionaries/specialties", "operator"),
    ("post", "/api/questions", "cabinet"),
    ("post", "/api/questions/00000000-0000-4000-8000-000000000000/answers", "cabinet"),
    ("get", "/api/faults/frmr", "cabinet"),
    ("put", "/api/faults/frmr", "cabinet"),
]
each_address = pytest.mark.parametrize(("method", "path", "foreign"), ADDRESSES, ids=str)


def _ask(browser, method, path):
    more = {} if method == "get" else {"data": {}, "content_type": "application/json"}
    return getattr(browser, method)(path, **more)


@each_address
def test_a_stranger_is_asked_for_a_key(people, cabinet, method, path, foreign):
    for browser in (Browser(), Program("not a token").browser, Program("").browser):
        answer = _ask(browser, method, path)
        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json()["code"] == "unauthorised"


@each_address
def test_another_programs_key_does_not_open_this_door(request, people, method, path, foreign):
    answer = _ask(request.getfixturevalue(foreign).browser, method, path)
    assert answer.status_code == 403
    assert answer.json()["code"] == "scope_missing"


def test_a_key_in_another_scheme_is_no_key(cabinet, settings):
    token = settings.CLIENT_TOKENS["cabinet"]
    answer = Browser(headers={"Authorization": f"Basic {token}"}).get("/api/dictionaries/regions")
    assert answer.status_code == 401


def test_tokens_are_kept_only_as_hashes(cabinet, settings):
    kept = str(list(Client.objects.values()))
    assert all(token and token not in kept for token in settings.CLIENT_TOKENS.values())


def test_a_client_that_lost_its_token_is_no_longer_trusted(portal, settings):
    assert portal.get("/api/dictionaries/regions").status_code != 401
    actions.admit({**settings.CLIENT_TOKENS, "portal": ""})
    assert portal.get("/api/dictionaries/regions").status_code == 401


def test_a_changed_token_replaces_the_old_one(portal, settings):
    changed = {**settings.CLIENT_TOKENS, "portal": "a-new-token"}
    assert actions.admit(changed) == actions.admit(changed) == ["portal", "cabinet", "stand"]
    assert portal.get("/api/dictionaries/regions").status_code == 401
    assert Program("a-new-token").get("/api/dictionaries/regions").status_code != 401
