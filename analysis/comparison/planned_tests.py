"""The tests that a planned study will make, of answers in which everybody met the same clips.

``answered`` is the test of each question; the intervals are those of the analysis itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from analysis.comparison.equivalence import TEST_LEVEL
from analysis.comparison.kappa import kappa_of
from analysis.comparison.planning_question import Kind, Question
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
    the four counts near its value (delta method); people whose kappa is undefined count in no mean.
    """
    cases = np.stack([people * model, people * (1 - model), (1 - people) * model, (1 - people) * (1 - model)])
    counts = cases.sum(axis=2).T
    kappas = kappa_of(counts)
    defined = np.isfinite(kappas)
    number = int(defined.sum())
    if number == 0:
        return Spread(np.full(1, np.nan), np.full(1, np.nan), np.full(1, np.nan))
    slopes = np.where(defined[:, None], _slopes(counts), 0)
    pull = np.einsum("cpi,pc->pi", cases, slopes) / number
    mean = float(kappas[defined].mean())
    of_people = np.where(defined, kappas - mean, 0) / number
    return design.crossing.linear(np.array([mean]), of_people[:, None], design.by_group(pull)[:, :, None])


def _slopes(counts: Floats) -> Floats:
    """How kappa changes with each of the four counts, (pairs, 4)."""
    right, only_a, only_b, wrong = counts.T
    disagreement, total = only_a + only_b, counts.sum(axis=1)
    room = (right + only_a) * (only_a + wrong) + (only_b + wrong) * (right + only_b)
    of_room = np.stack(
        [
            only_a + wrong + only_b + wrong,
            right + only_a + only_a + wrong,
            right + only_b + only_b + wrong,
            right + only_a + right + only_b,
        ],
        axis=1,
    )
    of_both = disagreement[:, None] + np.array([0, 1, 1, 0]) * total[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        slopes: Floats = -of_both / room[:, None] + (disagreement * total / room**2)[:, None] * of_room
    return slopes


def _kappa(question: Question, people: Floats, model: Floats, design: Design) -> bool:
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
