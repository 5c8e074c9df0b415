"""The rules of the house that no linter keeps."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "dopusk"
SITES = ("portal", "cabinet", "registers")
LONGEST_FILE, LONGEST_FUNCTION = 400, 60
EMPTY_NAMES = {"utils", "helpers", "manager", "managers", "service", "services", "common", "core", "misc"}

SOURCES = [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]
CODE = [path for path in SOURCES if "tests" not in path.parts]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_file_tells_one_short_story(path):
    """Past 400 lines it says why: a line `# long: <reason>` near its top."""
    lines = path.read_text().splitlines()
    assert len(lines) <= LONGEST_FILE or any(line.startswith("# long: ") for line in lines[:15])


def test_functions_stay_readable():
    long = []
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long.append(f"{name(path)}:{node.lineno} {node.name} ({length} lines)")
    assert long == []


def test_no_folder_or_file_has_an_empty_name():
    """portal/services is what the public calls services (услуги), not a layer."""
    meant = PACKAGE / "portal" / "services"
    assert [
        name(path)
        for path in CODE
        if {path.stem, *path.relative_to(PACKAGE).parts[:-1]} & EMPTY_NAMES and not path.is_relative_to(meant)
    ] == []


def test_nothing_is_left_for_later():
    """No notes to self, no skipped tests, no bare silencing of a tool."""
    loose = re.compile(
        r"\b(TODO|FIXME|XXX)\b|NotImplementedError|mark\.(skip|xfail)|# type: ignore *$|# noqa *$|pragma: no cover"
    )
    found = []
    for path in [
        *SOURCES,
        *(ROOT / "tests").rglob("*.py"),
        *(ROOT / "benchmarks").rglob("*.py"),
        ROOT / "dev",
    ]:
        if path != Path(__file__).resolve():
            found += [f"{name(path)}: {line}" for line in path.read_text().splitlines() if loose.search(line)]
    assert found == []


def test_foreign_keys_name_the_class():
    """A string is invisible to the import contracts; "self" is the one that cannot be otherwise."""
    strings = []
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {
                "ForeignKey", "OneToOneField", "ManyToManyField",
            }:  # fmt: skip
                target = node.args[0] if node.args else next(k.value for k in node.keywords if k.arg == "to")
                if isinstance(target, ast.Constant) and target.value != "self":
                    strings.append(f"{name(path)}:{node.lineno}")
    assert strings == []


def test_migrations_say_what_they_do():
    generic = re.compile(r"\d{4}_(auto|initial|alter|add_field|remove|merge)")
    assert [name(path) for path in PACKAGE.rglob("migrations/0*.py") if generic.match(path.name)] == []


def test_views_forms_and_urls_are_private_to_their_slice():
    graph = grimp.build_graph("dopusk", include_external_packages=False, cache_dir=None)
    broken = []
    for module in graph.modules:
        parts = module.split(".")
        if len(parts) == 4 and parts[1] in {*SITES, "web"} and parts[3] in {"views", "forms", "urls"}:
            home = ".".join(parts[:3])
            if parts[1] == "web" and parts[3] == "forms":
                continue  # the form renderer and the shared form parts are the design's public face
            broken += [
                f"{user} → {module}"
                for user in graph.find_modules_that_directly_import(module)
                if not user.startswith(home + ".")
            ]
    assert broken == []


LIST_URLS = """
import json, sys
import django
django.setup()
from django.urls import get_resolver, URLResolver
def walk(resolver, space):
    for item in resolver.url_patterns:
        if isinstance(item, URLResolver):
            yield from walk(item, item.namespace or space)
        else:
            view = item.callback
            view = getattr(view, "view_class", getattr(view, "func", view))  # ninja hands over partials
            yield space, item.name, view.__module__, view.__qualname__
print(json.dumps(list(walk(get_resolver(), None))))
"""


@pytest.fixture(scope="module", params=SITES)
def addresses(request):
    """(namespace, name, module, function) of every address of a site; asked in a process of its own."""
    import json

    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": f"dopusk.{request.param}.settings"}
    done = subprocess.run(
        [sys.executable, "-c", LIST_URLS],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    rows = json.loads(done.stdout.splitlines()[-1])
    return request.param, [row for row in rows if row[2].startswith("dopusk.")]


def test_five_hops_from_address_to_test(addresses):
    """`slice:view` → slice/urls.py → slice/views.py: view → and a test that names the address.

    A slice with many pages may keep some of them in a second file, `<what>_views.py`.
    """
    site, rows = addresses
    wrong = []
    for space, url_name, module, function in rows:
        if module.startswith("dopusk.web."):
            continue
        parts = module.split(".")
        if parts[1] != site or not parts[-1].endswith("views") or space != parts[2]:
            wrong.append(f"{module}.{function}: address {space}:{url_name} is not in its slice's views")
        elif function != url_name and function.rstrip("_") != url_name:
            wrong.append(f"{module}.{function}: its address is called {url_name}")
        else:
            tests = "".join(path.read_text() for path in (PACKAGE / site / parts[2] / "tests").glob("*.py"))
            tests += "".join(path.read_text() for path in (PACKAGE / site / "tests").glob("*.py"))
            tests += "".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
            if f"{space}:{url_name}" not in tests:
                wrong.append(f"no test names {space}:{url_name}")
    assert wrong == []


def test_nothing_of_the_builders_machine_is_in_the_tree():
    """No absolute paths of a developer's machine, no package registry beyond what the lock file needs."""
    forbidden = re.compile(r"/work/|/root/\.|\.pyenv|/farm/")
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    found = []
    for relative in tracked:
        path = ROOT / relative
        if (
            (
                relative
                and path.suffix in {".py", ".md", ".toml", ".html", ".js", ".json", ""}
                and path.is_file()
            )
            and path != Path(__file__).resolve()
            and forbidden.search(path.read_text(errors="ignore"))
        ):
            found.append(relative)
    assert found == []


def test_the_seed_article_is_not_in_the_tree():
    assert not list(ROOT.rglob("seed.txt"))


def test_every_site_is_a_package_that_starts_by_its_name():
    assert all(importlib.util.find_spec(f"dopusk.{site}.__main__") for site in SITES)
