"""`python -m stimuli audit`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stimuli.durable import write_durably
from stimuli.errors import StimulusError, reason_of
from stimuli.progress import progress_bars
from stimuli.workers import default_workers

if TYPE_CHECKING:
    from stimuli.audit.records import Audit

JSON_NAME, PAGE_NAME = "audit.json", "audit.html"


def audit(
    folder: Annotated[Path, typer.Argument(help="Folder of the stimulus set.")],
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="OUT", help="Folder for audit.json and audit.html.")
    ],
    workers: Annotated[
        int, typer.Option(min=0, help="Processes side by side; 0: one a core, four at most.")
    ] = 0,
) -> None:
    """Prove that frames tell nothing and that motion survives.

    Of every appearance-free clip it asks: does a single frame leak anything, does the noise move as its
    source does, does the file hold what was made? Exit status 0 when nothing fails, 1 when something does.

    \b
    For example:
      python -m stimuli audit stimulus_sets/small -o stimulus_sets/small-audit
    """
    from stimuli.audit.page import render_page
    from stimuli.audit.whole_set import audit_set

    _check_place(out)
    with progress_bars() as on_progress:
        audited = audit_set(
            folder, workers or default_workers(), lambda done, total: on_progress("audit", done, total)
        )
    _write(out, JSON_NAME, audited.audit.model_dump_json(indent=1) + "\n")
    _write(out, PAGE_NAME, render_page(audited))
    _say(audited.audit, out)
    if "fail" in audited.audit.verdicts.outcomes:
        raise typer.Exit(1)


def _check_place(out: Path) -> None:
    """Before the work of minutes, whose outcome could not be written. Makes no folder yet."""
    existing = next(part for part in (out.absolute(), *out.absolute().parents) if part.exists())
    if not existing.is_dir():
        raise StimulusError(f"{existing} is a file; name a folder for the audit.")
    if not os.access(existing, os.W_OK):
        raise StimulusError(f"The folder {existing} cannot be written; name another for the audit.")


def _write(out: Path, name: str, text: str) -> None:
    path = out / name
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_durably(path, text.encode())
    except OSError as error:
        raise StimulusError(f"{path} cannot be written: {reason_of(error)}.") from error


def _say(audit: Audit, out: Path) -> None:
    verdicts = audit.verdicts
    for question, verdict in (
        ("Static leak", verdicts.static_leak),
        ("Motion fidelity", verdicts.motion),
        ("Encoding", verdicts.encoding),
    ):
        print(f"{question}: {verdict.outcome}. {verdict.reason}")
    print(f"The audit of {len(audit.clips)} clips is in {out / PAGE_NAME} and {out / JSON_NAME}.")
