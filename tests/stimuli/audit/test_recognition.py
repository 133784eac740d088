from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from stimuli.audit.recognition import LabelledClues, interval_and_p, recognise

ACTIONS = ("JumpingJack", "Lunges", "Swing")


def clips_of(
    rng: np.random.Generator, groups: int = 8, leak: float = 0.0, of_group: float = 0.0
) -> list[LabelledClues]:
    """Two clips a group; `leak` shifts one clue of an action, `of_group` shifts all clues of a group."""
    clips = []
    for number, action in enumerate(ACTIONS):
        for group in range(groups):
            scene = of_group * rng.normal(size=12)
            for _ in range(2):
                clues = rng.normal(size=(3, 12)) + scene
                clues[:, number] += leak
                clips.append(LabelledClues(action, group, clues))
    return clips


def test_an_action_that_frames_tell_fails() -> None:
    found = recognise(clips_of(np.random.default_rng(0), leak=2.0), 0.001)
    assert found.verdict.outcome == "fail"
    assert found.accuracy is not None
    assert found.accuracy > 0.7
    assert found.low is not None
    assert found.low > found.chance == pytest.approx(1 / 3)
    assert (found.clips, found.groups, found.actions) == (48, 24, 3)


def test_what_only_tells_the_scene_is_no_leak() -> None:
    # Given frames that tell their group and nothing of the action, which would help if groups were split
    found = recognise(clips_of(np.random.default_rng(0), of_group=3.0), 0.001)
    assert found.verdict.outcome == "pass"


def test_clean_sets_fail_as_rarely_as_they_should() -> None:
    # Given 25 sets without a leak
    p = [recognise(clips_of(np.random.default_rng(seed), 4), 0.001).p for seed in range(25)]
    # Then p is below 0.05 in about one of them; more than 6 has a probability below 0.001
    assert sum(value is not None and value < 0.05 for value in p) <= 6
    assert None not in p


def test_the_interval_is_students() -> None:
    # Given two actions of three groups: means 0.5 and 0.7, both of variance 0.01
    values = [np.array([0.4, 0.5, 0.6]), np.array([0.6, 0.7, 0.8])]
    accuracy, low, high, p = interval_and_p(values, 0.5)
    error = np.sqrt(2 * 0.01 / 3) / 2
    assert accuracy == pytest.approx(0.6)
    assert (low, high) == pytest.approx((0.6 - 2.776 * error, 0.6 + 2.776 * error), abs=1e-3)
    assert p == pytest.approx(stats.t.sf(0.1 / error, 4))


def test_too_few_groups_are_no_reason_to_invent_a_number() -> None:
    found = recognise(clips_of(np.random.default_rng(0), groups=3, leak=9.0), 0.001)
    assert found.verdict.outcome == "cannot be told"
    assert found.accuracy is None
    assert "at most 3 groups" in found.verdict.reason
    assert recognise([], 0.001).verdict.outcome == "cannot be told"
