"""The main job over HTTP, with the worker killed before every step: nothing is lost, nothing happens twice."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_worker_may_be_killed_between_any_two_steps():
    command = [sys.executable, "-m", "dopusk.stand", "walk", "--json", "--kill-worker"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    lines = json.loads(done.stdout)
    assert [line for line in lines[:-1] if not line["ok"]] == []
    assert set(lines[0]) == {"step", "ok", "ms", "detail"}
    last = lines[-1]
    assert set(last) == {"certificate_pdf", "number", "verify_url_answer"}
    assert last["verify_url_answer"]["status"] == "in_force"
    paper = Path(last["certificate_pdf"])
    assert paper.read_bytes().startswith(b"%PDF-")
    paper.unlink()
