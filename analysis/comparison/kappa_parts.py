"""The spread of mean kappas from its two parts: over people, and over clip groups.

The variance is the sum of both. What they have in common is not taken off again, as Cameron, Gelbach & Miller
(2011) do for accuracies: that leaves it rather too large than too small. Errors are few, and few clip groups
make most of the shared ones, so Student's t has the degrees of freedom of Satterthwaite (1946, Biometrics
Bulletin 2, 110), each person and each clip group counting by its own pull on the mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.measures.intervals import Floats, Spread


@dataclass(frozen=True)
class Part:
    """One part of the variance of some means, (means,), and how far each thing drawn pulls them from where
    they are, (things, means): pulls of things that are drawn from together add up to nothing.
    """

    variance: Floats
    pulls: Floats

    @property
    def df(self) -> Floats:
        """One less than there are things, were all pulls alike in size; fewer where some outweigh others."""
        squares = self.pulls**2
        most = max(len(squares) - 1, 1)
        with np.errstate(invalid="ignore", divide="ignore"):
            told = squares.sum(axis=0) ** 2 / (squares**2).sum(axis=0)
        df: Floats = np.where(np.isfinite(told), np.clip(told, 1, most), most)
        return df


def spread_of_parts(estimate: Floats, *parts: Part) -> Spread:
    """The spread of ``estimate``, (means,); NaN variances where a part could not be told."""
    variance = np.asarray(sum(part.variance for part in parts), dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        df = variance**2 / sum(part.variance**2 / part.df for part in parts)
    return Spread(estimate, variance, np.where(variance > 0, df, np.inf))


def how_drawn(people: int, stratum: npt.NDArray[np.int64]) -> str:
    """What is chance in a mean kappa of ``people`` (0: of models alone), clip groups being in ``stratum``."""
    several_groups = len(stratum) > len(np.unique(stratum))
    if people > 1 and several_groups:
        return "crossed bootstrap over people and clip groups, models fixed"
    if people > 1:
        return "bootstrap over people (there is one clip group), models fixed"
    if several_groups:
        whom = "there is one participant, models fixed" if people else "models fixed"
        return f"bootstrap over clip groups ({whom})"
    return "not computed: there is one clip group, and no two people"


def centred(pulls: Floats, stratum: npt.NDArray[np.int64]) -> Floats:
    """``pulls`` (clip groups, means) less the mean of those drawn from together."""
    result = pulls.copy()
    for one in np.unique(stratum):
        members = stratum == one
        result[members] -= result[members].mean(axis=0)
    return np.asarray(result, dtype=np.float64)


def variance_without_draws(pulls: Floats, stratum: npt.NDArray[np.int64]) -> Floats:
    """What the bootstrap of n - 1 of n things per stratum tends to with ever more draws: (means,)."""
    sizes = np.bincount(stratum)[stratum]
    scale = np.where(sizes > 1, sizes / np.maximum(sizes - 1, 1), 0)
    variance: Floats = (scale[:, None] * pulls**2).sum(axis=0)
    return variance
