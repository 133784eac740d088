"""The page: findings -> one HTML text that needs no other file and no network."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import get_args

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analysis.reference import PARTICIPANTS, SOURCE
from analysis.report import page_tables as write
from analysis.report.beside_published import compared_table
from analysis.report.clip_choice import clip_choices, overlap_sentence
from analysis.report.comparison_page_tables import comparison_page_tables
from analysis.report.comparison_words import KAPPA, opening, published_sentence, ranking_sentences, sampled
from analysis.report.exhibits import Exhibit, Section
from analysis.report.findings import Findings
from analysis.report.methods_text import methods
from analysis.report.model_tables import model_page_tables
from analysis.report.notes import choices_notes, exclusion_notes, headline_note, mixed_notes, times_notes
from analysis.report.shown_tables import shown_tables
from analysis.report.summary_json import PACKAGES, trial_table_sha256
from analysis.summary import ConditionSummary
from analysis.tables import table_bytes

_KNOWN_CONDITIONS = {
    "UCF5": "ordinary colour video",
    "AFD5": "appearance-free video: every frame is noise, only the motion between frames shows the action",
}
_CONTENTS = (
    ("headline", "Headline numbers"),
    ("drop", "The drop"),
    ("models", "People and models"),
    ("published", "Beside the published study"),
    ("people", "Participants"),
    ("choices", "Choices"),
    ("times", "Time-to-choose"),
    ("course", "Learning and speed"),
    ("clips", "Clips"),
    ("questionnaire", "Questionnaire"),
    ("quality", "Exclusions and quality"),
    ("methods", "Methods"),
    ("provenance", "Provenance"),
)


@dataclass(frozen=True)
class ConditionSection:
    """A condition on the page; ``compared`` is None where nothing was published."""

    summary: ConditionSummary
    compared: write.PageTable | None
    meaning: str


@dataclass(frozen=True)
class Download:
    """A file within the page; ``source`` is a data URI."""

    label: str
    file: str
    source: str


@dataclass(frozen=True)
class ShownExhibit:
    """A figure as the page shows it; ``source`` is a data URI."""

    name: str
    title: str
    caption: str
    alt: str
    source: str
    downloads: tuple[Download, ...]
    why_not: str


def shown_exhibit(exhibit: Exhibit, svg: bytes) -> ShownExhibit:
    """The figure and its data packed into data URIs; ``svg`` is empty where there is no figure."""
    return ShownExhibit(
        name=exhibit.name,
        title=exhibit.title,
        caption=exhibit.caption,
        alt=exhibit.alt,
        source=_data_uri(svg, "image/svg+xml"),
        downloads=tuple(
            Download(label, f"{exhibit.name}_{label.replace(' ', '_')}.tsv", _tsv_uri(table))
            for label, table in exhibit.data.items()
        ),
        why_not=exhibit.why_not,
    )


def render_page(
    findings: Findings,
    tables: Mapping[str, pd.DataFrame],
    exhibits: Sequence[tuple[str, ShownExhibit]],
) -> str:
    """The page as HTML. ``tables`` are those of ``result_tables``; ``exhibits`` come with their sections."""
    environment = Environment(
        loader=PackageLoader("analysis.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": write.percent,
        "points": write.points,
        "count": write.count,
        "unbroken": write.unbroken,
    }
    loader = PackageLoader("analysis.report")
    sections = [
        ConditionSection(
            summary=summary,
            compared=compared_table(summary),
            meaning=_KNOWN_CONDITIONS.get(summary.condition, ""),
        )
        for summary in findings.conditions
    ]
    known = findings.collection.facts
    compared = any(section.compared for section in sections)
    return environment.get_template("report.html").render(
        findings=findings,
        title=_title(sections),
        sections=sections,
        contents=_contents(compared=compared, drop=bool(findings.pairs), models=_models_heading(findings)),
        css=Markup(_source(loader, environment, "report.css")),
        js=Markup(_source(loader, environment, "report.js")),
        tables=shown_tables(findings, tables),
        model_tables=(*model_page_tables(findings), *comparison_page_tables(findings.comparison)),
        comparison_words=_comparison_words(findings),
        models_heading=_models_heading(findings),
        exhibits=_by_section(exhibits),
        headline_note=headline_note(findings),
        mixed_notes=mixed_notes(findings),
        choices_notes=choices_notes(findings),
        times_notes=times_notes(findings),
        exclusion_notes=exclusion_notes(findings),
        methods=methods(findings),
        clip_choices=clip_choices(findings),
        overlaps=[overlap_sentence(pair) for pair in findings.pairs],
        source=SOURCE,
        published_participants=PARTICIPANTS,
        table_sha256=trial_table_sha256(findings),
        software=", ".join(f"{name} {version(name)}" for name in PACKAGES),
        protocols=sorted(
            {(facts.protocol.name, facts.protocol.title, facts.protocol.sha256) for facts in known}
        ),
        manifests=sorted({facts.manifest_sha256 for facts in known}),
        commits=sorted({facts.source.commit for facts in known if facts.source and facts.source.commit}),
        displays=sorted(
            {
                f"{facts.display.backend}, {facts.display.size_px[0]} × {facts.display.size_px[1]}, "
                f"{facts.display.refresh_hz:.4g} Hz, paced by {facts.display.pacing}, presses timed by "
                f"{facts.display.response_source}"
                for facts in known
            }
        ),
    )


def _title(sections: Sequence[ConditionSection]) -> str:
    """Of the study's question, where its conditions are among those that people answered in."""
    of_the_study = any(section.meaning for section in sections)
    return "Action recognition with and without appearance" if of_the_study else "What people recognised"


def _models_heading(findings: Findings) -> str:
    if findings.models is not None:
        return "People and models"
    return "Agreement of participants" if findings.comparison is not None else ""


def _comparison_words(findings: Findings) -> dict[str, list[str]]:
    """Sentences before the figures (``opening``) and after the tables (``notes``)."""
    found = findings.comparison
    if found is None:
        return {"opening": [], "notes": []}
    notes = [sampled(found), published_sentence(found), *ranking_sentences(found)]
    if findings.models is None and (why := found.why_not.get("agreement")):
        notes.append(f"There is no agreement to tell: {why}")
    if why := found.why_not.get("drops"):
        notes.append(f"There is no drop of models to compare: {why}")
    notes += [f"{remark}." for remark in found.remarks]
    told = list(opening(found))
    return {"opening": [*told, KAPPA] if told else [], "notes": [note for note in notes if note]}


def _contents(*, compared: bool, drop: bool, models: str) -> list[tuple[str, str]]:
    """The headings of the page: identifier and name; ``models`` is that of its section, or empty."""
    wanted = {"published": compared, "models": bool(models)}
    named = {"models": models} if drop else {"models": models, "drop": "Test clips"}
    return [(name, named.get(name, title)) for name, title in _CONTENTS if wanted.get(name, True)]


def _by_section(exhibits: Sequence[tuple[str, ShownExhibit]]) -> dict[str, list[ShownExhibit]]:
    sections: dict[str, list[ShownExhibit]] = {name: [] for name in get_args(Section)}
    for section, exhibit in exhibits:
        sections[section].append(exhibit)
    return sections


def _source(loader: PackageLoader, environment: Environment, name: str) -> str:
    return loader.get_source(environment, name)[0]


def _tsv_uri(table: pd.DataFrame) -> str:
    return _data_uri(table_bytes(table), "text/tab-separated-values;charset=utf-8")


def _data_uri(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}" if content else ""
