"""Answers of observers to items, made without trial tables."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.comparison.answers import Answers

MENU = ("Swing", "Lunges", "PushUps", "PullUps", "JumpingJack")


def answers_from(
    right: npt.ArrayLike,
    *,
    models: int = 0,
    groups: npt.ArrayLike | None = None,
    actions: npt.ArrayLike | None = None,
    chosen: npt.ArrayLike | None = None,
    conditions: tuple[str, ...] | None = None,
) -> Answers:
    """Observers p0, p1, ... and, last, so many models m0, m1, ...; every item a group unless told otherwise.

    ``right`` is (observers, items) of 1, 0 and NaN. A wrong answer names the action after the right one.
    """
    is_right = np.asarray(right, dtype=np.float64)
    number, items = is_right.shape
    action = np.asarray(np.arange(items) % len(MENU) if actions is None else actions, dtype=np.int64)
    named = np.where(is_right == 1, action, (action + 1) % len(MENU)) if chosen is None else chosen
    people = number - models
    return Answers(
        observers=(*(f"p{place}" for place in range(people)), *(f"m{place}" for place in range(models))),
        kinds=("human",) * people + ("model",) * models,
        items=tuple(f"AFD5/{place}" for place in range(items)),
        actions=action,
        groups=np.asarray(np.arange(items) if groups is None else groups, dtype=np.int64),
        conditions=conditions or ("AFD5",) * items,
        menu=MENU,
        right=is_right,
        chosen=np.where(np.isfinite(is_right), named, -1).astype(np.int64),
        times_s=np.full(is_right.shape, np.nan),
        remarks=(),
    )


def drawn_answers(rng: np.random.Generator, people: int, items: int = 90, spread: float = 1.0) -> Answers:
    """People who err together on hard items: an item's log-odds vary with a standard deviation ``spread``."""
    ease = 2.6 + spread * rng.normal(size=items)
    return answers_from((rng.random((people, items)) < 1 / (1 + np.exp(-ease))).astype(float))
