"""Mean kappas: of people among themselves, of each model with people, of models among themselves.

Pairs share observers, so observers are drawn and not pairs: a pair counts as often as the product of its
observers. Clip groups are drawn beside them, as for the accuracies (``analysis.measures.resampling``);
``kappa_parts`` says how the variance is put together from that over people and that over clip groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.comparison.agreement import Pairs
from analysis.comparison.answers import Answers
from analysis.comparison.design_effect import mean_pull
from analysis.comparison.item_draws import Draws
from analysis.comparison.kappa import Numbers, all_pair_counts
from analysis.comparison.kappa_parts import Part, centred, how_drawn, spread_of_parts
from analysis.measures.intervals import methods, plain_interval
from analysis.measures.resampling import variance_of_draws

COLUMNS = ("kind", "model", "condition", "pairs", "defined", "kappa", "low", "high", "method")


ONE_PAIR = "not computed: two people are one pair, which does not tell how pairs differ"


@dataclass(frozen=True)
class _Family:
    """Pairs whose mean is taken; ``people`` is how many people are among their observers."""

    kind: str
    model: str | None
    members: npt.NDArray[np.int64]
    people: int


def mean_agreement(answers: Answers, pairs: Pairs, draws: Draws) -> pd.DataFrame:
    """Mean kappa of people, of people with each model and with all models, and of models.

    Means are over the pairs that share an item and whose kappa is defined. A mean has no interval where in
    none of its pairs both are wrong (or right) at one item: of simulated means of people and a model who err
    independently, the intervals then covered 0 in half of the cases. That of people among themselves has none
    where there are two of them.

    Returns
    -------
    DataFrame
        ``kind`` (human-human, human-model, model-model), ``model`` (empty: all), ``condition``, ``pairs``,
        ``defined`` (pairs with a kappa), ``kappa``, ``low``, ``high`` (95 %, -1 to 1), ``method``.
    """
    condition = str(pairs.table["condition"].iloc[0]) if len(pairs.table) else ""
    rows = [
        (family.kind, family.model, condition, *_mean(family, answers, pairs, draws))
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
    family: _Family, answers: Answers, pairs: Pairs, draws: Draws
) -> tuple[int, int, float, float | None, float | None, str]:
    kappas = pairs.table["kappa"].to_numpy(dtype=np.float64)[family.members]
    first, second = pairs.first[family.members], pairs.second[family.members]
    exists = np.isfinite(kappas)
    if not exists.any():
        return len(kappas), 0, np.nan, None, None, "not computed: kappa is undefined in all pairs"
    whole = float(kappas[exists].mean())
    over_groups = _weighted_mean(pairs.drawn[:, family.members], np.ones((1, len(kappas)))) - whole
    of_items = mean_pull(answers.right, first[exists], second[exists])
    of_groups: Numbers = np.bincount(draws.group, of_items, len(draws.stratum)).astype(np.float64)
    parts = [Part(variance_of_draws(over_groups[:, None]), centred(of_groups[:, None], draws.stratum))]
    if family.people > 1:
        weights = draws.observer_weights[:, first] * draws.observer_weights[:, second]
        over_people = _weighted_mean(kappas[None], weights) - whole
        own = _means_of_people(answers, kappas[exists], first[exists], second[exists])
        parts.append(Part(variance_of_draws(over_people[:, None]), (own - own.mean())[:, None]))
    spread = spread_of_parts(np.array([whole]), *parts)
    method = methods(spread, how_drawn(family.people, draws.stratum))[0]
    counts = all_pair_counts(answers.right)[family.members]
    # Draws never hold what no pair shows: their spread is then far too small.
    for column, word in ((3, "wrong"), (0, "right")):
        if not counts[:, column].any():
            method = f"not computed: no two of them are {word} at the same clip, so that it tells too little"
            return len(kappas), int(exists.sum()), whole, None, None, method
    if family.kind == "human-human" and family.people == 2:
        # Drawn anew, two people are one of them twice, and no pair.
        return len(kappas), int(exists.sum()), whole, None, None, ONE_PAIR
    low, high = plain_interval(spread, -1, 1)
    return len(kappas), int(exists.sum()), whole, float(low[0]), float(high[0]), method


def _means_of_people(
    answers: Answers, kappas: Numbers, first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]
) -> Numbers:
    """Each person's mean over the own pairs, (people in these pairs,)."""
    number = len(answers.observers)
    total = np.bincount(first, kappas, number) + np.bincount(second, kappas, number)
    pairs = np.bincount(first, minlength=number) + np.bincount(second, minlength=number)
    there = (pairs > 0) & ~answers.is_model
    return np.asarray(total[there] / pairs[there], dtype=np.float64)


def _weighted_mean(kappas: Numbers, weights: Numbers) -> Numbers:
    """Means over the defined kappas of each draw; both arguments are (draws or 1, pairs)."""
    exists = np.isfinite(kappas)
    total = np.where(exists, weights, 0).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: Numbers = (np.where(exists, kappas, 0) * weights).sum(axis=1) / total
    return mean
