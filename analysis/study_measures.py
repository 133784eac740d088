"""The measures over all conditions of a study, computed once for figures, tables and report alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.measures.accuracy import accuracy
from analysis.measures.blocks import accuracy_by_block, learning_slopes, times_by_block
from analysis.measures.choice_times import choice_time_quantiles, choice_times_by_observer
from analysis.measures.confusion import confusion_by_observer
from analysis.measures.crossing import Items
from analysis.measures.information import information
from analysis.measures.items import clip_difficulty
from analysis.measures.mixed_model import disagreement, mixed_model
from analysis.measures.sensitivity import sensitivity, sensitivity_by_observer
from analysis.measures.speed_accuracy import speed_accuracy_correlation, speed_and_accuracy
from analysis.measures.time_differences import time_differences
from analysis.measures.within_participant import within_participant_intervals


@dataclass(frozen=True)
class StudyMeasures:
    """Tables over all conditions; the columns are those of ``measures``, of test trials unless said.

    ``scores`` is the accuracy of every participant in every condition. ``blocks`` holds accuracy
    (``accuracy``, ``low``, ``high``, ``method``) and median time (``median``, ``median_low``,
    ``median_high``, ``median_method``) per condition and block of the test. ``quantiles``,
    ``times_by_observer`` and ``differences`` are of training and test. ``disagreement`` sets the mixed model
    beside the bootstrap.
    """

    scores: pd.DataFrame
    within: pd.DataFrame
    sensitivity: pd.DataFrame
    sensitivity_by_observer: pd.DataFrame
    confusion_by_observer: pd.DataFrame
    information: pd.DataFrame
    quantiles: pd.DataFrame
    times_by_observer: pd.DataFrame
    blocks: pd.DataFrame
    slopes: pd.DataFrame
    speed: pd.DataFrame
    correlation: pd.DataFrame
    differences: pd.DataFrame
    clips: pd.DataFrame
    mixed: pd.DataFrame
    disagreement: pd.DataFrame


def measure_study(
    test: pd.DataFrame,
    training: pd.DataFrame,
    actions: Sequence[str],
    of_conditions: pd.DataFrame,
    rng: np.random.Generator,
    items: Items = "group",
) -> StudyMeasures:
    """All that is measured over conditions, from test and training trials without attention checks.

    ``of_conditions`` is the accuracy of each condition, computed already: two draws of one interval would
    differ in their last digit. ``items`` are drawn beside participants.
    """
    scores = accuracy(test, ["condition", "observer"], rng, items=items)
    both = pd.concat([training, test], ignore_index=True)
    speed, mixed = speed_and_accuracy(test), mixed_model(test)
    return StudyMeasures(
        scores=scores,
        within=within_participant_intervals(scores, "accuracy"),
        sensitivity=sensitivity(test, actions, rng, items=items),
        sensitivity_by_observer=sensitivity_by_observer(test, actions),
        confusion_by_observer=confusion_by_observer(test, actions),
        information=information(test, actions, rng, items=items),
        quantiles=choice_time_quantiles(both, actions, items),
        times_by_observer=choice_times_by_observer(both),
        blocks=blocks_of(test, rng, items),
        slopes=learning_slopes(test),
        speed=speed,
        correlation=speed_accuracy_correlation(speed),
        differences=time_differences(both, actions, rng),
        clips=clip_difficulty(test),
        mixed=mixed,
        disagreement=disagreement(mixed, of_conditions),
    )


def blocks_of(test: pd.DataFrame, rng: np.random.Generator, items: Items = "group") -> pd.DataFrame:
    """Accuracy and median times by block, as ``learning_curves`` takes them."""
    keys = ["condition", "phase", "block", "first_trial", "last_trial"]
    times = times_by_block(test, items=items).rename(
        columns={"low": "median_low", "high": "median_high", "method": "median_method"}
    )
    blocks: pd.DataFrame = accuracy_by_block(test, rng, items=items).merge(
        times.drop(columns="trials"), on=keys, how="left", sort=False
    )
    return blocks
