"""What is said of answers before anything is compared."""

from __future__ import annotations

import numpy as np

from analysis.comparison.remarks import item_remarks, people_remarks
from tests.analysis.comparison.answering import answers_from

NAN = float("nan")


def test_a_model_that_lacks_clips_of_people_is_named_with_how_many() -> None:
    answers = answers_from([[1, 0, 1, NAN], [1, 1, 1, NAN], [1, NAN, NAN, 1]], models=1)
    said = "m0 has no answer to 2 of the 3 clips that people answered; it is compared on the others"
    assert list(item_remarks(answers)) == [said]


def test_a_model_without_any_clip_of_people_is_named() -> None:
    answers = answers_from([[1, 0, NAN], [NAN, NAN, 1]], models=1)
    assert list(item_remarks(answers)) == ["m0 answered none of the 2 clips that people answered"]


def test_one_action_is_told() -> None:
    answers = answers_from(np.ones((2, 4)), actions=[0] * 4)
    assert next(item_remarks(answers)).startswith("all clips show Swing: whoever always names it")


def test_how_far_people_met_the_same_clips_is_told() -> None:
    same = answers_from([[1, 0, 1], [1, 1, 1], [1, NAN, NAN]], models=1)
    assert list(people_remarks(same)) == ["all 2 participants answered the same 3 clips"]
    other = answers_from([[1, 0, NAN], [NAN, 1, 1], [1, 1, 1]])
    said = "each of the 3 clips was answered by 2 to 3 of the 3 participants"
    assert list(people_remarks(other)) == [said]
    apart = answers_from([[1, NAN], [NAN, 1]])
    assert list(people_remarks(apart)) == ["each of the 2 clips was answered by 1 of the 2 participants"]
    assert list(people_remarks(answers_from([[1, 0]]))) == []
