"""The figures of agreement, equivalence and ranking, with all that the page says of them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.comparison.agreement import NOTICEABLE
from analysis.comparison.comparison_findings import ComparisonFindings
from analysis.figures.agreement_matrix import agreement_matrix
from analysis.figures.kappa_and_accuracy import kappa_and_accuracy
from analysis.figures.model_ranking import model_ranking
from analysis.figures.on_a_par import on_a_par
from analysis.report.clip_exhibits import clip_exhibits
from analysis.report.comparison_tables import kappa_text
from analysis.report.comparison_words import of_kappa
from analysis.report.exhibits import Exhibit, file_name
from analysis.report.findings import Findings
from analysis.report.page_tables import methods_of, points
from stimuli.manifest import StimulusSet


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
    yield from clip_exhibits(findings, found, stimuli)


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
        models = list(found.answers[str(condition)].models)
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
            f"independent observers of that accuracy fall, at the median number of shared clips ({numbers}). "
            f"Near 100 % there are few errors, and kappa tells little. {_undefined(found.pairs)}"
        ),
        alt=". ".join(_outside_band(known, bands)) + ".",
        figure=kappa_and_accuracy(known, bands, found.compared, kind),
        data={"pairs": known, "band": bands},
    )


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
    missing = pairs["kappa"].isna()
    doubtful = (pairs["undefined_share"] > NOTICEABLE) & ~missing
    said = []
    if missing.any():
        said.append(f"{missing.sum()} of {len(pairs)} pairs have no kappa (n/a) and no mark.")
    if doubtful.any():
        said.append(
            f"In {doubtful.sum()} kappa is not estimable (small marks, hollow and grey): with so few errors "
            f"it would be undefined in more than {NOTICEABLE:.0%} of studies of this size."
        )
    return " ".join(said)


def _outside_band(pairs: pd.DataFrame, bands: pd.DataFrame) -> Iterator[str]:
    """How many pairs lie above the band at the nearest accuracy."""
    for condition, band in bands.groupby("condition", sort=False):
        own = pairs[pairs["condition"] == condition]
        for kind, some in own.groupby("kind", sort=False):
            middle = some[["accuracy_a", "accuracy_b"]].mean(axis=1).to_numpy(dtype=float)
            nearest = abs(middle[:, None] - band["accuracy"].to_numpy(dtype=float)).argmin(axis=1)
            above = some["kappa"].to_numpy(dtype=float) > band["high"].to_numpy(dtype=float)[nearest]
            yield f"{condition}, {kind}: {int(above.sum())} of {len(some)} pairs lie above the band"
