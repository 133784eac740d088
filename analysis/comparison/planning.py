"""How many participants and trials a study needs: the power of its own tests in simulated studies.

Each simulated study has new participants, new clip groups and new clips; everybody answers the same clips. It
is judged by the interval that the analysis will use, so that the power is that of the test that will be made.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison.planned_tests import answered
from analysis.comparison.planning_question import KINDS, Question
from analysis.comparison.simulated_answers import Design, ModelAnswers, people_alone, people_and_model
from analysis.comparison.study_source import StudySource
from analysis.errors import AnalysisError
from analysis.measures.intervals import NORMAL, wilson

COLUMNS = ("question", "participants", "trials", "all_trials", "studies", "power", "low", "high", "enough")
_MOST_VALUES = 2_000_000


@dataclass(frozen=True)
class Grid:
    """Which numbers of ``participants`` and ``trials`` of each are tried, each in ``studies`` studies."""

    participants: tuple[int, ...] = (5, 10, 20, 30, 40)
    trials: tuple[int, ...] = (45, 90, 180, 360)
    studies: int = 300


def power_table(question: Question, source: StudySource, grid: Grid, power: float, seed: int) -> pd.DataFrame:
    """The power of every design of ``grid``.

    A study counts where its interval lies wholly on the expected side of ``value`` (95 %), or, for ``par``,
    wholly inside the margin (90 %). The same ``seed`` gives the same table.

    Returns
    -------
    DataFrame
        ``question``, ``participants``, ``trials`` (of each), ``all_trials``, ``studies`` (simulated),
        ``power`` (0 to 1), ``low``, ``high`` (what it may be, given the number of studies: Wilson, 95 %),
        ``enough`` (1 where ``power`` is reached).

    Raises
    ------
    AnalysisError
        Where the grid or the power is not possible.
    """
    _check_grid(grid, source, power)
    rows = []
    for trials in grid.trials:
        for participants in grid.participants:
            design = Design(participants, trials, len(source.accuracies), source.groups_per_action)
            # Each design has draws of its own, whichever others are tried.
            rng = np.random.default_rng([seed, KINDS.index(question.kind), participants, trials])
            found = _found(question, source, design, grid.studies, rng)
            low, high = wilson(np.array(found / grid.studies), np.array(float(grid.studies)), NORMAL)
            rows.append(
                (
                    question.kind,
                    participants,
                    trials,
                    participants * trials,
                    grid.studies,
                    found / grid.studies,
                    float(low),
                    float(high),
                    int(found / grid.studies >= power),
                )
            )
    table: pd.DataFrame = pd.DataFrame(rows, columns=list(COLUMNS))
    return table


def plan_sentence(table: pd.DataFrame, question: Question, power: float) -> str:
    """Which design is the smallest that is enough, and which there are beside it."""
    aim = f"To {question.named} with a power of {power:.0%}"
    designs = sorted(table.to_dict("records"), key=lambda row: (row["all_trials"], row["participants"]))
    least = {
        trials: min((row for row in designs if row["trials"] == trials and row["enough"]), key=_people)
        for trials in sorted({row["trials"] for row in designs if row["enough"]})
    }
    if not least:
        best = max(designs, key=lambda row: float(row["power"]))
        return (
            f"{aim}, none of these designs is enough: the best of them, {best['participants']} participants "
            f"with {best['trials']} trials each, has a power of {best['power']:.0%}."
        )
    first = next(row for row in designs if row in least.values())
    also = [f"{row['participants']} with {trials}" for trials, row in least.items() if row is not first]
    never = [str(trials) for trials in table["trials"].unique() if trials not in least]
    sentence = (
        f"{aim}, {first['participants']} participants with {first['trials']} trials each are enough "
        f"(power {first['power']:.0%}, {first['low']:.0%} to {first['high']:.0%} given "
        f"{first['studies']} simulated studies)"
    )
    sentence += f"; so are {', '.join(also)}" if also else ""
    sentence += f"; with {' or '.join(never)} trials none of these numbers is" if never else ""
    return f"{sentence}."


def _people(row: dict[Hashable, Any]) -> int:
    return int(row["participants"])


def _found(
    question: Question, source: StudySource, design: Design, studies: int, rng: np.random.Generator
) -> int:
    """In how many of the simulated studies the question is answered as expected."""
    found = 0
    at_once = max(1, _MOST_VALUES // (design.participants * design.trials))
    for start in range(0, studies, at_once):
        number = min(at_once, studies - start)
        if question.kind == "accuracy":
            people = people_alone(source, question.expected, design, number, rng)
            model = np.zeros((number, design.trials))
        else:
            people, model = people_and_model(
                source, source.accuracy, _model(question, source), design, number, rng
            )
        found += sum(answered(question, *answers, design) for answers in zip(people, model, strict=True))
    return found


def _model(question: Question, source: StudySource) -> ModelAnswers:
    if question.kind == "kappa":
        return ModelAnswers(question.model_accuracy, question.expected)
    # Errors that have nothing in common leave the difference the least sure.
    return ModelAnswers(source.accuracy - question.expected)


def _check_grid(grid: Grid, source: StudySource, power: float) -> None:
    actions = len(source.accuracies)
    if not 0 < power < 1:
        raise AnalysisError(f"--power is {power:g}; allowed is more than 0 and less than 1, as 0.8")
    _check_numbers("--participants", grid.participants, 2)
    _check_numbers("--trials", grid.trials, 2 * actions)
    if grid.studies < 1:
        raise AnalysisError(f"--studies is {grid.studies}; allowed is 1 and more")


def _check_numbers(option: str, numbers: Sequence[int], least: int) -> None:
    for number in numbers:
        if number < least:
            raise AnalysisError(f"{option}: found {number}; allowed are whole numbers from {least}")
    if not numbers or len(set(numbers)) < len(numbers):
        raise AnalysisError(f"{option}: give each number once, and at least one")
