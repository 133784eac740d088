"""The validator of the BIDS standard, run on a folder: ``bids-validator-deno``, offline."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import which

from analysis.errors import AnalysisError

VALIDATOR = "bids-validator-deno"
_TIME_LIMIT_S = 600


@dataclass(frozen=True)
class Issue:
    """What the validator found. ``severity`` is ``error`` or ``warning``; ``files`` counts where."""

    severity: str
    code: str
    detail: str
    file: str
    files: int

    @property
    def sentence(self) -> str:
        more = f" and {self.files - 1} more" if self.files > 1 else ""
        where = f" ({self.file}{more})" if self.file else ""
        detail = f" {self.detail}" if self.detail else ""
        return f"{self.severity}: {self.code}{detail}{where}"


def validator_path() -> Path:
    """Where the validator is: beside this Python, or where programs are looked for.

    Raises
    ------
    AnalysisError
        Where it is not installed.
    """
    beside = Path(sys.executable).parent
    found = which(VALIDATOR, path=str(beside)) or which(VALIDATOR)
    if found is None:
        raise AnalysisError(
            f"{VALIDATOR} is not installed, and nothing is exported unchecked; install it with "
            f"`pip install -c constraints.txt -e '.[export]'`"
        )
    return Path(found)


def validate(folder: Path, validator: Path) -> tuple[Issue, ...]:
    """What the validator finds in a data set, each kind once, errors first.

    Raises
    ------
    AnalysisError
        Where the validator itself fails.
    """
    command = [str(validator), str(folder.absolute()), "--format", "json", "--max-rows", "-1"]
    # Away from any repository, which it would ask for its version; and without asking for updates.
    environment = {**os.environ, "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
    try:
        run = subprocess.run(
            command,
            capture_output=True,
            timeout=_TIME_LIMIT_S,
            check=False,
            cwd=folder.parent,
            env=environment,
        )
        issues = json.loads(run.stdout)["issues"]["issues"]
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError) as error:
        raise AnalysisError(f"{VALIDATOR} gave no result ({str(error).splitlines()[0]})") from error
    return _grouped(issues)


def _grouped(issues: list[Mapping[str, str]]) -> tuple[Issue, ...]:
    groups: dict[tuple[str, str, str], list[str]] = {}
    for issue in issues:
        key = (issue.get("severity", "error"), issue.get("code", ""), issue.get("subCode", ""))
        groups.setdefault(key, []).append(issue.get("location", ""))
    return tuple(
        Issue(severity, code, detail, files[0], len(files))
        for (severity, code, detail), files in sorted(groups.items())
    )
