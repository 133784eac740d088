"""Writes the report's folder; its own files are replaced, all others left alone."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path, PurePosixPath

import pandas as pd
from matplotlib.figure import Figure

from analysis.collection import Collection
from analysis.errors import AnalysisError
from analysis.figures import overview
from analysis.measures.choice_times import ALL
from analysis.report.beside_published import published_accuracy
from analysis.report.findings import Findings, gather
from analysis.report.page import render_page
from analysis.report.summary_json import summary_json
from analysis.style import figure_style
from analysis.tables import table_bytes, write_file

PAGE = "report.html"
SUMMARY = "summary.json"
_PNG_DPI = 200


def write_report(collection: Collection, folder: Path) -> Path:
    """Make ``report.html``, ``figures``, ``tables`` and ``summary.json`` in ``folder``; return its page.

    Everything is computed before the first file is written, so that bad data leave no half of a report.

    Raises
    ------
    AnalysisError
        Where there is no test trial, or the folder cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise AnalysisError(f"{folder} is a file; a report needs a folder")
    findings = gather(collection)
    files: dict[str, bytes] = {}
    vectors: dict[str, bytes] = {}
    for summary in findings.conditions:
        name = f"overview_{re.sub(r'[^A-Za-z0-9.-]', '_', summary.condition)}"
        figure = overview(summary, published_accuracy(summary))
        vectors[summary.condition] = _drawn(figure, "svg")
        files[f"figures/{name}.svg"] = vectors[summary.condition]
        files[f"figures/{name}.png"] = _drawn(figure, "png")
    for table_name, table in _tables(findings).items():
        files[f"tables/{table_name}.tsv"] = table_bytes(table)
    files[PAGE] = render_page(findings, vectors).encode()
    files[SUMMARY] = summary_json(findings, sorted([*files, SUMMARY]))
    for outdated in _own_files(folder) - files.keys():
        (folder / outdated).unlink(missing_ok=True)
    for path, content in files.items():
        write_file(folder / path, content)
    return folder / PAGE


def _drawn(figure: Figure, form: str) -> bytes:
    buffer = io.BytesIO()
    with figure_style():
        # Without a date, the same data give the same file.
        figure.savefig(buffer, format=form, dpi=_PNG_DPI, metadata={"Date": None} if form == "svg" else None)
    return buffer.getvalue()


def _tables(findings: Findings) -> dict[str, pd.DataFrame]:
    whole = [summary.accuracy.assign(action=ALL, observer=ALL) for summary in findings.conditions]
    actions = [summary.accuracy_by_action.assign(observer=ALL) for summary in findings.conditions]
    observers = [summary.accuracy_by_observer.assign(action=ALL) for summary in findings.conditions]
    first = ["condition", "action", "observer"]
    accuracy = pd.concat([*whole, *actions, *observers], ignore_index=True)
    tables = {
        "accuracy": accuracy[[*first, *(name for name in accuracy.columns if name not in first)]],
        "confusion": pd.concat([summary.confusion for summary in findings.conditions], ignore_index=True),
        "choice_times": pd.concat(
            [summary.choice_times for summary in findings.conditions], ignore_index=True
        ),
        "presentation": findings.presentation,
    }
    if len(findings.checks):
        tables["attention_checks"] = findings.checks
    # A table travels alone; each says for itself whether it comes from people.
    origin = {"observer_kind": "|".join(findings.kinds), "pilot": int(findings.pilot)}
    return {"trials": findings.collection.table} | {
        name: table.assign(**origin) for name, table in tables.items()
    }


def _own_files(folder: Path) -> set[str]:
    """The figures and tables that an earlier report wrote into ``folder``, as its summary lists them."""
    try:
        listed = json.loads((folder / SUMMARY).read_bytes())["provenance"]["files"]
        paths = [PurePosixPath(str(path)) for path in listed]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {str(path) for path in paths if len(path.parts) == 2 and path.parts[0] in ("figures", "tables")}
