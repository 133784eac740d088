"""Do two observers, or two groups, mistake the same actions for the same others?

Two measures, on the items that both sides answered. Both are defined for sides of one observer or several.

*Distance of confusions.* For every action shown, the Jensen-Shannon distance (base 2, 0 to 1; a metric:
Endres & Schindelin 2003, IEEE Transactions on Information Theory 49, 1858) of the two distributions of
answers, a missing response counting as an answer of its own; the mean over actions. Xu et al. 2024 (Measuring
error alignment for decision-making systems, arXiv 2409.13919) compare the errors of classes by this
divergence. With few trials two samples of one confusion lie apart, too: ``chance`` is the mean distance of
such samples.

*Same wrong answer.* Where both are wrong: how often they name the same action, against how often they would
if each drew its wrong answers to that action from its own errors to it. What exceeds chance, as a share of
what could, is the kappa of misclassification agreement (Xu et al. 2024), here with chance taken for each
action.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial.distance import jensenshannon

from analysis.comparison.answers import Answers
from analysis.comparison.item_draws import Draws
from analysis.comparison.kappa import Numbers
from analysis.measures.intervals import Floats, plain_interval, ratio
from analysis.measures.resampling import variance_of_draws

PEOPLE, OTHERS = "people", "other people"
COLUMNS = (
    "a",
    "b",
    "kind",
    "condition",
    "items",
    "distance",
    "distance_low",
    "distance_high",
    "distance_chance",
    "distance_p",
    "shared_errors",
    "same_answer",
    "same_answer_low",
    "same_answer_high",
    "same_answer_chance",
    "same_answer_kappa",
)
_STEP = 100
_DRAWS = 500
"""Enough for a standard error: it is then off by 3 %."""
_NULL_DRAWS = 1_000


@dataclass(frozen=True)
class _Side:
    """``members`` are places of observers; ``drawn`` says whether they are chance, as people are."""

    name: str
    members: npt.NDArray[np.int64]
    drawn: bool


@dataclass(frozen=True)
class _Setting:
    """The actions of the shared items, (items, menu) of 0 and 1, and the weights of the draws."""

    shows: Numbers
    item_weights: Numbers
    observer_weights: Numbers


def confusion_agreement(
    answers: Answers, condition: str, draws: Draws, rng: np.random.Generator
) -> pd.DataFrame:
    """Confusions and same wrong answers of people and each model, of models, of each person and the others.

    The intervals draw clip groups, and people too where all of them are a side; a person, and the others whom
    the person is compared with, are taken as they are.

    Returns
    -------
    DataFrame
        ``COLUMNS``: ``distance_p`` tests whether both sides have one confusion, trials being independent;
        ``shared_errors`` counts pairs of wrong answers to one item, a missing response being none. NaN
        without a shared item, without a shared error, or where chance alone gives the same answer always
        (two actions to choose from).
    """
    rows = [
        (one.name, other.name, kind, condition, *_compare(answers, one, other, draws, rng))
        for one, other, kind in _comparisons(answers)
    ]
    table: pd.DataFrame = pd.DataFrame(rows, columns=list(COLUMNS))
    return table


def _comparisons(answers: Answers) -> list[tuple[_Side, _Side, str]]:
    people, models = np.flatnonzero(~answers.is_model), np.flatnonzero(answers.is_model)
    single = [_Side(name, np.array([place]), drawn=False) for place, name in enumerate(answers.observers)]
    found = [
        (_Side(PEOPLE, people, drawn=True), single[model], "human-model") for model in models if len(people)
    ]
    found += [
        (single[person], _Side(OTHERS, people[people != person], drawn=False), "human-human")
        for person in people
        if len(people) > 1
    ]
    found += [
        (single[one], single[other], "model-model")
        for place, one in enumerate(models)
        for other in models[place + 1 :]
    ]
    return found


def _compare(
    answers: Answers, one: _Side, other: _Side, draws: Draws, rng: np.random.Generator
) -> tuple[float, ...]:
    shared: npt.NDArray[np.bool_] = np.logical_and(
        answers.answered[one.members].any(axis=0), answers.answered[other.members].any(axis=0)
    )
    if not shared.any():
        return (0, *[np.nan] * (len(COLUMNS) - 5))
    sides = (_named(answers, one.members, shared), _named(answers, other.members, shared))
    setting = _Setting(
        np.eye(len(answers.menu))[answers.actions[shared]],
        draws.item_weights[:_DRAWS, shared],
        draws.observer_weights[:_DRAWS, one.members],
    )
    people = len(one.members) if one.drawn and len(one.members) > 1 else 0
    first, second = (side.sum(axis=0)[None] for side in sides)
    estimate = _measures(first, second, setting.shows, np.ones((1, 1)))
    low, high = _interval(sides, setting, estimate[0], draws, people)
    distance, same = float(estimate[0, 0]), float(estimate[0, 1])
    null = _distances_of_one_confusion(setting.shows.T @ first[0], setting.shows.T @ second[0], rng)
    chance = float(estimate[0, 2])
    beyond = (same - chance) / (1 - chance) if chance < 1 else np.nan
    return (
        int(shared.sum()),
        distance,
        low[0],
        high[0],
        float(null.mean()),
        float((1 + (null >= distance - 1e-12).sum()) / (1 + len(null))),
        float(estimate[0, 3]),
        same,
        low[1],
        high[1],
        chance,
        beyond,
    )


def _named(
    answers: Answers, members: npt.NDArray[np.int64], shared: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float32]:
    """What each member answered, (members, items, menu + 1) of 0 and 1; the last is no response."""
    chosen, counts = answers.chosen[np.ix_(members, shared)], answers.answered[np.ix_(members, shared)]
    of_menu = np.eye(len(answers.menu) + 1, dtype=np.float32)[chosen]  # -1 is the last
    return np.asarray(of_menu * counts[..., None], dtype=np.float32)


def _interval(
    sides: Sequence[npt.NDArray[np.float32]], setting: _Setting, estimate: Floats, draws: Draws, people: int
) -> tuple[Floats, Floats]:
    """Bounds of the distance and of the share of same answers, kept between 0 and 1."""
    whole = estimate[:2]
    still = [side.sum(axis=0)[None] for side in sides]
    things, crowd, both = [], [], []
    for start in range(0, len(setting.item_weights), _STEP):
        part = slice(start, start + _STEP)
        weights = setting.item_weights[part]
        things.append(_measures(still[0], still[1], setting.shows, weights)[:, :2])
        if people:
            drawn = np.tensordot(setting.observer_weights[part], sides[0], axes=1)
            crowd.append(_measures(drawn, still[1], setting.shows, np.ones((1, 1)))[:, :2])
            both.append(_measures(drawn, still[1], setting.shows, weights)[:, :2])
    of_things = np.concatenate(things) - whole
    of_people = np.concatenate(crowd) - whole if people else np.zeros_like(of_things)
    of_both = np.concatenate(both) - whole - of_things - of_people if people else np.zeros_like(of_things)
    spread = draws.crossing(people, "").combine(
        whole, variance_of_draws(of_people), variance_of_draws(of_things), variance_of_draws(of_both)
    )
    return plain_interval(spread, 0, 1)


def _measures(one: Numbers, other: Numbers, shows: Numbers, weights: Numbers) -> Floats:
    """Distance, share of same wrong answers, its chance, shared errors: (draws, 4).

    ``one`` and ``other`` count answers, (draws or 1, items, menu + 1); ``weights`` are (draws or 1, items or
    1).
    """
    weighted = shows.T * weights[:, None, :]
    first, second = weighted @ one, weighted @ other
    errors_a, errors_b = one[..., :-1] * (1 - shows), other[..., :-1] * (1 - shows)
    a, b = errors_a.sum(axis=-1), errors_b.sum(axis=-1)
    both = (a * b * weights).sum(axis=-1)
    same = ((errors_a * errors_b).sum(axis=-1) * weights).sum(axis=-1)
    # For every action: pairs of wrong answers to it, and how often two drawn from the errors to it are one.
    pairs = np.squeeze(weighted @ (a * b)[..., None], axis=-1)
    drawn_a, drawn_b = weighted @ errors_a, weighted @ errors_b
    alike = (
        ratio(drawn_a, drawn_a.sum(axis=-1, keepdims=True))
        * ratio(drawn_b, drawn_b.sum(axis=-1, keepdims=True))
    ).sum(axis=-1)
    chance = np.where(pairs > 0, pairs * alike, 0).sum(axis=-1)
    return np.stack(
        np.broadcast_arrays(_mean_distance(first, second), ratio(same, both), ratio(chance, both), both),
        axis=-1,
    )


def _mean_distance(first: Numbers, second: Numbers) -> Numbers:
    """Of confusion counts (..., actions, answers): the mean over the actions that both sides were shown."""
    with np.errstate(invalid="ignore", divide="ignore"):
        rows = jensenshannon(first, second, base=2, axis=-1)
    shown = (first.sum(axis=-1) > 0) & (second.sum(axis=-1) > 0)
    # Of equal rows the rounded divergence can fall below 0, which has no root.
    distance = np.where(shown, np.nan_to_num(rows), 0).sum(axis=-1)
    return ratio(distance, shown.sum(axis=-1).astype(np.float64))


def _distances_of_one_confusion(one: Numbers, other: Numbers, rng: np.random.Generator) -> Numbers:
    """Distances of two samples of the pooled confusion, as large as the sides, (actions, menu + 1)."""
    drawn = np.zeros((2, _NULL_DRAWS, *one.shape))
    for row in np.flatnonzero(one.sum(axis=1) + other.sum(axis=1)):
        shares = (one[row] + other[row]) / (one[row] + other[row]).sum()
        for side, counts in enumerate((one, other)):
            drawn[side, :, row] = rng.multinomial(round(float(counts[row].sum())), shares, _NULL_DRAWS)
    return _mean_distance(drawn[0], drawn[1])
