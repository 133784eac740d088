"""How often 95 % intervals hold the truth, in simulated studies of the study's design.

Participants, clip groups and clips all differ by chance (``simulated.USUAL``), and each simulated study has
new ones of each. What is found is printed and kept in ``build/coverage.tsv``; docs/analysis-methods.md shows
it. To see it: ``python -m pytest -m campaign tests/analysis/measures/test_coverage.py -s``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from analysis.measures.accuracy import accuracy, accuracy_drop
from analysis.measures.blocks import learning_slopes
from analysis.measures.choice_times import quantile_intervals
from tests.analysis.measures.simulated import ACTIONS, CLIPS, USUAL, Differences, chances, frame, right, times
from tests.conftest import REPOSITORY

STUDIES = 2_000
DRAWS = 500
PEOPLE = (3, 5, 10, 20, 30)

Bounds = tuple[float, float]


def coverage(study: Callable[[np.random.Generator], tuple[float, Bounds]], seed: int) -> tuple[float, float]:
    """Share of ``STUDIES`` whose bounds hold the truth, and the mean width of the bounds."""
    rng = np.random.default_rng(seed)
    held, widths = [], []
    for _ in range(STUDIES):
        truth, (low, high) = study(rng)
        held.append(low <= truth <= high)
        widths.append(high - low)
    return float(np.mean(held)), float(np.mean(widths))


@pytest.fixture(scope="module", autouse=True)
def _new_table() -> None:
    """Start a table of its own with every run."""
    (REPOSITORY / "build" / "coverage.tsv").unlink(missing_ok=True)


def keep(what: str, people: int, truth: float, found: tuple[float, float]) -> None:
    path = REPOSITORY / "build" / "coverage.tsv"
    path.parent.mkdir(exist_ok=True)
    line = f"{what}\t{people}\t{truth}\t{100 * found[0]:.1f}\t{found[1]:.3f}\n"
    with path.open("a", encoding="utf-8") as file:
        file.write(line)
    print(line, end="")


def bounds(table: pd.DataFrame) -> Bounds:
    return float(table["low"].iloc[0]), float(table["high"].iloc[0])


@pytest.mark.campaign
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("people", PEOPLE)
@pytest.mark.parametrize("truth", [0.6, 0.7, 0.8, 0.9, 0.95, 0.97, 0.99])
def test_an_accuracy_is_held_by_its_interval(
    people: int, truth: float, request: pytest.FixtureRequest
) -> None:
    if (people, truth) == (3, 0.95):
        too_often = "with 3 participants near the ceiling 97.2 % are held, above the 97 that are wanted"
        request.applymarker(pytest.mark.xfail(reason=too_often, strict=True))
    trials = frame(people)

    def one(rng: np.random.Generator) -> tuple[float, Bounds]:
        answered = trials.assign(correct=right(chances(people, truth, USUAL, rng), rng))
        return truth, bounds(accuracy(answered, ["condition"], rng, DRAWS))

    found = coverage(one, seed=people * 1000 + round(1000 * truth))
    keep("accuracy", people, truth, found)
    assert found[0] >= 0.93
    assert truth > 0.95 or found[0] <= 0.97


@pytest.mark.campaign
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("people", PEOPLE)
@pytest.mark.parametrize("differences", [Differences(0.3, 0.3, 0.3), Differences(1.0, 0.8, 0.5)])
def test_an_accuracy_is_held_where_people_and_clips_differ_less_or_more(
    people: int, differences: Differences
) -> None:
    trials = frame(people)

    def one(rng: np.random.Generator) -> tuple[float, Bounds]:
        answered = trials.assign(correct=right(chances(people, 0.9, differences, rng), rng))
        return 0.9, bounds(accuracy(answered, ["condition"], rng, DRAWS))

    found = coverage(one, seed=people)
    sizes = f"{differences.observers} {differences.groups} {differences.clips}"
    keep(f"accuracy, differences of {sizes}", people, 0.9, found)
    assert found[0] >= 0.91


@pytest.mark.campaign
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("people", PEOPLE)
def test_the_accuracy_of_an_action_is_held_by_its_interval(people: int) -> None:
    trials = frame(people)
    trials = trials[trials["action"] == ACTIONS[1]]
    of_action = slice(18, 36)

    def one(rng: np.random.Generator) -> tuple[float, Bounds]:
        answered = trials.assign(correct=right(chances(people, 0.9, USUAL, rng)[:, of_action], rng))
        return 0.9, bounds(accuracy(answered, ["condition", "action"], rng, DRAWS))

    found = coverage(one, seed=people)
    keep("accuracy of one action", people, 0.9, found)
    assert found[0] >= 0.92


@pytest.mark.campaign
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("people", PEOPLE)
def test_the_accuracy_at_these_very_clips_is_held_by_the_interval_with_clips_fixed(people: int) -> None:
    trials = frame(people)

    def one(rng: np.random.Generator) -> tuple[float, Bounds]:
        everybody = chances(people + 2_000, 0.9, USUAL, rng)
        answered = trials.assign(correct=right(everybody[:people], rng))
        table = accuracy(answered, ["condition"], rng, DRAWS, items="fixed")
        return float(everybody[people:].mean()), bounds(table)

    found = coverage(one, seed=people)
    keep("accuracy, clips fixed", people, 0.9, found)
    assert found[0] >= 0.93


@pytest.mark.campaign
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("people", PEOPLE)
@pytest.mark.parametrize("accuracies", [(0.989, 0.898), (0.9, 0.7)])
def test_a_drop_is_held_by_its_interval(people: int, accuracies: tuple[float, float]) -> None:
    trials = pd.concat([frame(people, "UCF5"), frame(people, "AFD5")], ignore_index=True)
    truth = accuracies[0] - accuracies[1]

    def one(rng: np.random.Generator) -> tuple[float, Bounds]:
        correct = [right(chances(people, share, USUAL, rng), rng) for share in accuracies]
        answered = trials.assign(correct=np.concatenate(correct))
        return truth, bounds(accuracy_drop(answered, "UCF5", "AFD5", rng, DRAWS))

    found = coverage(one, seed=people)
    keep(f"drop from {accuracies[0]} to {accuracies[1]}", people, truth, found)
    assert found[0] >= 0.92


@pytest.mark.campaign
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("people", PEOPLE)
def test_a_median_time_is_held_by_its_interval(people: int) -> None:
    trials = frame(people)

    def one(rng: np.random.Generator) -> tuple[float, Bounds]:
        found = quantile_intervals(trials.assign(time=times(people, rng)), "time", (0.5,))
        return float(np.e), (float(found.low[0]), float(found.high[0]))

    found = coverage(one, seed=people)
    keep("median time", people, float(np.e), found)
    assert found[0] >= 0.92


@pytest.mark.campaign
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("people", PEOPLE)
def test_that_nothing_is_learned_is_held_by_the_interval_of_the_slope(people: int) -> None:
    trials = frame(people)
    orders = np.tile(np.arange(1, CLIPS + 1), (people, 1))

    def one(rng: np.random.Generator) -> tuple[float, Bounds]:
        correct = right(chances(people, 0.9, USUAL, rng), rng)
        order = rng.permuted(orders, axis=1).ravel()
        return 0.0, bounds(learning_slopes(trials.assign(trial=order, correct=correct)))

    found = coverage(one, seed=people)
    keep("slope of log-odds", people, 0.0, found)
    assert found[0] >= 0.92
