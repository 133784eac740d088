"""A network's probabilities as evidence for each action, and races that are asked about clips they never met.

The rate of an accumulator is ``level + slope * evidence``; the evidence for an action is the logarithm of its
probability, less the mean over all actions. That is the network's logits, which are known up to a constant,
with their mean taken out, as rates in advantage races depend on differences of evidence (van Ravenzwaaij,
Brown, Marley & Heathcote 2020, Psychological Review 127, 186).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.decisions.race import Whole, choice_probabilities, median_times
from analysis.decisions.race_fit import fit_race
from analysis.decisions.race_parameters import RaceModel
from analysis.decisions.race_trials import RaceTrials
from analysis.errors import AnalysisError
from analysis.measures.intervals import Floats
from analysis.measures.resampling import cross
from analysis.probabilities import PREFIX

FOLDS = 5
FLOOR = 0.01
"""The share of even chances mixed into probabilities: a file's 0 is no proof that an answer cannot be."""


def evidence_of(probabilities: Floats) -> Floats:
    """Evidence for each action in log units, (clips, actions), each row adding up to 0.

    ``probabilities`` are (clips, actions), 0 to 1, and need not add up to 1. Two actions at .5 each, or at .1
    each, have evidence 0; .9 and .1 have 1.08 and -1.08.
    """
    shares = probabilities / probabilities.sum(axis=1, keepdims=True)
    logs = np.log((1 - FLOOR) * shares + FLOOR / probabilities.shape[1])
    centred: Floats = logs - logs.mean(axis=1, keepdims=True)
    return centred


def evidence_at(clips: pd.Series[str], answers: pd.DataFrame, actions: Sequence[str]) -> Floats:
    """The evidence of one model for every row of ``clips`` (clip names), (rows, actions).

    NaN where the model has no probabilities for the clip; several runs count by the mean of theirs. Actions
    that the model could not name have probability 0.
    """
    columns = [f"{PREFIX}{action}" for action in actions]
    told = answers.reindex(columns=columns).astype("float64")
    known = told.notna().any(axis=1)
    if not known.any():
        return np.full((len(clips), len(actions)), np.nan)
    of_clip = told[known].fillna(0.0).groupby(answers.loc[known, "clip_id"]).mean()
    nowhere = of_clip.sum(axis=1) == 0
    evidence = pd.DataFrame(
        evidence_of(of_clip[~nowhere].to_numpy()), index=of_clip.index[~nowhere], columns=columns
    )
    rows: Floats = evidence.reindex(clips).to_numpy(dtype=np.float64)
    return rows


def clip_folds(trials: pd.DataFrame, rng: np.random.Generator) -> Whole:
    """Which part each trial is held out with, (trials,): clip groups dealt out within each action.

    Raises
    ------
    AnalysisError
        With fewer than two clip groups.
    """
    crossing = cross(trials)
    if crossing.items < 2:
        raise AnalysisError("times can be predicted for held-out clips only where there are two clip groups")
    order = rng.permutation(crossing.items)
    order = order[np.argsort(crossing.stratum[order], kind="stable")]
    fold = np.empty(crossing.items, dtype=np.int64)
    # Dealt on from one action to the next, so that small actions do not all fill the first part.
    fold[order] = np.arange(crossing.items) % min(FOLDS, crossing.items)
    dealt: Whole = fold[crossing.item]
    return dealt


@dataclass(frozen=True)
class HeldOut:
    """What races fitted to other clips say of every trial, (trials,) each.

    ``log_density`` of the person's answer at its time, per second; ``right``, the chance of a right answer;
    ``median_s``, the median time of this person's answer.
    """

    log_density: Floats
    right: Floats
    median_s: Floats


def held_out(trials: RaceTrials, fold: Whole, model: RaceModel) -> HeldOut:
    """Fit a race to all parts but one, and ask it about that one, for each part of ``fold`` (trials,).

    Raises
    ------
    AnalysisError
        As ``fit_race``, of what is left without a part.
    """
    densities, right, medians = (np.full(len(trials), np.nan) for _ in range(3))
    start: Floats | None = None
    for part in np.unique(fold):
        there = fold == part
        fit = fit_race(trials.at(~there), model, start=start, intervals=False)
        start = fit.raw
        new = trials.at(there)
        rates = fit.rates(new)
        densities[there] = fit.log_densities(new)
        right[there] = choice_probabilities(fit.race, rates, new.shown)[np.arange(len(new)), new.shown]
        medians[there] = median_times(fit.race, rates, new.shown)
    return HeldOut(densities, right, medians)
