"""Writes docs/licences.md: the licence of every package of constraints.txt, as its own metadata tell it.

Of a package that is not installed here, as it is for another system or Python, what the page said before
stays, and a new one is fetched to be looked into.
"""

from __future__ import annotations

import email
import email.message
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs" / "licences.md"
CONSTRAINTS = REPOSITORY / "constraints.txt"

_PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)")
_ROW = re.compile(r"\| (?P<name>\S+) \| (?P<versions>[^|]+) \| (?P<licence>[^|]+) \|")
_LONGEST = 60
UNKNOWN = "not told by its metadata"
# What the files of these packages say, where their metadata say nothing.
READ_IN_THEIR_FILES = {
    "meshpy": "MIT; parts under the Triangle licence (not for sale) and the AGPL (TetGen)",
    "psychtoolbox": "MIT",
    "questplus": "GPL-3.0-only",
}
HEADER = """# Licences

The program is under the MIT licence (`LICENSE`). Below is what the packages of `constraints.txt` say of
theirs. None of them is part of this repository, and nobody installs all of them
([Installation](installation.md#extras)). Some are under the GNU GPL or LGPL, among them PsychoPy, which
shows the sessions, and PyQt6, which asks before them: mind that before you pass them on together with the
program.

`python scripts/licences.py` writes this page; run it after `scripts/lock.sh`.

| Package | Version | Licence |
| --- | --- | --- |
"""


def pinned(constraints: str) -> dict[str, tuple[str, ...]]:
    """Package -> its versions: another one may stand for another Python."""
    versions: dict[str, tuple[str, ...]] = {}
    for found in _PIN.finditer("\n".join(line for line in constraints.splitlines() if line[:1] != "#")):
        versions[found["name"]] = (*versions.get(found["name"], ()), found["version"])
    return versions


def licence_of(fields: Mapping[str, Sequence[str]]) -> str:
    """The licence that metadata tell: by its short name where there is one, else by the classifiers."""
    if expression := " ".join(fields.get("License-Expression", ())).strip():
        return expression
    text = " ".join(fields.get("License", ())).strip()
    # Some put the whole text of the licence there.
    if text and text != "UNKNOWN" and len(text) <= _LONGEST and "\n" not in text:
        return text
    classified = [
        each.rpartition(" :: ")[2] for each in fields.get("Classifier", ()) if each.startswith("License :: ")
    ]
    known = [each for each in classified if each not in ("OSI Approved", "DFSG approved")]
    return " and ".join(known) or UNKNOWN


def installed(name: str, _version: str) -> str:
    """The licence of a package that is installed here; empty where it is not."""
    try:
        return _licence_in(metadata.metadata(name))
    except metadata.PackageNotFoundError:
        return ""


def _licence_in(told: email.message.Message | metadata.PackageMetadata) -> str:
    fields = ("License-Expression", "License", "Classifier")
    return licence_of({field: [str(each) for each in told.get_all(field) or ()] for field in fields})


def read_in_files(name: str, _version: str) -> str:
    return READ_IN_THEIR_FILES.get(name, "")


def fetched(name: str, version: str) -> str:
    """The licence of a package of the index, for whatever system; empty where it cannot be fetched."""
    for platform in ("any", "win_amd64", "macosx_11_0_universal2", "macosx_11_0_arm64"):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
            command += ["--only-binary", ":all:", "--python-version", "3.10", "--platform", platform]
            subprocess.run([*command, f"{name}=={version}"], capture_output=True, check=False)
            for wheel in Path(folder).glob("*.whl"):
                with zipfile.ZipFile(wheel) as archive:
                    (told,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
                    return _licence_in(email.message_from_bytes(archive.read(told)))
    return ""


def told_before(page: str) -> Callable[[str, str], str]:
    """What an earlier page says of a package."""
    rows = {found["name"]: found["licence"].strip() for found in _ROW.finditer(page)}
    return lambda name, _version: "" if rows.get(name) == UNKNOWN else rows.get(name, "")


def page_of(constraints: str, askers: Sequence[Callable[[str, str], str]]) -> str:
    """The page; of several ``askers`` the first that knows a licence tells it."""
    lines = []
    for name, versions in pinned(constraints).items():
        licence = next((found for ask in askers if (found := ask(name, versions[-1]))), UNKNOWN)
        lines.append(f"| {name} | {', '.join(versions)} | {licence} |\n")
    return HEADER + "".join(lines)


def main() -> None:
    constraints = CONSTRAINTS.read_text(encoding="utf-8")
    earlier = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    page = page_of(constraints, (read_in_files, installed, told_before(earlier), fetched))
    PAGE.write_text(page, encoding="utf-8")
    unknown = [found["name"] for found in _ROW.finditer(page) if found["licence"].strip() == UNKNOWN]
    told = f"{len(pinned(constraints))} packages; without a licence: {', '.join(unknown) or 'none'}"
    print(f"{PAGE.relative_to(REPOSITORY)}: {told}")


if __name__ == "__main__":
    main()
