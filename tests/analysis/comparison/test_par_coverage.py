"""How often the intervals of people against models hold the truth, and how often a claim is wrong.

Ten people, 90 clips of 35 groups, a model with other difficulties of clips than people (``simulated.USUAL``).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.drops import _drops, _part
from analysis.comparison.equivalence import MARGIN, paired_spread, two_one_sided
from analysis.comparison.paired_answers import PairedAnswers
from analysis.comparison.ranking import rank_models
from analysis.measures.accuracy import difference_interval, recover
from analysis.measures.resampling import resample
from tests.analysis.comparison.test_ranking import crowd
from tests.analysis.measures.simulated import CLIPS, USUAL, Differences, Floats, chances, frame, right

STUDIES, PEOPLE = 1_000, 10
OF_MODEL = Differences(0.0, USUAL.groups, USUAL.clips)
TRIALS = np.array([PEOPLE * CLIPS, CLIPS], dtype=np.float64)


def studies(accuracy: float, of_model: float, number: int = STUDIES) -> Iterator[tuple[Floats, Floats]]:
    rng = np.random.default_rng(7)
    for _ in range(number):
        people = right(chances(PEOPLE, accuracy, USUAL, rng), rng)
        model = right(chances(1, of_model, OF_MODEL, rng), rng)
        yield people.astype(np.float64), np.tile(model.astype(np.float64), PEOPLE)


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("accuracy", "of_model"), [(0.9, 0.9), (0.9, 0.85), (0.9, 0.95), (0.95, 0.9), (0.98, 0.93), (0.98, 0.99)]
)
def test_the_interval_of_a_difference_holds_the_truth(accuracy: float, of_model: float) -> None:
    trials, held, claims = frame(PEOPLE), 0, 0
    for people, model in studies(accuracy, of_model):
        spread, _ = paired_spread(PairedAnswers(trials, people, model, 0))
        low, high = difference_interval(spread, TRIALS)
        held += low <= accuracy - of_model <= high
        claims += two_one_sided(spread, TRIALS, MARGIN) < 0.05
    print(f"{accuracy} {of_model}: holds {held / STUDIES:.3f}, on a par {claims / STUDIES:.3f}")
    assert 0.93 <= held / STUDIES <= 0.985
    if abs(accuracy - of_model) > MARGIN - 1e-9:
        assert claims / STUDIES <= 0.065


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("easy", "hard", "model_easy", "model_hard"), [(0.98, 0.9, 0.98, 0.9), (0.98, 0.9, 0.95, 0.6)]
)
def test_the_interval_of_a_difference_of_drops_holds_the_truth(
    easy: float, hard: float, model_easy: float, model_hard: float
) -> None:
    number, held = 300, 0
    both = [frame(PEOPLE, "UCF5"), frame(PEOPLE, "AFD5")]
    truth = (easy - hard) - (model_easy - model_hard)
    whole = np.ones(PEOPLE * CLIPS)
    nothing = np.zeros_like(whole)
    trials = pd.concat(both, ignore_index=True)
    pairs = zip(studies(easy, model_easy, number), studies(hard, model_hard, number), strict=True)
    rng = np.random.default_rng(1)
    for (people, model), (people_hard, model_of_hard) in pairs:
        columns = [
            np.concatenate(part)
            for part in (
                (people, nothing),
                (nothing, people_hard),
                (model, nothing),
                (nothing, model_of_hard),
                (whole, nothing),
                (nothing, whole),
            )
        ]
        spread = resample(trials, rng, draws=1_000).spread(np.column_stack(columns), _drops)
        ours = difference_interval(_part(spread, 0), np.repeat(TRIALS[:1], 2))
        theirs = difference_interval(_part(spread, 3), np.repeat(TRIALS[1:], 2))
        low, high = recover(_part(spread, 6), ours, theirs)
        held += low <= truth <= high
    print(f"{truth:.2f}: holds {held / number:.3f}")
    assert 0.92 <= held / number <= 0.995


@pytest.mark.campaign
@pytest.mark.parametrize(("models", "share"), [(2, 0.5), (5, 0.5), (5, 0.0)])
def test_models_that_are_alike_are_told_apart_in_one_study_of_twenty(models: int, share: float) -> None:
    number, wrong = 400, 0
    for seed in range(number):
        rng = np.random.default_rng(seed)
        shared = crowd(rng, dict.fromkeys("abcde"[:models], share), clips=100)
        wrong += int(rank_models(shared, "AFD5", rng, draws=500).differences["told_apart"].any())
    print(f"{models} models, share {share}: a pair told apart in {wrong / number:.3f}")
    assert wrong / number <= 0.085
