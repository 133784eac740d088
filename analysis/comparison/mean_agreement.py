"""Mean kappas: of people among themselves, of each model with people, of models among themselves.

Pairs share observers, so observers are drawn and not pairs: a pair counts as often as the product of its
observers. Clip groups are drawn beside them. The variance is put together from that over people, that over
clip groups and that of their interaction, as for the accuracies (``analysis.measures.resampling``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.comparison.agreement import Pairs
from analysis.comparison.answers import Answers
from analysis.comparison.item_draws import Draws
from analysis.comparison.kappa import Numbers
from analysis.measures.intervals import methods, plain_interval
from analysis.measures.resampling import variance_of_draws

COLUMNS = ("kind", "model", "condition", "pairs", "defined", "kappa", "low", "high", "method")


@dataclass(frozen=True)
class _Family:
    """Pairs whose mean is taken; ``people`` is how many people are among their observers."""

    kind: str
    model: str | None
    members: npt.NDArray[np.int64]
    people: int


def mean_agreement(answers: Answers, pairs: Pairs, draws: Draws) -> pd.DataFrame:
    """Mean kappa of people, of people with each model and with all models, and of models.

    Means are over the pairs that share an item and whose kappa is defined.

    Returns
    -------
    DataFrame
        ``kind`` (human-human, human-model, model-model), ``model`` (empty: all), ``condition``, ``pairs``,
        ``defined`` (pairs with a kappa), ``kappa``, ``low``, ``high`` (95 %, -1 to 1), ``method``.
    """
    condition = str(pairs.table["condition"].iloc[0]) if len(pairs.table) else ""
    rows = [
        (family.kind, family.model, condition, *_mean(family, pairs, draws))
        for family in _families(answers, pairs)
    ]
    table: pd.DataFrame = pd.DataFrame(rows, columns=list(COLUMNS))
    return table


def _families(answers: Answers, pairs: Pairs) -> Iterator[_Family]:
    kinds = pairs.table["kind"].to_numpy(dtype=object)
    people = int((~answers.is_model).sum())
    models = np.flatnonzero(answers.is_model)
    if (kinds == "human-human").any():
        yield _Family("human-human", None, np.flatnonzero(kinds == "human-human"), people)
    if (kinds == "human-model").any():
        for model in models:
            of_model = (kinds == "human-model") & ((pairs.first == model) | (pairs.second == model))
            yield _Family("human-model", answers.observers[model], np.flatnonzero(of_model), people)
        if len(models) > 1:
            yield _Family("human-model", None, np.flatnonzero(kinds == "human-model"), people)
    if (kinds == "model-model").any():
        yield _Family("model-model", None, np.flatnonzero(kinds == "model-model"), 0)


def _mean(
    family: _Family, pairs: Pairs, draws: Draws
) -> tuple[int, int, float, float | None, float | None, str]:
    kappas = pairs.table["kappa"].to_numpy(dtype=np.float64)[family.members]
    drawn = pairs.drawn[:, family.members]
    first, second = pairs.first[family.members], pairs.second[family.members]
    weights = draws.observer_weights[:, first] * draws.observer_weights[:, second]
    everyone = np.ones((1, len(kappas)))
    defined = int(np.isfinite(kappas).sum())
    if not defined:
        return len(kappas), 0, np.nan, None, None, "not computed: kappa is undefined in all pairs"
    whole = _weighted_mean(kappas[None], everyone)
    people = _weighted_mean(kappas[None], weights) - whole
    things = _weighted_mean(drawn, everyone) - whole
    both = _weighted_mean(drawn, weights) - whole - people - things
    by_people = family.people > 1
    crossing = draws.crossing(family.people, _method(family, draws))
    spread = crossing.combine(
        whole,
        variance_of_draws(people[:, None]) * by_people,
        variance_of_draws(things[:, None]),
        variance_of_draws(both[:, None]) * by_people,
    )
    low, high = plain_interval(spread, -1, 1)
    return (
        len(kappas),
        defined,
        float(whole[0]),
        float(low[0]),
        float(high[0]),
        methods(spread, crossing.method)[0],
    )


def _method(family: _Family, draws: Draws) -> str:
    several_items = draws.crossing(0, "").df_items > 0
    if family.people > 1 and several_items:
        return "crossed bootstrap over people and clip groups, models fixed"
    if family.people > 1:
        return "bootstrap over people (there is one clip group), models fixed"
    return "bootstrap over clip groups, observers fixed"


def _weighted_mean(kappas: Numbers, weights: Numbers) -> Numbers:
    """Means over the defined kappas of each draw; both arguments are (draws or 1, pairs)."""
    exists = np.isfinite(kappas)
    total = np.where(exists, weights, 0).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: Numbers = (np.where(exists, kappas, 0) * weights).sum(axis=1) / total
    return mean
