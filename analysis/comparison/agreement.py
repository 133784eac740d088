"""Agreement of every pair of observers on the items that both answered: kappa with its intervals and bounds.

One pair has three intervals, which answer to different doubts. ``kappa_low`` and ``kappa_high`` take items
as independent and hold at few errors too (``kappa.error_consistency``). ``bootstrap_low`` and
``bootstrap_high`` are the same made wider by as much as a bootstrap over clip groups says that clips of a
group resemble one another (``design_effect``). ``copy_low`` and ``copy_high`` are those of the copy model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.comparison.answers import Answers
from analysis.comparison.copy_model import copy_intervals, copy_model
from analysis.comparison.design_effect import design_effects
from analysis.comparison.item_draws import Draws
from analysis.comparison.kappa import (
    PSEUDO_COUNTS,
    Consistency,
    Numbers,
    all_pair_counts,
    clustered_interval,
    error_consistency,
    kappa_of,
    weighted_kappas,
)

ALL_CONDITIONS = "all"
"""What stands for the condition where several were pooled."""

NOTICEABLE = 0.05
"""In so large a share of studies kappa may be undefined before it is called not estimable."""

COLUMNS = (
    "a",
    "b",
    "kind",
    "condition",
    "items",
    "accuracy_a",
    "accuracy_b",
    "observed",
    "expected",
    "kappa",
    "kappa_low",
    "kappa_high",
    "kappa_min",
    "kappa_max",
    "p_value",
    "bootstrap_low",
    "bootstrap_high",
    "design_effect",
    "copied",
    "copy_low",
    "copy_high",
    "undefined_share",
    "remark",
)


@dataclass(frozen=True)
class Pairs:
    """All pairs of observers: their agreement ``table``, and what averages of them are taken from.

    ``first`` and ``second`` are the places of a pair's observers, (pairs,); ``drawn`` holds the kappas of
    every draw of items, (draws, pairs).
    """

    table: pd.DataFrame
    first: npt.NDArray[np.int64]
    second: npt.NDArray[np.int64]
    drawn: Numbers


def pair_agreement(
    answers: Answers, condition: str, draws: Draws, rng: np.random.Generator, copy_draws: int = 2_000
) -> Pairs:
    """The agreement of every pair, in the order of ``numpy.triu_indices(observers, 1)``.

    Returns
    -------
    Pairs
        The table has the columns ``COLUMNS``. ``kind`` is human-human, human-model or model-model,
        simulated participants counting as humans. ``items`` are those that both answered; without any, all
        that follows is NaN. ``expected`` is the agreement of independent errors, ``p_value`` tests them.
        ``design_effect`` is how many times more kappa varies over clip groups than with independent items.
        ``kappa_min`` and ``kappa_max`` bound the kappas that the two accuracies leave possible. ``copied`` is
        the share of items that the copy model copies (-1 to 1). ``undefined_share`` is the share of studies
        of this size in which kappa would be undefined; above ``NOTICEABLE``, the ``remark`` says that kappa
        is not estimable here, and the other two intervals are NaN.
    """
    bare = bare_pairs(answers, condition, draws)
    counts = all_pair_counts(answers.right)
    found = error_consistency(counts)
    undefined = _undefined_share(counts)
    estimable = (undefined <= NOTICEABLE) & np.isfinite(found.kappa)
    effect = design_effects(answers.right, draws.group, draws.stratum)
    clustered = _clustered(counts, effect, draws)
    copying = copy_model(counts)
    copies = copy_intervals(copying, rng, copy_draws)
    table = bare.table.assign(
        items=found.items,
        accuracy_a=found.accuracy_a,
        accuracy_b=found.accuracy_b,
        observed=found.observed,
        expected=found.expected,
        kappa=found.kappa,
        kappa_low=found.low,
        kappa_high=found.high,
        kappa_min=found.smallest,
        kappa_max=found.largest,
        p_value=found.p_value,
        bootstrap_low=np.where(estimable, clustered[0], np.nan),
        bootstrap_high=np.where(estimable, clustered[1], np.nan),
        design_effect=effect,
        copied=copying.copied,
        copy_low=np.where(estimable, copies[0], np.nan),
        copy_high=np.where(estimable, copies[1], np.nan),
        undefined_share=undefined,
        remark=np.array(list(_remarks(found, undefined)), dtype=object),
    )
    return replace(bare, table=table[list(COLUMNS)])


def bare_pairs(answers: Answers, condition: str, draws: Draws) -> Pairs:
    """The pairs with their kappas and nothing else: ``a``, ``b``, ``kind``, ``condition``, ``kappa``."""
    first, second = (side.astype(np.int64) for side in np.triu_indices(len(answers.observers), 1))
    names, model = np.array(answers.observers, dtype=object), answers.is_model
    kinds = np.array(["human-human", "human-model", "model-model"], dtype=object)
    table = pd.DataFrame(
        {
            "a": names[first],
            "b": names[second],
            "kind": kinds[model[first].astype(int) + model[second]],
            "condition": condition,
            "kappa": kappa_of(all_pair_counts(answers.right)),
        }
    )
    return Pairs(table, first, second, weighted_kappas(answers.right, draws.item_weights))


def _clustered(counts: Numbers, effect: Numbers, draws: Draws) -> tuple[Numbers, Numbers]:
    """``clustered_interval``; an effect that is not known, since the two never differ, counts as 1."""
    df = draws.crossing(0, "").df_items
    if df < 1:
        return np.full(len(counts), np.nan), np.full(len(counts), np.nan)
    return clustered_interval(counts, np.where(np.isnan(effect), 1, effect), df)


def _undefined_share(counts: Numbers) -> Numbers:
    """How often both would be right on all items, or wrong on all, were the study done again."""
    smoothed = counts + np.array(PSEUDO_COUNTS)
    items = counts.sum(axis=1)
    shares = smoothed / smoothed.sum(axis=1, keepdims=True)
    undefined: Numbers = shares[:, 0] ** items + shares[:, 3] ** items
    return np.where(items > 0, undefined, np.nan)


def _remarks(found: Consistency, undefined: Numbers) -> Iterator[str | None]:
    for items, a, b, kappa, share in zip(
        found.items, found.accuracy_a, found.accuracy_b, found.kappa, undefined, strict=True
    ):
        if items == 0:
            yield "no item was answered by both"
        elif np.isnan(kappa):
            yield f"kappa is undefined: both are always {'right' if a == 1 else 'wrong'}"
        elif share > NOTICEABLE:
            yield (
                f"kappa is not estimable here: with so few errors it would be undefined in {share:.0%} "
                f"of studies"
            )
        elif a in (0, 1) or b in (0, 1):
            yield "kappa is 0 whatever the other does, since one of them is always right or always wrong"
        else:
            yield None
