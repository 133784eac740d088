"""All figures of clips, people and models, by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from analysis.comparison.clip_findings import ClipFindings
from analysis.comparison.gallery import strips
from analysis.figures.clip_gallery import clip_gallery
from analysis.figures.clip_properties import clip_properties
from analysis.figures.clip_scatter import clip_scatter
from analysis.figures.item_correlations import item_correlations_figure
from analysis.report.exhibits import file_name
from analysis.report.replacing import earlier_rows
from stimuli.manifest import StimulusSet

_OF_CONDITIONS = ("correlations", "properties")
_OF_MODELS = ("clips", "gallery")


def earlier_figures(folder: Path) -> set[str]:
    """The files of figures that ``clips`` wrote into ``folder`` before, by its table of clips."""
    rows = earlier_rows(folder / "items.tsv", ["condition", "observer"])
    names = {file_name(figure, condition) for condition, _ in rows for figure in _OF_CONDITIONS}
    names |= {file_name(figure, *row) for row in rows for figure in _OF_MODELS}
    files = {f"{name}.{form}" for name in names for form in ("svg", "png")}
    return {file for file in files if (folder / file).is_file()}


def clip_sheets(
    findings: ClipFindings, actions: Sequence[str], data_kind: str, stimuli: StimulusSet | str
) -> dict[str, Figure]:
    """Figures by file name: in each condition ``correlations`` and ``properties``, and of each model
    ``clips`` (the scatter) and ``gallery``.

    ``stimuli`` may be a sentence why there is no set; galleries then name the clips alone. What there is no
    data for is left out.
    """
    figures = {}
    pictures = strips(stimuli, findings.parting["clip_id"]).pictures
    for condition, items in findings.items.groupby("condition", sort=False):
        shown = [action for action in actions if action in set(items["action"])]
        ceilings = findings.ceilings[findings.ceilings["condition"] == condition]
        observers = int(ceilings["people"].max())
        correlations, parting, properties, of_properties = (
            table[table["condition"] == condition]
            for table in (
                findings.correlations,
                findings.parting,
                findings.properties,
                findings.property_correlations,
            )
        )
        if len(correlations):
            figures[file_name("correlations", str(condition))] = item_correlations_figure(
                f"{condition}: hard and slow clips",
                correlations,
                observers,
                data_kind,
            )
        if len(properties):
            figures[file_name("properties", str(condition))] = clip_properties(
                f"{condition}: properties of clips",
                properties,
                items,
                of_properties,
                shown,
                observers,
                data_kind,
            )
        for model, own in items.dropna(subset=["observer"]).groupby("observer", sort=False):
            figures[file_name("clips", str(condition), str(model))] = clip_scatter(
                f"{condition}: clip by clip",
                str(model),
                own,
                correlations[correlations["observer"] == model],
                shown,
                observers,
                data_kind,
            )
            if (parting["observer"] == model).any():
                figures[file_name("gallery", str(condition), str(model))] = clip_gallery(
                    f"{condition}: furthest apart",
                    str(model),
                    parting[parting["observer"] == model],
                    observers,
                    data_kind,
                    pictures,
                )
    return figures
