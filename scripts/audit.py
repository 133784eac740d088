"""Asks two public services whether a version in constraints.txt is known to be vulnerable. Needs the network.

    python scripts/audit.py

Exit status 0: nothing is known against any of them; 1: something is, named; 2: some could not be looked up.
pip-audit, which asks, is installed into a throwaway environment: the program itself needs none of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
SERVICES = ("pypi", "osv")

Pin = tuple[str, str]
"""Package and version."""


def pins(constraints: str) -> tuple[Pin, ...]:
    """Every version, also those for other systems and other versions of Python."""
    lines = [line.partition(";")[0].strip() for line in constraints.splitlines() if line[:1] not in ("", "#")]
    return tuple((name, version) for name, _, version in (line.partition("==") for line in lines))


def layers(pinned: Sequence[Pin]) -> Iterator[tuple[Pin, ...]]:
    """The same, in groups without a package twice, which is what can be asked at a time."""
    versions: dict[str, list[Pin]] = {}
    for pin in pinned:
        versions.setdefault(pin[0], []).append(pin)
    for layer in zip_longest(*versions.values()):
        yield tuple(pin for pin in layer if pin is not None)


def judged(answer: Mapping[str, Any]) -> dict[Pin, tuple[str, ...]]:
    """Of an answer of pip-audit: what is known against each version that was looked up."""
    return {
        (found["name"], found["version"]): tuple(
            f"{each['id']} (mended in {', '.join(each['fix_versions']) or 'no version'})"
            for each in found["vulns"]
        )
        for found in answer["dependencies"]
        # Without a word it also leaves out what a service does not know.
        if "skip_reason" not in found
    }


def ask(program: Path, service: str, layer: Sequence[Pin]) -> Mapping[str, Any]:
    """The answer of a service; without any dependency where it cannot be reached."""
    with tempfile.TemporaryDirectory() as folder:
        asked, answer = Path(folder) / "asked.txt", Path(folder) / "answer.json"
        asked.write_text("".join(f"{name}=={version}\n" for name, version in layer), encoding="utf-8")
        command = [
            str(program),
            "--requirement",
            str(asked),
            "--no-deps",
            "--disable-pip",
            "--format",
            "json",
        ]
        command += ["--vulnerability-service", service, "--output", str(answer), "--progress-spinner", "off"]
        subprocess.run(command, capture_output=True, check=False)
        if not answer.exists() or not answer.read_bytes():
            return {"dependencies": []}
        told: Mapping[str, Any] = json.loads(answer.read_bytes())
        return told


def audit(program: Path, pinned: Sequence[Pin]) -> tuple[dict[Pin, tuple[str, ...]], tuple[Pin, ...]]:
    """What is known against each version, and the versions that no service knew."""
    known: dict[Pin, tuple[str, ...]] = {}
    for service in SERVICES:
        for layer in layers([pin for pin in pinned if pin not in known]):
            known |= judged(ask(program, service, layer))
    return known, tuple(pin for pin in pinned if pin not in known)


def main() -> int:
    pinned = pins((REPOSITORY / "constraints.txt").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        programs = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin")
        subprocess.run([str(programs / "pip"), "install", "--quiet", "pip-audit"], check=True)
        known, unknown = audit(programs / "pip-audit", pinned)
    for (name, version), told in known.items():
        for each in told:
            print(f"{name} {version}: {each}")
    if unknown:
        few = ", ".join(f"{name} {version}" for name, version in unknown[:3])
        print(f"{len(unknown)} of {len(pinned)} versions could not be looked up (no network?): {few} ...")
    affected = sum(bool(told) for told in known.values())
    print(f"Looked up {len(known)} of {len(pinned)} versions; something is known against {affected}.")
    return 1 if affected else 2 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
