"""Answers of people and of models to the same clips, with known accuracies."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tests.analysis.measures.simulated import ACTIONS, study

MENU = "|".join(ACTIONS)


def people(number: int = 6) -> pd.DataFrame:
    """Test trials of a study in both conditions, each on 90 clips of 35 groups."""
    trials = study(number, np.random.default_rng(1), (("UCF5", 0.97), ("AFD5", 0.9)))
    return _complete(trials, "human")


def model(name: str, accuracies: Mapping[str, float], seed: int = 2) -> pd.DataFrame:
    """One run of a model on the clips of ``people``; wrong answers name the next action."""
    clips = people(1)
    clips = clips[clips["condition"].isin(list(accuracies))].reset_index(drop=True)
    chance = np.random.default_rng(seed).random(len(clips))
    right = chance < clips["condition"].map(accuracies).to_numpy(dtype=float)
    following = {action: ACTIONS[(place + 1) % len(ACTIONS)] for place, action in enumerate(ACTIONS)}
    response = clips["action"].where(right, clips["action"].map(following))
    answers = clips.assign(observer=name, response=response, correct=right.astype(int))
    return _complete(answers, "model")


def _complete(trials: pd.DataFrame, kind: str) -> pd.DataFrame:
    complete: pd.DataFrame = trials.assign(observer_kind=kind, menu_order=MENU, split="test")
    return complete
