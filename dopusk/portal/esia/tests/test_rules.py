"""Scopes, consents and errors by themselves."""

import base64
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.portal.clients.rules import Registration
from dopusk.portal.esia.errors import KINDS, EsiaFault
from dopusk.portal.esia.markers import method_of
from dopusk.portal.esia.rules import ac, permissions, te
from dopusk.portal.esia.rules.received import Received, first_fault
from dopusk.portal.esia.scopes import SCOPES, Scope, in_marker, parsed

CATALOGUE = permissions.Catalogue(frozenset({"T"}), frozenset({"A"}), frozenset({"P"}))
TESTS = Path(__file__).parent


def test_a_description_begins_with_the_code_and_ends_with_what_it_is_about():
    fault = EsiaFault("007014", "parameter_missing", "client_certificate_hash")
    assert fault.description == "ESIA-007014: mandatory parameter is missing [client_certificate_hash]"
    assert EsiaFault("007019", "scope_not_granted").description == "ESIA-007019: OAuthErrorEnum.noGrants"


def test_every_code_but_the_one_nobody_here_can_cause_is_caused_in_a_test():
    """007046: a one-time password that is demanded and unavailable; the portal always has a way to prove oneself."""
    said = "".join(path.read_text() for path in TESTS.glob("test_*.py") if path.name != Path(__file__).name)
    assert {code for code in KINDS if not re.search(rf"{code}", said)} == {"007046"}


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        ("", []),
        ("openid  fullname openid", [Scope("openid"), Scope("fullname")]),
        ("snils?oid=7 org_inn?org_oid=8", [Scope("snils", oid=7), Scope("org_inn", org_oid=8)]),
        ("http://esia.gosuslugi.ru/usr_inf", [Scope("http://esia.gosuslugi.ru/usr_inf")]),
        ("snils?oid=", None),
        ("snils?oid=7&x=1", None),
        ("snils?id=7", None),
        (f"snils?oid={'7' * 19}", None),
        ("s" * 41, None),
        ("snils\tinn", None),
    ],
)
def test_scopes_are_read(text, scopes):
    assert parsed(text) == scopes


@given(st.lists(st.tuples(st.sampled_from(sorted(SCOPES)), st.integers(0, 10**17))))
def test_what_is_written_is_read_back(pairs):
    scopes = [Scope(name, oid=oid) for name, oid in dict.fromkeys(pairs)]
    assert parsed(" ".join(map(str, scopes))) == scopes


@given(st.text())
def test_no_text_breaks_the_reading_of_scopes(text):
    found = parsed(text)
    assert found is None or parsed(" ".join(map(str, found))) == found


def test_a_marker_names_the_person_and_each_organisation():
    asked = parsed("openid snils org_inn org_ogrn?org_oid=9")
    assert in_marker(asked, 5, [1, 2]) == (
        "openid snils?oid=5 org_inn?org_oid=1 org_inn?org_oid=2 org_ogrn?org_oid=9"
    )
    assert in_marker(asked, 5, []) == "openid snils?oid=5 org_ogrn?org_oid=9"


@given(st.binary() | st.text().map(str.encode))
def test_no_bytes_break_the_reading_of_consents(data):
    for text in (base64.urlsafe_b64encode(data).decode(), data.decode("latin-1")):
        found = permissions.read(text, CATALOGUE, frozenset())
        assert found == [] or isinstance(found, EsiaFault)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["sysname", "scopes", "actions", "purposes", "expire"]), inner, max_size=5
    ),
)  # fmt: skip


@given(JSON)
def test_no_content_breaks_the_reading_of_consents(content):
    text = base64.urlsafe_b64encode(json.dumps(content).encode()).decode()
    found = permissions.read(text, CATALOGUE, frozenset(SCOPES))
    assert isinstance(found, list | EsiaFault)


def received(**changes):
    client = Registration(
        "IS", "ИС", b"", frozenset({"https://is.example/cb"}), frozenset(), frozenset({"openid"})
    )
    values = {"client_id": "IS", "redirect_uri": "https://is.example/cb", **changes}
    return Received("v2/ac", values, frozenset(), client)


@given(st.text(min_size=1).filter(lambda text: text != "https://is.example/cb"))
def test_no_other_address_is_the_registered_one(address):
    fault = first_fault(ac.RECIPIENT, received(redirect_uri=address))
    assert fault
    assert fault.esia_code == "007023"


@pytest.mark.parametrize("missing", ["cooling", "contact"])
def test_what_else_keeps_her_out_is_a_refusal(missing):
    assert ac.refusal(missing) == EsiaFault("007004", f"missing_{missing}")


STANDING = te.CodeState(*[True] * 11)


@pytest.mark.parametrize(
    "field", [name for name in te.CodeState.__dataclass_fields__ if name != "challenged"]
)
def test_each_condition_of_a_code_is_needed(field):
    state = te.CodeState(**{name: name != field for name in te.CodeState.__dataclass_fields__})
    fault = te.code_fault(state, "v" * 43)
    assert te.code_fault(STANDING, "v" * 43) is None
    assert fault
    assert fault.esia_code in {"007011", "007040", "007003"}


@pytest.mark.parametrize("field", te.RefreshState.__dataclass_fields__)
def test_each_condition_of_a_refresh_token_is_needed(field):
    state = te.RefreshState(**{name: name != field for name in te.RefreshState.__dataclass_fields__})
    fault = te.refresh_fault(state)
    assert fault
    assert fault.esia_code == "007011"


@pytest.mark.parametrize(
    ("amr", "method"), [(("pwd",), "PWD"), (("hwk",), "DS"), (("swk",), "DS"), (("hwk", "pwd", "mfa"), "PWD")]
)
def test_how_she_signed_in_is_told_as_the_real_system_does(amr, method):
    assert method_of(amr) == method
