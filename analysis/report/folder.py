"""Writes the report's folder; its own files are replaced, all others left alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from analysis.collection import Collection
from analysis.comparison.clip_motion import ClipMotion
from analysis.comparison.margin import MARGIN
from analysis.errors import AnalysisError
from analysis.exclusions import RuleSet
from analysis.measures.crossing import Items
from analysis.report.all_exhibits import all_exhibits
from analysis.report.exhibits import drawn
from analysis.report.findings import gather
from analysis.report.page import render_page, shown_exhibit
from analysis.report.replacing import replace_files
from analysis.report.result_tables import result_tables
from analysis.report.summary_json import summary_json
from analysis.tables import table_bytes
from stimuli.manifest import StimulusSet

PAGE = "report.html"
SUMMARY = "summary.json"


def write_report(
    collection: Collection,
    folder: Path,
    rules: RuleSet | None = None,
    *,
    fit_times: bool = False,
    fit_decisions: bool = False,
    stimuli: StimulusSet | None = None,
    motions: Sequence[ClipMotion] = (),
    margin: float = MARGIN,
    items: Items = "group",
) -> Path:
    """Make ``report.html``, ``figures``, ``tables`` and ``summary.json`` in ``folder``; return its page.

    ``rules`` are those of exclusion; without any, everybody counts. ``fit_times``, ``fit_decisions``,
    ``motions``, ``margin`` and ``items`` are those of ``gather``. Pictures are of the clips of ``stimuli``,
    else of the set that the sessions used.
    Everything is computed before the first file is written, so that bad data leave no half of a report.

    Raises
    ------
    AnalysisError
        Where there is no test trial, or the folder cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise AnalysisError(f"{folder} is a file; a report needs a folder")
    findings = gather(
        collection,
        rules,
        fit_times=fit_times,
        fit_decisions=fit_decisions,
        motions=motions,
        margin=margin,
        items=items,
    )
    tables = result_tables(findings)
    files: dict[str, bytes] = {"tables/trials.tsv": table_bytes(collection.table)}
    # A table travels alone; each says for itself whether it comes from people.
    kinds, pilot = "|".join(findings.kinds), int(findings.pilot)
    for name, table in tables.items():
        told = table if "observer_kind" in table else table.assign(observer_kind=kinds)
        files[f"tables/{name}.tsv"] = table_bytes(told.assign(pilot=pilot))
    shown = []
    for exhibit in all_exhibits(findings, stimuli):
        svg = b""
        if exhibit.figure is not None:
            svg = files[f"figures/{exhibit.name}.svg"] = drawn(exhibit.figure, "svg")
            files[f"figures/{exhibit.name}.png"] = drawn(exhibit.figure, "png")
        shown.append((exhibit.section, shown_exhibit(exhibit, svg)))
    files[PAGE] = render_page(findings, tables, shown).encode()
    files[SUMMARY] = summary_json(findings, sorted([*files, SUMMARY]))
    replace_files(folder, files, _own_files(folder) - files.keys())
    return folder / PAGE


def _own_files(folder: Path) -> set[str]:
    """The figures and tables that an earlier report wrote into ``folder``, as its summary lists them."""
    try:
        listed = json.loads((folder / SUMMARY).read_bytes())["provenance"]["files"]
        paths = [PurePosixPath(str(path)) for path in listed]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {str(path) for path in paths if len(path.parts) == 2 and path.parts[0] in ("figures", "tables")}
