"""Clip by clip: what people and models make of the same clips, and how far the two go together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.comparison.answers import Answers
from analysis.comparison.certainty import MEASURES, on_items
from analysis.comparison.item_draws import Draws
from analysis.comparison.noise_ceiling import Ceiling, Summary, mean_person_correlation, noise_ceiling
from analysis.comparison.rank_correlation import (
    FEWEST_ITEMS,
    Numbers,
    Strata,
    spearman,
    weighted_means,
    weighted_medians,
)
from analysis.measures.intervals import plain_interval
from analysis.measures.resampling import variance_of_draws

CORRELATION_COLUMNS = (
    "condition",
    "observer",
    "human",
    "model",
    "clips",
    "people",
    "rho",
    "low",
    "high",
    "method",
    "ceiling",
    "ceiling_low",
    "ceiling_high",
    "corrected",
    "corrected_low",
    "corrected_high",
    "single_people",
    "single_lower",
    "single_upper",
    "remark",
)
_LARGEST = 0.999999
_SUMMARIES: dict[str, Summary] = {"accuracy": weighted_means, "median_time": weighted_medians}


@dataclass(frozen=True)
class ClipScores:
    """One measure of people on the clips of a condition, as measured and as drawn.

    ``single`` is (people, items), ``whole`` (items,), ``drawn`` (draws, items) with people drawn anew.
    """

    measure: str
    single: Numbers
    whole: Numbers
    drawn: Numbers


def clip_scores(answers: Answers, draws: Draws) -> tuple[ClipScores, ...]:
    """``accuracy`` (share of right answers) and ``median_time`` (time-to-choose in s) of every clip."""
    people = ~answers.is_model
    weights = draws.observer_weights[:, people]
    found = []
    for measure, values in (("accuracy", answers.right), ("median_time", answers.times_s)):
        single, summary = values[people], _SUMMARIES[measure]
        if len(single):
            whole, drawn = summary(single, np.ones((1, len(single))))[0], summary(single, weights)
        else:
            whole, drawn = (np.full(shape, np.nan) for shape in (single.shape[1:], draws.item_weights.shape))
        found.append(ClipScores(measure, single, whole, drawn))
    return tuple(found)


def item_table(answers: Answers, of_models: pd.DataFrame, scores: tuple[ClipScores, ...]) -> pd.DataFrame:
    """One row per clip and model; without models, or for clips that none of them answered, one per clip.

    Returns
    -------
    DataFrame
        ``condition, clip_id, action``; of people ``people`` (how many answered), ``accuracy`` (0 to 1),
        ``median_time`` (s); of the model ``observer``, ``p_right``, ``margin``, ``entropy``, ``right`` as
        in ``certainty``; ``apart``, the people's accuracy less the probability that the model gave to the
        right action, or its share of right answers where it gave none (-1 to 1). NaN for what is unknown.
    """
    accuracy, median_time = (each.whole for each in scores)
    of_people: pd.DataFrame = pd.DataFrame(
        {
            "condition": answers.conditions,
            "clip_id": answers.items,
            "action": [answers.menu[action] for action in answers.actions],
            "people": answers.answered[~answers.is_model].sum(axis=0),
            "accuracy": accuracy,
            "median_time": median_time,
        }
    )
    names = answers.models
    if not names:
        empty: pd.DataFrame = of_people.assign(observer=None, **dict.fromkeys((*MEASURES, "apart"), np.nan))
        return empty
    tables = []
    for name in names:
        own = on_items(of_models, name, answers.items).reset_index(drop=True)
        apart = of_people["accuracy"] - own["p_right"].fillna(own["right"])
        tables.append(pd.concat([of_people.assign(observer=name), own.assign(apart=apart)], axis=1))
    whole: pd.DataFrame = pd.concat(tables, ignore_index=True)
    return whole


def ceilings(draws: Draws, scores: tuple[ClipScores, ...], rng: np.random.Generator) -> dict[str, Ceiling]:
    """The noise ceilings of ``accuracy`` and ``median_time``."""
    return {
        each.measure: noise_ceiling(each.single, _SUMMARIES[each.measure], rng, draws.item_weights)
        for each in scores
    }


def item_correlations(
    answers: Answers,
    of_models: pd.DataFrame,
    draws: Draws,
    scores: tuple[ClipScores, ...],
    of_people: dict[str, Ceiling],
) -> pd.DataFrame:
    """Spearman's rank correlation of each measure of people with each of a model, over the clips of both.

    Returns
    -------
    DataFrame
        The columns ``CORRELATION_COLUMNS``. ``human`` is ``accuracy`` or ``median_time``, ``model`` one
        of those of ``certainty``. ``rho`` with its 95 % interval is over ``clips``; ``method`` says what is
        drawn.
        ``ceiling``, with its interval, is the highest correlation with the scores of these people that the
        true scores would have, and ``corrected`` is ``rho`` over it (Spearman 1904), its interval taking the
        ceiling as known. ``single_people`` is the mean correlation with single persons, which
        ``single_lower`` and ``single_upper`` bound. ``remark`` says why something is NaN.
    """
    rows = []
    crossing_people = int((~answers.is_model).sum())
    condition = answers.conditions[0] if answers.conditions else ""
    for name in answers.models:
        own = on_items(of_models, name, answers.items)
        for each in scores:
            ceiling = of_people[each.measure]
            for measure in MEASURES:
                predicted = own[measure].to_numpy(dtype=np.float64)
                rho, low, high, method = correlation_interval(each, predicted, draws, crossing_people)
                clips = int((np.isfinite(each.whole) & np.isfinite(predicted)).sum())
                remark = "; ".join(
                    filter(None, (_why_no_correlation(each, predicted, rho, clips), ceiling.too_low))
                )
                rows.append(
                    (
                        condition,
                        name,
                        each.measure,
                        measure,
                        clips,
                        ceiling.people,
                        rho,
                        low,
                        high,
                        method,
                        ceiling.correlation,
                        ceiling.correlation_low,
                        ceiling.correlation_high,
                        ceiling.corrected(rho),
                        ceiling.corrected(low),
                        ceiling.corrected(high),
                        mean_person_correlation(each.single, predicted),
                        ceiling.lower,
                        ceiling.upper,
                        remark or None,
                    )
                )
    table: pd.DataFrame = pd.DataFrame(rows, columns=list(CORRELATION_COLUMNS))
    return table


def correlation_interval(
    scores: ClipScores, other: Numbers, draws: Draws, people: int, strata: Strata | None = None
) -> tuple[float, float, float, str]:
    """Rank correlation of ``scores`` with ``other`` (items,): rho, its 95 % interval, and the method.

    People and clip groups are drawn, crossed, and the variances put together as for accuracies
    (``analysis.measures.resampling``), on Fisher's scale. Drawn people are fewer than people, so that drawn
    correlations are lower on average; the spread is therefore taken around their own mean. The interval is
    for the correlation that so many people show on average, and not for that of their true scores.
    """
    rho = float(spearman(scores.whole, other, strata=strata))
    if np.isnan(rho):
        return rho, float("nan"), float("nan"), "not computed: there is no correlation"
    whole = np.array([_fisher(np.array(rho))])
    of_people = _fisher(spearman(scores.drawn, other, strata=strata))
    things = _fisher(spearman(scores.whole, other, draws.item_weights, strata))
    both = _fisher(spearman(scores.drawn, other, draws.item_weights, strata))
    crossing = draws.crossing(people, _method(people, draws))
    spread = crossing.combine(
        whole,
        _variance(of_people) * (people > 1),
        _variance(things),
        _variance(both - of_people - things),
    )
    low, high = plain_interval(spread)
    if np.isnan(low[0]):
        return rho, float("nan"), float("nan"), "not computed: too few draws, or none that differs"
    return rho, float(np.tanh(low[0])), float(np.tanh(high[0])), crossing.method


def ceiling_remarks(of_people: dict[str, Ceiling]) -> Iterator[str]:
    """Sentences on noise ceilings of one condition that do not exist or are of no use."""
    for measure, ceiling in of_people.items():
        if why := ceiling.why_not:
            yield f"{_WORDS[measure]}: there is no noise ceiling, since {why}"
        elif why := ceiling.too_low:
            yield f"{_WORDS[measure]}: no correlation is corrected for the ceiling, since {why}"


_WORDS = {"accuracy": "accuracy of clips", "median_time": "median time of clips"}


def _why_no_correlation(scores: ClipScores, predicted: Numbers, rho: float, clips: int) -> str:
    if not np.isnan(rho):
        return ""
    if not np.isfinite(predicted).any():
        return "the model gave no such value for any of the clips"
    if not np.isfinite(scores.whole).any():
        return "people have no such value for any of the clips"
    if clips < FEWEST_ITEMS:
        return f"people and the model share {clips} clips, and a correlation takes {FEWEST_ITEMS}"
    use = np.isfinite(scores.whole) & np.isfinite(predicted)
    if len(np.unique(scores.whole[use])) == 1:
        return f"the value of people is the same ({scores.whole[use][0]:g}) for all clips"
    return f"the value of the model is the same ({predicted[use][0]:g}) for all clips"


def _fisher(rho: Numbers) -> Numbers:
    scaled: Numbers = np.arctanh(np.clip(rho, -_LARGEST, _LARGEST))
    return scaled


def _variance(drawn: Numbers) -> Numbers:
    known = drawn[np.isfinite(drawn)]
    return variance_of_draws((drawn - (known.mean() if len(known) else 0.0))[:, None])


def _method(people: int, draws: Draws) -> str:
    several_items = draws.crossing(0, "").df_items > 0
    if people > 1 and several_items:
        return "crossed bootstrap over participants and clip groups, the model fixed"
    if people > 1:
        return "bootstrap over participants (there is one clip group), the model fixed"
    return "bootstrap over clip groups, the observers fixed"
