"""Labels say nothing: they are drawn, no two alike, and hold no code."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from analysis.export.labels import draw_labels


@given(st.lists(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,19}", fullmatch=True), max_size=30))
def test_every_code_gets_one_label_of_its_own(codes: list[str]) -> None:
    labels = draw_labels(codes)
    assert set(labels) == set(codes)
    assert len(set(labels.values())) == len(set(codes))
    assert all(label.isalnum() and len(label) == 6 for label in labels.values())


def test_labels_are_new_at_every_draw() -> None:
    codes = [f"P{number:03d}" for number in range(10)]
    assert not set(draw_labels(codes).values()) & set(draw_labels(codes).values())


def test_a_label_that_holds_a_code_is_drawn_again() -> None:
    # Given a source of random signs that gives the code 2bcd first
    signs = iter("k2bcdf" + "mmmmmm")
    # Then the next label is taken
    assert draw_labels(["2BCD"], choice=lambda _: next(signs)) == {"2BCD": "mmmmmm"}


def test_the_same_random_numbers_give_other_people_the_same_labels() -> None:
    # Given two studies with other codes in another order, and the same random numbers
    one = draw_labels(["A1", "B2"], choice=random.Random(1).choice)
    other = draw_labels(["zz", "yy"], choice=random.Random(1).choice)
    # Then nothing of the codes is in the labels
    assert list(one.values()) == list(other.values())
