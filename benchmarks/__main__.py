"""Run every benchmark of this folder; the last line on stdout is one JSON object, keyed by their names.

A benchmark is a module that can be run (`python -m benchmarks.<name>`), prints what it likes and ends with
one line of JSON. Each has a process of its own, so none starts in the caches and memory of the one before it.
One that fails is named, and the others are run all the same. The figures are written to `docs/benchmarks.md`,
too. `python -m benchmarks analysis export` runs these two alone, and the page says what it lacks.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from benchmarks._document import Measured, circumstances, document

FOLDER = Path(__file__).parent
PAGE = FOLDER.parent / "docs" / "benchmarks.md"


def run_benchmark(name: str) -> Measured:
    """Run one and pass on all it prints."""
    print(f"== {name}", flush=True)
    about = ast.get_docstring(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))) or ""
    about = " ".join(about.partition("\n\n")[0].split())
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    begun_s = time.perf_counter()
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, cwd=FOLDER.parent)
    seconds = time.perf_counter() - begun_s
    print(finished.stdout, end="", flush=True)
    lines = finished.stdout.strip().splitlines()
    if finished.returncode or not lines:
        failure = f"`python -m benchmarks.{name}` ended with exit code {finished.returncode}"
        print(failure, file=sys.stderr)
        return Measured(name, about, seconds, failure=failure)
    return Measured(name, about, seconds, json.loads(lines[-1]))


def commit() -> str:
    """The commit that is measured, and whether something was changed since."""
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False, cwd=FOLDER
    )
    return told.stdout.strip() or "unknown"


def main(asked: Sequence[str]) -> int:
    known = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))
    if unknown := sorted(set(asked) - set(known)):
        print(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(known)}.", file=sys.stderr)
        return 2
    names = [name for name in known if not asked or name in asked]
    left_out = [
        Measured(name, "", 0, failure="it was left out of this run") for name in known if name not in names
    ]
    where = circumstances(f"{datetime.now(timezone.utc):%Y-%m-%d}", commit())
    measured: list[Measured] = []
    for place, name in enumerate(names, 1):
        measured.append(run_benchmark(name))
        # After each: a run that is ended leaves a page that says what it lacks.
        waiting = [Measured(other, "", 0, failure="the run was ended before") for other in names[place:]]
        PAGE.write_text(document([*measured, *waiting, *left_out], where), encoding="utf-8")
    print(json.dumps({each.name: each.result for each in measured}))
    return 1 if any(each.failure for each in measured) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
