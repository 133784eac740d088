"""The page: findings -> one HTML text that needs no other file and no network."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from analysis.measures.accuracy import DRAWS
from analysis.reference import PARTICIPANTS, SOURCE
from analysis.report.beside_published import ComparedAction, compare
from analysis.report.clip_choice import clip_choices, overlap_sentence
from analysis.report.findings import SEED, Findings
from analysis.report.summary_json import trial_table_sha256
from analysis.summary import ConditionSummary

_FEW = 20
_METHODS = {
    "bootstrap over participants": "bootstrap over participants",
    "wilson": "Wilson interval over trials",
    "newcombe": "Newcombe interval over trials",
}
_KNOWN_CONDITIONS = {
    "UCF5": "ordinary colour video",
    "AFD5": "appearance-free video: every frame is noise, only the motion between frames shows the action",
}


@dataclass(frozen=True)
class ConditionSection:
    """A condition on the page; ``figure`` is a data URI, ``compared`` empty where nothing was published."""

    summary: ConditionSummary
    figure: str
    compared: tuple[ComparedAction, ...]
    meaning: str


def render_page(findings: Findings, figures: Mapping[str, bytes]) -> str:
    """The page as HTML; ``figures`` are SVG files by condition."""
    environment = Environment(
        loader=PackageLoader("analysis.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": _percent,
        "points": _points,
        "seconds": _seconds,
        "count": _count,
        "method": _METHODS.__getitem__,
    }
    sections = [
        ConditionSection(
            summary=summary,
            figure=f"data:image/svg+xml;base64,{base64.b64encode(figures[summary.condition]).decode()}",
            compared=compare(summary),
            meaning=_KNOWN_CONDITIONS.get(summary.condition, ""),
        )
        for summary in findings.conditions
    ]
    records = [details.record for details in findings.collection.details]
    return environment.get_template("report.html").render(
        findings=findings,
        sections=sections,
        few=findings.observers < _FEW,
        clip_choices=clip_choices(findings),
        overlaps=[overlap_sentence(pair) for pair in findings.pairs],
        source=SOURCE,
        published_participants=PARTICIPANTS,
        draws=DRAWS,
        seed=SEED,
        table_sha256=trial_table_sha256(findings),
        protocols=sorted(
            {(record.protocol.name, record.protocol.title, record.protocol.sha256) for record in records}
        ),
        manifests=sorted({record.manifest_sha256 for record in records}),
        commits=sorted({record.commit for record in records if record.commit}),
        displays=sorted(
            {
                f"{record.display.backend}, {record.display.size_px[0]} × {record.display.size_px[1]}, "
                f"{record.display.refresh_hz:.4g} Hz, paced by {record.display.pacing}"
                for record in records
            }
        ),
    )


def _percent(share: float) -> str:
    """``0.8989`` -> ``89.9 %``, with a narrow space that does not break."""
    return f"{100 * share:.1f}\u202f%"


def _points(share: float) -> str:
    """A difference of shares in percentage points: ``-0.012`` -> ``−1.2``."""
    return f"{100 * share:.1f}".replace("-", "−")


def _seconds(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.1f}"


def _count(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")
