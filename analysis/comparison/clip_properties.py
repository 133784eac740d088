"""Which properties of clips go with errors: of people and of models, over all clips and within actions.

The study says that its networks fail on fast camera motion. A property may differ between actions that are
hard for another reason, so each correlation is also given within actions: ranks less the mean rank of the
action. A correlation is no cause, and with many of them one in twenty intervals misses 0 by chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from analysis.comparison.answers import Answers
from analysis.comparison.certainty import on_items
from analysis.comparison.clip_motion import ClipMotion
from analysis.comparison.item_draws import Draws
from analysis.comparison.items import ClipScores, correlation_interval
from analysis.comparison.rank_correlation import Numbers

PROPERTIES = ("duration_s", "motion", "camera_motion", "body_motion")
PEOPLE = "People"
COLUMNS = (
    "condition",
    "observer",
    "observer_kind",
    "measure",
    "property",
    "clips",
    "rho",
    "low",
    "high",
    "rho_within",
    "within_low",
    "within_high",
    "method",
    "remark",
)


def property_table(motions: Sequence[ClipMotion], answers: Answers) -> pd.DataFrame:
    """The properties of the clips of ``answers``, one row each.

    Returns
    -------
    DataFrame
        ``condition, clip_id, action, duration_s``, and ``motion``, ``camera_motion``, ``body_motion`` in
        shorter sides per second, ``flow`` as in ``ClipMotion``; NaN for a clip that is not in ``motions``.
    """
    measured = pd.DataFrame([asdict(each) for each in motions], columns=["clip_id", *PROPERTIES, "flow"])
    clips = pd.DataFrame(
        {
            "condition": answers.conditions,
            "clip_id": answers.items,
            "action": [answers.menu[action] for action in answers.actions],
        }
    )
    table: pd.DataFrame = clips.merge(measured, on="clip_id", how="left")
    return table


def property_correlations(
    answers: Answers,
    of_models: pd.DataFrame,
    properties: pd.DataFrame,
    draws: Draws,
    scores: tuple[ClipScores, ...],
) -> pd.DataFrame:
    """Spearman's rank correlation of each property with errors and times of people, and errors of models.

    ``properties`` is that of ``property_table``. Above 0, people or models err more, or are slower, where
    there is more of the property.

    Returns
    -------
    DataFrame
        The columns ``COLUMNS``. ``measure`` is ``errors`` (of people the share of wrong answers, of a model 1
        less its probability of the right action, or less its answer where it gave none) or ``median_time``.
        ``rho_within`` is within actions. ``method`` of the 95 % intervals says what is drawn.
    """
    rows = []
    people = int((~answers.is_model).sum())
    condition = answers.conditions[0] if answers.conditions else ""
    for observer, kind, measure, of_observer, number in _errors(answers, of_models, draws, scores, people):
        for name in PROPERTIES:
            values = properties[name].to_numpy(dtype=np.float64)
            rho, low, high, method = correlation_interval(of_observer, values, draws, number)
            within, within_low, within_high, _ = correlation_interval(
                of_observer, values, draws, number, answers.actions
            )
            known = np.isfinite(of_observer.whole) & np.isfinite(values)
            rows.append(
                (
                    condition,
                    observer,
                    kind,
                    measure,
                    name,
                    int(known.sum()),
                    rho,
                    low,
                    high,
                    within,
                    within_low,
                    within_high,
                    method.removesuffix(", the model fixed"),
                    _why_not(of_observer.whole[known], values[known]) if np.isnan(rho) else None,
                )
            )
    table: pd.DataFrame = pd.DataFrame(rows, columns=list(COLUMNS))
    return table


def _errors(
    answers: Answers, of_models: pd.DataFrame, draws: Draws, scores: tuple[ClipScores, ...], people: int
) -> Iterator[tuple[str, str, str, ClipScores, int]]:
    """Name, kind, measure, its values, and how many people are drawn (none for a model)."""
    accuracy, times = scores
    if people:
        wrong = ClipScores("errors", 1 - accuracy.single, 1 - accuracy.whole, 1 - accuracy.drawn)
        yield PEOPLE, "human", "errors", wrong, people
        yield PEOPLE, "human", "median_time", times, people
    for name in answers.models:
        own = on_items(of_models, name, answers.items)
        errors: Numbers = 1 - own["p_right"].fillna(own["right"]).to_numpy(dtype=np.float64)
        yield (
            name,
            "model",
            "errors",
            ClipScores("errors", errors[None], errors, np.broadcast_to(errors, draws.item_weights.shape)),
            0,
        )


def _why_not(errors: Numbers, values: Numbers) -> str:
    if not len(values):
        return "no clip has both"
    if len(np.unique(errors)) == 1:
        return "errors or times are the same for all clips"
    if len(np.unique(values)) == 1:
        return "the property is the same for all clips"
    return "too few clips have both"
