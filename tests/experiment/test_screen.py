"""Pixels, centimetres and degrees: numbers that can be checked by hand."""

from __future__ import annotations

import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import experiment.screen
from experiment.screen import STUDY_DISTANCE_CM, Screen

LENGTHS = st.floats(1.0, 500.0)


def test_the_examples_in_the_text_hold():
    results = doctest.testmod(experiment.screen)
    assert results.attempted > 0
    assert results.failed == 0


def test_what_is_twice_as_wide_as_far_away_takes_90_degrees():
    screen = Screen((1000, 500), width_cm=100.0, distance_cm=STUDY_DISTANCE_CM)
    assert screen.degrees_of(1000) == pytest.approx(90)
    assert screen.height_cm == pytest.approx(50)


@given(st.integers(1, 8000), LENGTHS, LENGTHS)
def test_degrees_give_the_length_back(px, width_cm, distance_cm):
    screen = Screen((8000, 4500), width_cm, distance_cm)
    angle = math.radians(screen.degrees_of(px))
    assert 2 * distance_cm * math.tan(angle / 2) == pytest.approx(screen.cm_of(px))


@given(LENGTHS, LENGTHS)
def test_so_many_pixels_a_degree_take_one_degree(width_cm, distance_cm):
    screen = Screen((1920, 1080), width_cm, distance_cm)
    assert screen.degrees_of(screen.px_per_degree) == pytest.approx(1)


@pytest.mark.parametrize(
    ("size_px", "width_cm", "distance_cm"),
    [((0, 1080), 48, 50), ((1920, 1080), -1, 50), ((1920, 1080), 48, 0), ((1920, 1080), math.nan, 50)],
)
def test_a_screen_without_size_is_none(size_px, width_cm, distance_cm):
    with pytest.raises(ValueError, match="each must be above zero"):
        Screen(size_px, width_cm, distance_cm)
