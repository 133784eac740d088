"""Agreement as copying: how often would one observer have to take over the other's being right or wrong?

The model of Klein, Meyen, Brendel, Wichmann & Meding (2025, "Quantifying uncertainty in error consistency:
towards reliable behavioral comparison of classifiers", NeurIPS; arXiv 2507.06645): the less accurate observer
copies the more accurate one on a share of the items, and decides independently on the others; where kappa is
negative, what is copied is the opposite. With p the accuracy of who is copied and q that of the copier, the
share is kappa (p + q - 2 p q) / (2 p (1 - p)).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.comparison.kappa import Numbers, kappa_of

_CHUNK = 1_000_000
_MOST_UNDEFINED = 0.05


@dataclass(frozen=True)
class CopyModel:
    """Arrays of shape (pairs,): ``copied`` is the share of items that are copied, negative where the opposite
    is; ``accuracy`` is that of who is copied, ``own_accuracy`` the copier's where it decides by itself. NaN
    where kappa is undefined or who is to be copied is always right or always wrong.
    """

    copied: Numbers
    accuracy: Numbers
    own_accuracy: Numbers
    items: npt.NDArray[np.int64]


def copy_model(counts: npt.ArrayLike) -> CopyModel:
    """The model that gives exactly the agreement of each pair.

    Parameters
    ----------
    counts
        Shape (pairs, 4): both right, only the first right, only the second right, both wrong.
    """
    table = np.asarray(counts, dtype=np.float64)
    swapped = table[:, 2] > table[:, 1]
    both = table[:, 0]
    only_copied = np.where(swapped, table[:, 2], table[:, 1])
    only_copier = np.where(swapped, table[:, 1], table[:, 2])
    neither = table[:, 3]
    with np.errstate(invalid="ignore", divide="ignore"):
        after_right = both / (both + only_copied)
        after_wrong = only_copier / (only_copier + neither)
        # The same as kappa (p + q - 2 p q) / (2 p (1 - p)), without its rounding.
        copied = after_right - after_wrong
        own = np.where(copied >= 0, after_wrong, after_right) / (1 - np.abs(copied))
        accuracy = (both + only_copied) / table.sum(axis=1)
    # Who copies everything never decides by itself.
    own = np.clip(np.where(np.abs(copied) == 1, accuracy, own), 0, 1)
    return CopyModel(copied, accuracy, own, table.sum(axis=1).astype(np.int64))


def copy_intervals(model: CopyModel, rng: np.random.Generator, draws: int = 2_000) -> tuple[Numbers, Numbers]:
    """95 % of the kappas that the model gives in as many items, for each pair: lower and upper bounds.

    As published, the number of copied items is the same in every draw (the share times the items, rounded),
    and who is right is drawn. NaN where the model is, and where kappa is undefined in more than a twentieth
    of the draws.
    """
    low, high = np.full_like(model.copied, np.nan), np.full_like(model.copied, np.nan)
    known = np.flatnonzero(np.isfinite(model.copied))
    step = max(1, _CHUNK // draws)
    for start in range(0, len(known), step):
        part = known[start : start + step]
        kappas = kappa_of(_drawn(model, part, rng, draws))
        told = np.isnan(kappas).mean(axis=0) <= _MOST_UNDEFINED
        if told.any():
            low[part[told]], high[part[told]] = np.nanpercentile(kappas[:, told], [2.5, 97.5], axis=0)
    return low, high


def _drawn(model: CopyModel, pairs: npt.NDArray[np.int64], rng: np.random.Generator, draws: int) -> Numbers:
    """Counts of drawn answers, (draws, pairs, 4)."""
    share, right, own = model.copied[pairs], model.accuracy[pairs], model.own_accuracy[pairs]
    copies = np.rint(np.abs(share) * model.items[pairs]).astype(np.int64)
    alone = model.items[pairs] - copies
    shape = (draws, len(pairs))
    copied_right = rng.binomial(copies, right, shape)
    copied_wrong = copies - copied_right
    first_right = rng.binomial(alone, right, shape)
    both = rng.binomial(first_right, own)
    only_second = rng.binomial(alone - first_right, own)
    only_first, neither = first_right - both, alone - first_right - only_second
    same = share >= 0
    return np.stack(
        [
            both + np.where(same, copied_right, 0),
            only_first + np.where(same, 0, copied_right),
            only_second + np.where(same, 0, copied_wrong),
            neither + np.where(same, copied_wrong, 0),
        ],
        axis=-1,
    ).astype(np.float64)
