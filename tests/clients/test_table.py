"""docs/clients.md says what the tests of this folder run, and no more."""

import ast

from tests.clients.table import DOCUMENT, HERE, ROWS, document, exists, version


def test_every_row_has_its_test_and_a_locked_version():
    assert [row.test for row in ROWS if not exists(row.test)] == []
    assert [row.client for row in ROWS if not version(row.client)] == []


def test_no_client_runs_without_standing_in_the_table():
    named = {row.test for row in ROWS}
    for path in HERE.glob("test_*.py"):
        uses = {
            f"{path.name}::{node.name}"
            for node in ast.parse(path.read_text()).body
            if isinstance(node, ast.FunctionDef)
            and node.name.startswith("test_")
            and any(isinstance(part, ast.Name) and part.id in {"runs", "seen_by"} for part in ast.walk(node))
        }
        assert uses <= named


def test_the_document_is_written_from_the_table():
    """Write it anew by `python -m tests.clients.table > docs/clients.md`."""
    assert DOCUMENT.read_text() == document()
