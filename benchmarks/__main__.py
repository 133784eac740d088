"""Run every benchmark of this folder; the last line on stdout is one JSON object, keyed by their names.

A benchmark is a module that can be run (`python -m benchmarks.<name>`), prints what it likes and ends with
one line of JSON. Each has a process of its own, so none starts in the caches and memory of the one before it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def run_benchmark(name: str) -> object:
    """Return the JSON value on the last line of one benchmark's output; all it prints is passed on."""
    print(f"== {name}", flush=True)
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=FOLDER.parent)
    print(finished.stdout, end="", flush=True)
    value: object = json.loads(finished.stdout.strip().splitlines()[-1])
    return value


def main() -> int:
    names = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))
    if not names:
        print(f"There is no benchmark in {FOLDER.name}/ yet.", file=sys.stderr)
        return 2
    print(json.dumps({name: run_benchmark(name) for name in names}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
