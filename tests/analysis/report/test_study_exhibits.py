"""What is said of the figures of the whole study."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.report.study_exhibits import learning_exhibit
from analysis.study_measures import blocks_of
from tests.analysis.measures.simulated import study


@pytest.mark.parametrize(("trials", "said"), [(10, "in trials 1-10, median"), (30, "in trials 1-18 and ")])
def test_one_block_of_trials_is_told_once_and_ends_with_the_last_trial(trials: int, said: str) -> None:
    rng = np.random.default_rng(1)
    some = study(3, rng)
    exhibit = learning_exhibit(blocks_of(some[some["trial"] <= trials], rng), 3, "")
    assert said in exhibit.alt
    assert exhibit.alt.count("in trials") == (1 if trials == 10 else 2)
    assert exhibit.figure is not None
    assert exhibit.figure.axes[0].get_xlim() == (0.5, trials + 0.5)
