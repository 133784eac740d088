"""The figures of people and models clip by clip, with all that the page says of them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.comparison.comparison_findings import ComparisonFindings
from analysis.comparison.gallery import strips
from analysis.figures.clip_gallery import clip_gallery
from analysis.figures.clip_properties import PROPERTY_NAMES, clip_properties
from analysis.figures.clip_scatter import clip_scatter
from analysis.figures.item_correlations import item_correlations_figure
from analysis.report.comparison_tables import kappa_text
from analysis.report.exhibits import Exhibit, file_name
from analysis.report.findings import Findings
from stimuli.manifest import StimulusSet

_MOST_DRAWN = 2
"""Models with figures of single clips in each condition: the first by kappa. ``clips`` draws those of all.

Each adds two figures to the page.
"""


def clip_exhibits(
    findings: Findings, found: ComparisonFindings, stimuli: StimulusSet | str
) -> Iterator[Exhibit]:
    """Condition by condition: correlations, properties, and of some models each clip and a gallery."""
    clips, kind = found.clips, findings.data_kind
    if clips is None:
        return
    for condition, of_condition in clips.correlations.groupby("condition", sort=False):
        name = str(condition)
        items = clips.items[clips.items["condition"] == condition]
        actions = [action for action in findings.collection.actions if action in set(items["action"])]
        yield Exhibit(
            name=file_name("item_correlations", name),
            title=f"Which clips are hard in {name}",
            section="models",
            caption=(
                "Rank correlation over clips (Spearman) of people and each model, with 95 % intervals: (a) "
                "accuracy of people and the probability that the model gives to the right action, (b) median "
                "time-to-choose and the entropy of the model's probabilities. The band is the noise ceiling: "
                "what a perfect account of these people would reach, from split halves."
            ),
            alt=_correlations_in_words(of_condition),
            figure=item_correlations_figure(
                f"{name}: hard and slow clips", of_condition, found.compared, kind
            ),
            data={"correlations": of_condition},
        )
        properties = clips.properties[clips.properties["condition"] == condition]
        if len(properties):
            of_properties = clips.property_correlations
            yield _properties(
                found,
                properties,
                items,
                of_properties[of_properties["condition"] == condition],
                actions,
                kind,
            )
        for model in _shown_models(found, name):
            own = items[items["observer"] == model]
            yield Exhibit(
                name=file_name("clips", name, model),
                title=f"{model} and people, clip by clip in {name}",
                section="models",
                caption=(
                    "Each mark is a clip, coloured by its action: what people make of it against what the "
                    "model makes of it. Marks are moved aside a little where many would lie on one place."
                ),
                alt=_correlations_in_words(of_condition[of_condition["observer"] == model]),
                figure=clip_scatter(
                    f"{name}: clip by clip",
                    model,
                    own,
                    of_condition[of_condition["observer"] == model],
                    actions,
                    found.compared,
                    kind,
                ),
                data={"clips": own},
            )
            parting = clips.parting[
                (clips.parting["condition"] == condition) & (clips.parting["observer"] == model)
            ]
            yield _gallery(parting, name, model, found.compared, kind, stimuli)


def _properties(
    found: ComparisonFindings,
    properties: pd.DataFrame,
    items: pd.DataFrame,
    correlations: pd.DataFrame,
    actions: list[str],
    kind: str,
) -> Exhibit:
    name = str(properties["condition"].iloc[0])
    errors = correlations[correlations["measure"] == "errors"]
    words = (
        f"{row['observer']}, {PROPERTY_NAMES[str(row['property'])].lower()}: {kappa_text(row['rho_within'])} "
        f"({kappa_text(row['within_low'])} to {kappa_text(row['within_high'])})"
        for row in errors.to_dict("records")
    )
    return Exhibit(
        name=file_name("clip_properties", name),
        title=f"Which properties of clips go with errors in {name}",
        section="models",
        caption=(
            "(a) Each clip: camera motion, in shorter sides of the picture per second, and the share of "
            "wrong answers of people. (b) Rank correlation (Spearman) of each property with errors, with "
            "95 % intervals: filled marks within actions, open ones over all clips. Above 0 there are more "
            "errors where there is more of the property. One interval in twenty leaves out 0 by chance, and "
            "a correlation is no cause."
        ),
        alt=f"Within actions. {'. '.join(words)}.",
        figure=clip_properties(
            f"{name}: properties of clips", properties, items, correlations, actions, found.compared, kind
        ),
        data={"properties": properties, "correlations": correlations},
    )


def _shown_models(found: ComparisonFindings, condition: str) -> list[str]:
    """The first by kappa; after them those that are in no ranking, in the order of the tables."""
    if condition not in found.answers:
        return []
    ranked = [
        str(name)
        for ranking in found.rankings
        for name in ranking.models.loc[ranking.models["condition"] == condition, "model"]
    ]
    return list(dict.fromkeys([*ranked, *found.answers[condition].models]))[:_MOST_DRAWN]


def _gallery(
    parting: pd.DataFrame, condition: str, model: str, people: int, kind: str, stimuli: StimulusSet | str
) -> Exhibit:
    name = file_name("gallery", condition, model)
    title = f"Where people and {model} part most in {condition}"
    if parting.empty:
        return Exhibit(name, title, "models", why_not="on no clip are they apart.")
    pictures = strips(stimuli, parting["clip_id"])
    lacking = f" There are no pictures: {pictures.why_not}" if pictures.why_not else ""
    return Exhibit(
        name=name,
        title=title,
        section="models",
        caption=(
            "Clips with the largest difference between people's accuracy and the probability that the model "
            "gives to the right action, in both directions. Of many clips some always lie far apart; the "
            "correlations say how far people and model go together. Noise clips are shown by frames of the "
            f"ordinary video that they were made from.{lacking}"
        ),
        alt=". ".join(
            f"{row['clip_id']}: people {row['accuracy']:.0%}, apart by {row['apart']:.2f}"
            for row in parting.to_dict("records")
        )
        + ".",
        figure=clip_gallery(f"{condition}: furthest apart", model, parting, people, kind, pictures.pictures),
        data={"clips": parting},
    )


def _correlations_in_words(correlations: pd.DataFrame) -> str:
    shown = correlations[
        (correlations["human"] + "/" + correlations["model"]).isin(
            ["accuracy/p_right", "median_time/entropy"]
        )
    ]
    words = {
        "accuracy": "accuracy and probability of the right action",
        "median_time": "median time and entropy",
    }
    return (
        ". ".join(
            f"{row['observer']}, {words[str(row['human'])]}: {kappa_text(row['rho'])} "
            f"({kappa_text(row['low'])} to {kappa_text(row['high'])}), ceiling {kappa_text(row['ceiling'])}"
            for row in shown.to_dict("records")
        )
        + "."
    )
