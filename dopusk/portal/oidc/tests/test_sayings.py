"""Whoever connects a service reads what to do, not a bare code: each check has a sentence, each sentence a check."""

import ast
import re
from pathlib import Path

import pytest

from dopusk.portal import oidc
from dopusk.portal.oidc.rules.faults import Fault
from dopusk.portal.oidc.rules.sayings import SAYINGS, saying

HERE = Path(oidc.__file__).parent
DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 §5.2
MADE = {  # codes put together: the pattern, and all that it makes (sql.py, authorize.py)
    "missing_*": {"missing_level", "missing_cooling", "missing_contact"},
    "*_form": {"state_form", "nonce_form"},
    "*_not_supported": {"request_not_supported", "request_uri_not_supported", "registration_not_supported"},
}


def _code(node: ast.expr) -> str | None:
    """A text as it stands in the source, or with a star for what is put in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
    return None


def _given(node: ast.AST) -> str | None:
    """The code of `Fault(error, code)`, `_unless(holds, code)` or of a condition `(state.field, code)`."""
    match node:
        case ast.Call(func=ast.Name(id="Fault" | "_unless"), args=[_, code, *_]):
            return _code(code)
        case ast.Tuple(elts=[ast.Attribute(value=ast.Name(id="state")), code]):
            return _code(code)
    return None


def codes() -> set[str]:
    """Every code that the sources of the slice give to a Fault."""
    sources = [path.read_text(encoding="utf-8") for path in [*HERE.glob("*.py"), *HERE.glob("rules/*.py")]]
    found = {_given(node) for source in sources for node in ast.walk(ast.parse(source))}
    plain = {code for code in found if code and "*" not in code}
    assert {code for code in found if code and "*" in code} == MADE.keys()
    return plain.union(*MADE.values())


def test_every_check_has_its_sentence_and_every_sentence_its_check():
    assert codes() == SAYINGS.keys()
    assert {"challenge_missing", "code_reused", "refresh_reused", "proof_old", "assertion_early"} <= codes()


@pytest.mark.parametrize("code", SAYINGS)
def test_a_sentence_is_of_the_grammar_and_begins_with_the_code(code):
    told = Fault("invalid_request", code).told
    assert told["error_description"] == saying(code)
    assert told["error_description"].startswith(f"{code}: ")
    assert DESCRIPTION.fullmatch(told["error_description"])
    assert 20 < len(told["error_description"]) < 240
    assert not told["error_description"].endswith(".")


def test_a_code_without_a_sentence_stands_alone():
    assert Fault("invalid_request", "of_tomorrow").told["error_description"] == "of_tomorrow"
