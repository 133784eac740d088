"""Whether the intervals of clip correlations hold what they claim to, as the table in the docs says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.comparison.item_draws import draw
from analysis.comparison.items import clip_scores, correlation_interval
from tests.analysis.comparison.answering import answers_from

STUDIES = 500
_GROUPS = np.repeat(np.arange(35), [4, 3, 3, 2, 2, 2, 2] * 5)


def study(rng: np.random.Generator, people: int, known: float) -> list[tuple[float, float, float]]:
    """Correlation and interval of accuracy and median time with a model that sees ``known`` of the ease."""
    ease = 0.7 * rng.normal(size=35)[_GROUPS] + 0.7 * rng.normal(size=90)
    model = known * ease + 0.5 * rng.normal(size=35)[_GROUPS] + 0.5 * rng.normal(size=90)
    person = 0.5 * rng.normal(size=(people, 1))
    right = rng.random((people, 90)) < 1 / (1 + np.exp(-(2 + 1.2 * ease + person)))
    answers = answers_from(right.astype(float), groups=_GROUPS, actions=_GROUPS // 7)
    times = np.exp(-0.3 * ease + 0.3 * person + 0.5 * rng.normal(size=(people, 90)))
    draws = draw(answers, rng, 400)
    scores = clip_scores(replace(answers, times_s=times), draws)
    return [correlation_interval(each, model, draws, people)[:3] for each in scores]


@pytest.mark.campaign
@pytest.mark.parametrize(("people", "known"), [(10, 0.7), (10, 0.0), (30, 0.7), (1, 0.7)])
def test_the_interval_holds_the_correlation_that_so_many_people_show(people: int, known: float) -> None:
    rng = np.random.default_rng(people)
    found = np.array([study(rng, people, known) for _ in range(STUDIES)])
    assert np.isfinite(found).all()
    mean = found[:, :, 0].mean(axis=0)
    held = ((found[:, :, 1] <= mean) & (mean <= found[:, :, 2])).mean(axis=0)
    # 95 % of 500 are known to within two points either way.
    assert (held >= 0.93).all(), held
    assert (held <= 0.985).all(), held
