"""The tests that a planned study will make, of answers in which everybody met the same clips.

``answered`` is the test of each question; the intervals are those of the analysis itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from analysis.comparison.design_effect import mean_pull
from analysis.comparison.equivalence import TEST_LEVEL
from analysis.comparison.kappa import kappa_of, pair_counts
from analysis.comparison.kappa_parts import Part, centred, spread_of_parts, variance_without_draws
from analysis.comparison.planning_question import Kind, Question
from analysis.comparison.rankable import ever_both
from analysis.comparison.simulated_answers import Design
from analysis.measures.accuracy import difference_interval
from analysis.measures.intervals import Floats, Spread, plain_interval, share_interval


def answered(question: Question, people: Floats, model: Floats, design: Design) -> bool:
    """Whether a study with these answers shows what the question expects.

    ``people`` is (participants, trials), ``model`` (trials,), 1 right or 0 wrong; for ``accuracy`` the model
    plays no part.
    """
    return _TESTS[question.kind](question, people, model, design)


def kappa_spread(people: Floats, model: Floats, design: Design) -> Spread:
    """The spread of the mean kappa of people with a model, without drawing.

    ``people`` is (participants, trials), ``model`` (trials,), 1 right or 0 wrong. Kappa is taken as linear in
    the weights of clips near its value (delta method); people whose kappa is undefined count in no mean.
    """
    right = np.vstack([people, model])
    kappas = kappa_of(np.stack([pair_counts(row, model) for row in people]))
    defined = np.flatnonzero(np.isfinite(kappas))
    if not len(defined):
        return Spread(np.full(1, np.nan), np.full(1, np.nan), np.full(1, np.inf))
    mean = kappas[defined].mean(keepdims=True)
    of_people = (kappas[defined] - mean)[:, None] / len(defined)
    of_items = mean_pull(right, defined, np.full(len(defined), len(people)))
    stratum = design.crossing.stratum
    of_groups = centred(design.by_group(of_items)[:, None], stratum)
    return spread_of_parts(
        mean,
        Part(variance_without_draws(of_people, np.zeros(len(defined), dtype=np.int64)), of_people),
        Part(variance_without_draws(of_groups, stratum), of_groups),
    )


def _kappa(question: Question, people: Floats, model: Floats, design: Design) -> bool:
    # The analysis gives a mean without a shared error no interval, so that nothing is told.
    if not all(ever_both(outcome, people, model[None])[0] for outcome in (0, 1)):
        return False
    low, high = plain_interval(kappa_spread(people, model, design), -1, 1)
    return _beyond(question, float(low[0]), float(high[0]))


def _accuracy(question: Question, people: Floats, _: Floats, design: Design) -> bool:
    sums = design.by_group(np.stack([people, np.ones_like(people)]))
    spread = design.crossing.shares(np.moveaxis(sums, 0, -1))
    low, high = share_interval(spread, people.size)
    return _beyond(question, float(low[0]), float(high[0]))


def _difference(question: Question, people: Floats, model: Floats, design: Design) -> bool:
    low, high = difference_interval(*_beside(people, model, design))
    return _beyond(question, low, high)


def _par(question: Question, people: Floats, model: Floats, design: Design) -> bool:
    low, high = difference_interval(*_beside(people, model, design), 1 - 2 * TEST_LEVEL)
    return -question.value < low and high < question.value


def _beside(people: Floats, model: Floats, design: Design) -> tuple[Spread, Floats]:
    """As ``equivalence.paired_spread``, for people who all met the same clips."""
    every = np.broadcast_to(model, people.shape)
    sums = design.by_group(np.stack([people, every, people - every, np.ones_like(people)]))
    spread = design.crossing.shares(np.moveaxis(sums, 0, -1))
    return spread, np.array([people.size, design.trials], dtype=np.float64)


def _beyond(question: Question, low: float, high: float) -> bool:
    return low > question.value if question.expected > question.value else high < question.value


_TESTS: Mapping[Kind, Callable[[Question, Floats, Floats, Design], bool]] = {
    "kappa": _kappa,
    "accuracy": _accuracy,
    "difference": _difference,
    "par": _par,
}
