"""The methods paragraph names what the tables name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.collection import collect
from analysis.report.findings import gather
from analysis.report.methods_text import methods
from tests.analysis.report.reading import ALL_OF_THEM


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (1, "they come from a bootstrap over clip groups (10 000 draws, seed 20220)"),
        (2, "bootstrap (10 000 draws; 2 000 for blocks of trials, seed 20220) that draws participants"),
    ],
)
def test_draws_and_what_is_drawn_are_those_of_the_tables(make_session, recipe, people, said) -> None:
    for number in range(1, people + 1):
        folder = make_session(replace(recipe, participant=f"P{number:03d}"))
    findings = gather(collect([folder.parent], ALL_OF_THEM))
    assert said in " ".join(methods(findings)).replace("\u202f", " ")
