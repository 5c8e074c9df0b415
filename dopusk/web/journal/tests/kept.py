"""What a folder's code writes into the journal, read off the code, for tests of translation."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


def kept_sentences(folder: Path) -> set[str]:
    """Russian sentences of every actions.py, keys.py and flow.py; «1» stands for what is filled in."""
    return {
        text
        for name in ("actions.py", "keys.py", "flow.py")
        for path in folder.rglob(name)
        for text in _texts(ast.parse(path.read_text(encoding="utf-8")))
        if CYRILLIC.search(text)
    }


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(one.value) if isinstance(one, ast.Constant) else "1" for one in node.values)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _texts(child)
