"""Human response times from a network: its evidence drives a race, which is asked about clips it never met.

Four races are compared on held-out clips. ``none`` knows people and biases alone. ``evidence`` knows what the
network gave to each action. ``shown`` knows which action is right, and no clip apart. ``both`` knows both:
what it gains over ``shown`` is what the network knows of single clips beyond the right answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.decisions.clip_correlation import clip_correlation
from analysis.decisions.network_evidence import HeldOut, clip_folds, evidence_at, held_out
from analysis.decisions.race_parameters import RaceModel
from analysis.decisions.race_trials import answered, race_trials
from analysis.errors import AnalysisError
from analysis.measures.intervals import methods, plain_interval
from analysis.measures.resampling import cross

RACES = {
    "none": RaceModel(shown=False, evidence=False),
    "evidence": RaceModel(shown=False, evidence=True),
    "shown": RaceModel(shown=True, evidence=False),
    "both": RaceModel(shown=True, evidence=True),
}
GAINS = (("evidence", "none"), ("shown", "none"), ("both", "none"), ("both", "shown"))
COMPARED = (
    ("time", "evidence", "none"),
    ("time", "shown", "none"),
    ("time", "both", "none"),
    ("time_within_actions", "evidence", "none"),
    ("time_within_actions", "both", "shown"),
    ("choice", "evidence", "none"),
    ("choice", "shown", "none"),
    ("choice", "both", "none"),
)
CLIP_COLUMNS = ["model", "condition", "clip_id", "action", "group", "trials", "median_s", "predicted_s"]
CLIP_COLUMNS += ["accuracy", "predicted_accuracy"]
MEASURE_COLUMNS = [
    "model",
    "condition",
    "race",
    "over",
    "quantity",
    "clips",
    "trials",
    "value",
    "low",
    "high",
    "method",
]


@dataclass(frozen=True)
class NetworkTimes:
    """What one network says of people's answers in one condition, on held-out clips.

    ``clips`` has a row a clip: ``model, condition, clip_id, action, group, trials, median_s`` (of people),
    ``predicted_s`` (race ``evidence``), ``accuracy`` (of people), ``predicted_accuracy``.

    ``measures`` has ``model, condition, race, over, quantity, clips, trials, value, low, high, method``:

    - ``gain``: log-likelihood per trial (nats) of ``race`` less that of the race ``over``;
    - ``time``: rank correlation over clips of people's median time and the race's over that of ``over``;
    - ``time_within_actions``: the same with the mean of each action taken out;
    - ``choice``: rank correlation over clips of people's accuracy and the race's chance of a right answer
      less that of ``over``.
    """

    clips: pd.DataFrame
    measures: pd.DataFrame
    remarks: tuple[str, ...]


def network_times(
    people: pd.DataFrame, answers: pd.DataFrame, actions: tuple[str, ...], rng: np.random.Generator
) -> NetworkTimes:
    """Hold the answers of one model against test trials of people; both are trial tables of one condition.

    Raises
    ------
    AnalysisError
        Where no answer of people has a time, the model has no probabilities for clips that people answered,
        or the answers are too few.
    """
    name, condition = str(answers["observer"].iloc[0]), str(people["condition"].iloc[0])
    trials = answered(people)
    if trials.empty:
        raise AnalysisError(f"no answer of people in {condition} has a time")
    evidence = evidence_at(trials["clip_id"], answers, actions)
    known: NDArray[np.bool_] = np.asarray(np.isfinite(evidence).all(axis=1), dtype=np.bool_)
    if not known.any():
        raise AnalysisError(
            f"{name} has no probabilities (columns p_<Action>) for the clips that people answered in "
            f"{condition}; times can be predicted from probabilities alone"
        )
    remarks = _unknown_clips(name, condition, trials[~known])
    trials = pd.DataFrame(trials[known]).reset_index(drop=True)
    race_data = race_trials(trials, actions, evidence[known])
    fold = clip_folds(trials, rng)
    found = {race: held_out(race_data, fold, model) for race, model in RACES.items()}
    rows = [*_gains(trials, found), *_correlations(trials, found, rng)]
    head = {"model": name, "condition": condition}
    counts = {"clips": trials["clip_id"].nunique(), "trials": len(trials)}
    measures = pd.DataFrame([head | counts | row for row in rows], columns=MEASURE_COLUMNS)
    clips = _by_clip(trials, found["evidence"]).assign(**head)
    return NetworkTimes(clips.reindex(columns=CLIP_COLUMNS), measures, remarks)


def _gains(trials: pd.DataFrame, found: dict[str, HeldOut]) -> list[dict[str, object]]:
    crossing, rows = cross(trials), []
    for race, over in GAINS:
        gain = found[race].log_density - found[over].log_density
        spread = crossing.shares(crossing.cells(np.column_stack([gain, np.ones_like(gain)])))
        low, high = plain_interval(spread)
        rows.append(
            {
                "race": race,
                "over": over,
                "quantity": "gain",
                "value": float(spread.estimate[0]),
                "low": float(low[0]),
                "high": float(high[0]),
                "method": methods(spread, crossing.method)[0],
            }
        )
    return rows


def _correlations(
    trials: pd.DataFrame, found: dict[str, HeldOut], rng: np.random.Generator
) -> list[dict[str, object]]:
    times = trials["time_to_choose"].to_numpy(dtype=np.float64)
    right = trials["correct"].to_numpy(dtype=np.float64)
    rows: list[dict[str, object]] = []
    # Each race less what one that knows less says from the same parts: the mean of all other clips is lower
    # where a part is slow, and that alone would make a negative correlation.
    for quantity, race, over in COMPARED:
        slower = np.log(found[race].median_s / found[over].median_s)
        within = quantity == "time_within_actions"
        if quantity == "choice":
            observed, predicted = right, found[race].right - found[over].right
        else:
            observed, predicted = (np.log(times) if within else times), slower
        result = clip_correlation(
            trials,
            observed,
            predicted,
            rng,
            "mean" if quantity == "choice" else "median",
            within_actions=within,
        )
        rows.append({"race": race, "over": over, "quantity": quantity} | vars(result))
    return rows


def _by_clip(trials: pd.DataFrame, held: HeldOut) -> pd.DataFrame:
    told = trials.assign(predicted_s=held.median_s, predicted_accuracy=held.right)
    table: pd.DataFrame = (
        told.groupby("clip_id", sort=False)
        .agg(
            action=("action", "first"),
            group=("group", "first"),
            trials=("correct", "size"),
            median_s=("time_to_choose", "median"),
            predicted_s=("predicted_s", "median"),
            accuracy=("correct", "mean"),
            predicted_accuracy=("predicted_accuracy", "mean"),
        )
        .reset_index()
    )
    return table


def _unknown_clips(name: str, condition: str, trials: pd.DataFrame) -> tuple[str, ...]:
    if trials.empty:
        return ()
    clips = trials["clip_id"].nunique()
    return (f"{condition}: {name} has no probabilities for {clips} clips that people answered",)
