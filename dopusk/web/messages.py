"""`python -m dopusk.web.messages [--check] [--missing]`: compile every locale/*/LC_MESSAGES/django.po to .mo.

No gettext binary is needed. msgids are Russian; a catalogue `ru` holds only plural forms and Django's own
messages said in our voice, `en` the English. --check writes nothing and fails when a .mo is stale or a text
has no English; --missing prints those texts as entries ready to be filled in.
"""

import argparse
import ast
import re
import struct
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[1]
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
ONE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
MANY = {"ngettext", "ngettext_lazy"}
LITERAL = r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
CALL = re.compile(
    rf"(?<![\w.])(?:(?:gettext|_)\(\s*{LITERAL}|ngettext\(\s*{LITERAL},\s*{LITERAL})", re.DOTALL
)


@dataclass
class Entry:
    """One message of a .po file; `plural` is its msgid_plural, `words` its translations by form."""

    identifier: str = ""
    context: str = ""
    plural: str = ""
    fuzzy: bool = False
    words: dict[int, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """How the entry is found in a .mo file."""
        context = f"{self.context}\x04" if self.context else ""
        return context + self.identifier + (f"\0{self.plural}" if self.plural else "")


def read(path: Path) -> list[Entry]:
    """The entries of a .po file. Raises ValueError with the place of a line that is none."""
    entries: list[Entry] = []
    entry, part = Entry(), ""
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        if line.startswith("#") or not line:
            if part == "msgstr":
                entries.append(entry)
                entry, part = Entry(), ""
            entry.fuzzy |= line.startswith("#,") and "fuzzy" in line
            continue
        found = re.fullmatch(r'(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d+)\])?\s+)?(".*")', line)
        if not found or not (found[1] or part):
            raise ValueError(f"{path}:{number}: not a line of a .po file")
        text: str = ast.literal_eval(found[3])
        if found[1] in {"msgid", "msgctxt"} and part == "msgstr":
            entries.append(entry)
            entry = Entry()
        part, form = (found[1], int(found[2] or 0)) if found[1] else (part, max(entry.words, default=0))
        match part:
            case "msgctxt":
                entry.context += text
            case "msgid":
                entry.identifier += text
            case "msgid_plural":
                entry.plural += text
            case _:
                entry.words[form] = entry.words.get(form, "") + text
    return [*entries, entry] if part == "msgstr" else entries


def pack(entries: Iterable[Entry]) -> bytes:
    """The bytes of a .mo file; fuzzy and empty entries are left out, as gettext does."""
    pairs = sorted(
        (entry.key.encode(), "\0".join(entry.words[form] for form in sorted(entry.words)).encode())
        for entry in entries
        if not entry.fuzzy and entry.words and all(entry.words.values())
    )
    head = 7 * 4
    offset = head + len(pairs) * 16
    tables: list[bytes] = []
    texts = b""
    for side in (0, 1):
        for pair in pairs:
            tables.append(struct.pack("<2I", len(pair[side]), offset + len(texts)))
            texts += pair[side] + b"\0"
    start = struct.pack("<7I", 0x950412DE, 0, len(pairs), head, head + len(pairs) * 8, 0, offset)
    return start + b"".join(tables) + texts


def catalogues(root: Path = PACKAGE) -> list[Path]:
    """Every .po file under `root`."""
    return sorted(root.rglob("locale/*/LC_MESSAGES/django.po"))


def used(root: Path = PACKAGE) -> Iterator[tuple[Path, str, str]]:
    """Every text marked for translation: the file it stands in, its msgid and its msgid_plural or ""."""
    for path in sorted(root.rglob("*.html")):
        if "node_modules" not in path.parts:
            source = templatize(path.read_text(encoding="utf-8"))
            for call in CALL.finditer(source):
                one, singular, plural = (ast.literal_eval(text) if text else "" for text in call.groups())
                yield path, one or singular, plural
    for path in sorted(root.rglob("*.py")):
        if "tests" not in path.parts and "node_modules" not in path.parts:
            marked = _marked(ast.parse(path.read_text(encoding="utf-8")))
            yield from ((path, text, plural) for text, plural in marked)


def _marked(tree: ast.AST) -> Iterator[tuple[str, str]]:
    names = {name: name for name in ONE | MANY}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {one.asname or one.name: one.name for one in node.names}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = names.get(getattr(node.func, "id", getattr(node.func, "attr", "")), "")
        texts = [
            one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
        if name in MANY and len(texts) > 1:
            yield texts[0], texts[1]
        elif name in ONE and texts:
            yield texts[0], ""


def site_of(path: Path) -> str:
    """The part of the product a file belongs to: web, portal, cabinet, registers…"""
    return path.relative_to(PACKAGE).parts[0]


def missing() -> list[tuple[Path, str, str]]:
    """Russian texts (file, msgid, msgid_plural) that the page's own site has no English for."""
    english: dict[str, set[tuple[str, str]]] = {}
    for path in catalogues():
        if path.parts[-3] == "en":
            known = english.setdefault(site_of(path), set())
            known |= {
                (one.identifier, one.plural) for one in read(path) if one.words.get(0) and not one.fuzzy
            }
    shared = english.get("web", set())
    lacking: dict[tuple[str, str, str], Path] = {}
    for path, text, plural in used():
        if CYRILLIC.search(text) and (text, plural) not in english.get(site_of(path), set()) | shared:
            lacking.setdefault((site_of(path), text, plural), path)
    return [(path, text, plural) for (_site, text, plural), path in lacking.items()]


def _entry(path: Path, text: str, plural: str) -> str:
    one, many = (
        words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for words in (text, plural)
    )
    forms = f'msgid_plural "{many}"\nmsgstr[0] ""\nmsgstr[1] ""' if plural else 'msgstr ""'
    return f'#: {path.relative_to(PACKAGE)}\nmsgid "{one}"\n{forms}\n'


def main(arguments: list[str]) -> int:
    """Compile, check or list; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dopusk.web.messages", description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--missing", action="store_true")
    options = parser.parse_args(arguments)
    if options.missing:
        for path, text, plural in missing():
            print(_entry(path, text, plural))
        return 0
    faults = []
    for path in catalogues():
        packed = pack(read(path))
        target = path.with_suffix(".mo")
        if options.check:
            if not target.exists() or target.read_bytes() != packed:
                faults.append(f"{target.relative_to(PACKAGE)} is stale: run ./dev messages")
        else:
            target.write_bytes(packed)
            print(f"{target.relative_to(PACKAGE)}: {len(packed):,} bytes")
    if options.check:
        faults += [
            f"{path.relative_to(PACKAGE)}: no English for «{text}»" for path, text, _plural in missing()
        ]
        gallery = "design/templates/design/gallery"
        faults = [fault for fault in faults if gallery not in fault]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
