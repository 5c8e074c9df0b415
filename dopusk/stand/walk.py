"""`./dev walk`: the main job on a private temporary stand, over HTTP, as the real people would do it."""

import argparse
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dopusk.stand.running import NotRunning, RunningStand
from dopusk.stand.signin import DIALECTS
from dopusk.stand.story import STEPS, Story, Wrong
from dopusk.stand.visitor import Unexpected

TRACE_ID = re.compile(r"\b[0-9a-f]{32}\b")
ROOT = Path(__file__).resolve().parents[2]


def arguments(argv: list[str]) -> argparse.Namespace:
    """The command line of `./dev walk`."""
    parser = argparse.ArgumentParser(
        prog="./dev walk", description="Walks the main job and exits non-zero at the first wrong thing."
    )
    parser.add_argument("--json", action="store_true", help="stdout is one JSON array of steps")
    parser.add_argument(
        "--keep", action="store_true", help="leave the instance running and print the addresses"
    )
    parser.add_argument("--kill-worker", action="store_true", help="kill -9 the worker before every step")
    parser.add_argument("--signin", choices=DIALECTS, default="oidc", help="how the cabinet signs people in")
    return parser.parse_args(argv)


def timed(story: Story, act: Callable[[Story], str]) -> tuple[bool, int, str]:
    """One step: whether it went right, milliseconds, what was seen."""
    began = time.monotonic()
    try:
        ok, detail = True, act(story)
    except (Unexpected, Wrong, NotRunning) as error:
        ok, detail = False, "\n".join([str(error), *logged(story.stand, str(error))])
    return ok, round((time.monotonic() - began) * 1000), detail


def logged(stand: RunningStand, said: str) -> list[str]:
    """What the logs hold about the requests whose trace ids stand in the text of a refusal."""
    return [line for trace_id in set(TRACE_ID.findall(said)) for line in stand.logged(trace_id)]


def main(argv: list[str]) -> int:
    """0 when every step went right, 1 at the first that did not."""
    options = arguments(argv)
    lines: list[dict[str, Any]] = []
    out = sys.stderr if options.json else sys.stdout

    def tell(step: str, ok: bool, ms: int, detail: str) -> None:
        lines.append({"step": step, "ok": ok, "ms": ms, "detail": detail})
        print(f"{'✓' if ok else '✗'} {ms:>6} ms  {step}\n             {detail}", file=out, flush=True)

    print("Starting a private stand …", file=out, flush=True)
    began = time.monotonic()
    try:
        stand = RunningStand(signin=options.signin)
    except NotRunning as error:
        tell(
            "start a private stand",
            ok=False,
            ms=round((time.monotonic() - began) * 1000),
            detail=str(error)[-3000:],
        )
        return finish(options, lines, None)
    story = Story(stand)
    try:
        tell(
            "start a private stand", ok=True, ms=round((time.monotonic() - began) * 1000), detail=stand.portal
        )
        for act in STEPS:
            if options.kill_worker:
                stand.kill("worker")
            ok, ms, detail = timed(story, act)
            tell((act.__doc__ or act.__name__).splitlines()[0].rstrip("."), ok, ms, detail)
            if not ok:
                break
        code = finish(options, lines, story)
        if options.keep:
            print(
                f"\nLeft running: {stand.portal} {stand.cabinet} {stand.registers}. Ctrl-C stops it.",
                file=out,
                flush=True,
            )
            stand.wait()
        return code
    finally:
        stand.close()


def finish(options: argparse.Namespace, lines: list[dict[str, Any]], story: Story | None) -> int:
    """Print what remains to be said; the exit code."""
    ok = all(line["ok"] for line in lines) and story is not None
    if story is not None and ok:
        target = ROOT / f"certificate-{story.number}.pdf"
        target.write_bytes(story.pdf)
        last = {
            "certificate_pdf": str(target),
            "number": story.number,
            "verify_url_answer": story.verify_answer,
        }
        if options.json:
            print(json.dumps([*lines, last], ensure_ascii=False), flush=True)
        else:
            total = sum(line["ms"] for line in lines) / 1000
            print(
                f"\nAll {len(lines)} steps went right in {total:.1f} s. Certificate {story.number}: {target.name}"
            )
            print(f"Public verification says: {json.dumps(story.verify_answer, ensure_ascii=False)}")
    elif options.json:
        print(json.dumps(lines, ensure_ascii=False), flush=True)
    else:
        print("\nThe walk stopped at the step marked ✗.")
    return 0 if ok else 1
