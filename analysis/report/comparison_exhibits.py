"""The figures of agreement, equivalence, ranking and clips, with all that the page says of them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.comparison.comparison_findings import ComparisonFindings
from analysis.comparison.gallery import strips
from analysis.figures.agreement_matrix import agreement_matrix
from analysis.figures.clip_gallery import clip_gallery
from analysis.figures.clip_scatter import clip_scatter
from analysis.figures.item_correlations import item_correlations_figure
from analysis.figures.kappa_and_accuracy import kappa_and_accuracy
from analysis.figures.model_ranking import model_ranking
from analysis.figures.on_a_par import on_a_par
from analysis.report.comparison_tables import kappa_text
from analysis.report.comparison_words import of_kappa
from analysis.report.exhibits import Exhibit, file_name
from analysis.report.findings import Findings
from analysis.report.page_tables import methods_of, points
from stimuli.manifest import StimulusSet

_MOST_DRAWN = 2
"""Models with figures of single clips in each condition: the first by kappa. ``clips`` draws those of all.

A gallery adds some 3 MB to the page.
"""


def comparison_exhibits(findings: Findings, stimuli: StimulusSet | str) -> Iterator[Exhibit]:
    """In the order of the section, which has none without models.

    ``stimuli`` is the set of the sessions or a sentence why there is none.
    """
    found = findings.comparison
    if found is None or findings.models is None:
        return
    kind = findings.data_kind
    if len(found.equivalence):
        yield _equivalence(found, kind)
    if why := found.why_not.get("agreement"):
        yield Exhibit("agreement", "Who errs on the same clips", "models", why_not=why)
    else:
        yield from _agreement(found, kind)
    for ranking in found.rankings:
        if len(ranking.models) > 1:
            condition = str(ranking.models["condition"].iloc[0])
            rows = ranking.models.to_dict("records")
            yield Exhibit(
                name=file_name("model_ranking", condition),
                title=f"How human-like models err in {condition}",
                section="models",
                caption=(
                    "(a) Mean kappa of each model with people, with 95 % intervals. (b) How often each model "
                    "takes each rank when participants and clip groups are drawn anew. Models that share a "
                    "letter cannot be told apart, and no order is claimed between them."
                ),
                alt=". ".join(
                    f"{row['model']}: kappa {kappa_text(row['kappa'])} ({kappa_text(row['low'])} to "
                    f"{kappa_text(row['high'])}), letters {row['letters']}"
                    for row in rows
                )
                + ".",
                figure=model_ranking(ranking.models, ranking.probabilities, found.compared, kind),
                data={"ranking": ranking.models, "probabilities": ranking.probabilities},
            )
    if why := found.why_not.get("clips"):
        yield Exhibit("clips_and_models", "Clip by clip", "models", why_not=why)
    yield from _clips(findings, found, stimuli)


def _equivalence(found: ComparisonFindings, kind: str) -> Exhibit:
    rows = found.equivalence.to_dict("records")
    margin = points(found.equivalence["margin"].max())
    return Exhibit(
        name="on_a_par",
        title="Whether people and models are on a par",
        section="models",
        caption=(
            f"Accuracy of people minus that of the model on the same trials, with the 95 % interval (thin) "
            f"and the 90 % interval (thick). Where the thick one lies within the margin of {margin} "
            f"percentage points (grey), two one-sided tests at 5 % each call them equivalent (diamond). "
            f"Intervals: {methods_of(found.equivalence)}."
        ),
        alt=". ".join(
            f"{row['model']}, {row['condition']}: people minus model {points(row['difference'])} points "
            f"(95 % {points(row['low'])} to {points(row['high'])}), {row['verdict']}"
            for row in rows
        )
        + ".",
        figure=on_a_par(found.equivalence, kind),
        data={"equivalence": found.equivalence},
    )


def _agreement(found: ComparisonFindings, kind: str) -> Iterator[Exhibit]:
    for condition, pairs in found.pairs.groupby("condition", sort=False):
        if pairs["kappa"].isna().all():
            why = (
                f"kappa is undefined (n/a) in all {len(pairs)} pairs: nobody errs, or everybody always does."
            )
            yield Exhibit(
                file_name("agreement", str(condition)),
                f"Who errs on the same clips, {condition}",
                "models",
                why_not=why,
            )
            continue
        models = _models(found, str(condition))
        yield Exhibit(
            name=file_name("agreement", str(condition)),
            title=f"Who errs on the same clips in {condition}",
            section="models",
            caption=(
                "Error consistency (kappa) of every pair: 0 where they err on the same clips as often as if "
                "their errors had nothing to do with each other, 1 where always. Observers are ordered by "
                "average linkage of 1 − kappa, people before models. The intervals stand in the table of "
                "pairs: single pairs are told only roughly."
            ),
            alt=f"{_kappas_in_words(found, str(condition), models)}. 0 is what independent errors show.",
            figure=agreement_matrix(pairs, models, str(condition), found.compared, kind),
            data={"pairs": pairs},
        )
    known = found.pairs[found.pairs["kappa"].notna()]
    bands = found.bands[found.bands["condition"].isin(known["condition"])]
    if known.empty:
        return
    numbers = "; ".join(
        f"{condition} {int(items)}"
        for condition, items in bands.groupby("condition", sort=False)["items"].first().items()
    )
    yield Exhibit(
        name="kappa_and_accuracy",
        title="Error consistency against accuracy",
        section="models",
        caption=(
            f"Kappa of every pair and the mean of its two accuracies. Grey: where 95 % of pairs of "
            f"independent observers of that accuracy fall, simulated at the median number of shared clips "
            f"({numbers}). Near 100 % there are few errors, and kappa tells little. {_undefined(found.pairs)}"
        ),
        alt=". ".join(_outside_band(known, bands)) + ".",
        figure=kappa_and_accuracy(known, bands, found.compared, kind),
        data={"pairs": known, "band": bands},
    )


def _models(found: ComparisonFindings, condition: str) -> list[str]:
    answers = found.answers[condition]
    return [name for name, model in zip(answers.observers, answers.is_model, strict=True) if model]


def _kappas_in_words(found: ComparisonFindings, condition: str, models: list[str]) -> str:
    words = (
        [f"two participants: mean kappa {own}"]
        if (own := of_kappa(found.means, "human-human", condition, None))
        else []
    )
    words += [
        f"{model} and people: mean kappa {text}"
        for model in models
        if (text := of_kappa(found.means, "human-model", condition, model))
    ]
    return f"{condition}. {'. '.join(words)}"


def _undefined(pairs: pd.DataFrame) -> str:
    missing = int(pairs["kappa"].isna().sum())
    return f"{missing} of {len(pairs)} pairs have no kappa (n/a) and no mark." if missing else ""


def _outside_band(pairs: pd.DataFrame, bands: pd.DataFrame) -> Iterator[str]:
    """How many pairs lie above the band at the nearest accuracy."""
    for condition, band in bands.groupby("condition", sort=False):
        own = pairs[pairs["condition"] == condition]
        for kind, some in own.groupby("kind", sort=False):
            middle = some[["accuracy_a", "accuracy_b"]].mean(axis=1).to_numpy(dtype=float)
            nearest = abs(middle[:, None] - band["accuracy"].to_numpy(dtype=float)).argmin(axis=1)
            above = some["kappa"].to_numpy(dtype=float) > band["high"].to_numpy(dtype=float)[nearest]
            yield f"{condition}, {kind}: {int(above.sum())} of {len(some)} pairs lie above the band"


def _clips(findings: Findings, found: ComparisonFindings, stimuli: StimulusSet | str) -> Iterator[Exhibit]:
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


def _shown_models(found: ComparisonFindings, condition: str) -> list[str]:
    """The first by kappa, or, where there is no ranking, in the order of the tables."""
    for ranking in found.rankings:
        if (ranking.models["condition"] == condition).any():
            return [str(name) for name in ranking.models["model"]][:_MOST_DRAWN]
    return _models(found, condition)[:_MOST_DRAWN] if condition in found.answers else []


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
