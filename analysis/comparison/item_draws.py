"""Draws of items by clip group, and of people: what intervals of agreement are resampled with.

As ``analysis.measures.resampling`` draws for accuracies: clip groups within each action, n - 1 of n, and a
clip together with the clip that was made from it. Models are fixed: asked again, they give the same answers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.comparison.answers import Answers
from analysis.measures.resampling import Crossing, resample

Numbers = npt.NDArray[np.float64]

DRAWS = 2_000
"""An interval from so many draws is off by 1.6 % of its width (one standard error)."""
_MOST_VALUES, _FEWEST_DRAWS = 20_000_000, 200


@dataclass(frozen=True)
class Draws:
    """``observer_weights`` is (draws, observers), 1 throughout for models; ``item_weights`` (draws, items).

    ``group`` numbers the clip group of each item, (items,); ``stratum`` is (clip groups,): which of them are
    drawn from together.
    """

    observer_weights: Numbers
    item_weights: Numbers
    group: npt.NDArray[np.int64]
    stratum: npt.NDArray[np.int64]

    def crossing(self, people: int, method: str) -> Crossing:
        """``people`` crossed with the clip groups: which parts a variance has, and how sure each is.

        0 people: models alone, with nothing to draw but items.
        """
        return Crossing(
            observer=np.arange(max(people, 1), dtype=np.int64),
            item=np.zeros(max(people, 1), dtype=np.int64),
            stratum=self.stratum,
            method=method,
        )


def draw(answers: Answers, rng: np.random.Generator, draws: int = DRAWS) -> Draws:
    """Draw clip groups, and the observers of ``answers`` that are no models.

    Fewer draws than ``draws`` from some 140 observers on, since each draw has a kappa for every pair.
    """
    people = ~answers.is_model
    pairs = len(people) * (len(people) - 1) // 2
    number = min(draws, max(_FEWEST_DRAWS, _MOST_VALUES // max(pairs, 1)))
    # A frame of one observer who met everything, and one of all people who met one thing.
    clips = pd.DataFrame(
        {"observer": "one", "action": answers.actions, "clip_id": answers.groups, "group": answers.groups}
    )
    of_items = resample(clips, rng, draws=number)
    observer_weights = np.ones((number, len(people)))
    if people.sum() > 1:
        crowd = pd.DataFrame({"observer": np.flatnonzero(people)})
        observer_weights[:, people] = resample(crowd, rng, "fixed", draws=number).observer_weights
    item_weights: Numbers = of_items.item_weights[:, of_items.crossing.item].astype(np.float64)
    return Draws(observer_weights, item_weights, of_items.crossing.item, of_items.crossing.stratum)
