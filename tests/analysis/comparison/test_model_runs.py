"""Which run of a model is compared, where it has several."""

from __future__ import annotations

import pandas as pd

from analysis.comparison.answers import answers_of
from analysis.comparison.model_runs import clip_remarks, kappa_remarks
from tests.analysis.comparison.test_answers import table, trial


def runs(*given: tuple[int, str]) -> pd.DataFrame:
    """A person's answers to two clips, and a model's in so many (run, clip)."""
    clips = ("Swing_g01_c01", "Swing_g01_c02")
    people = [trial("ann", clip, "Swing", trial=place + 1) for place, clip in enumerate(clips)]
    model = [
        trial("net", clip, "Swing", session=run, trial=place + 1, observer_kind="model", time_to_choose=None)
        for place, (run, clip) in enumerate(given)
    ]
    return table(*people, *model)


def test_the_run_that_kappas_are_of_is_named() -> None:
    answers = answers_of(
        runs((1, "Swing_g01_c01"), (1, "Swing_g01_c02"), (2, "Swing_g01_c01"), (2, "Swing_g01_c02"))
    )
    assert answers.remarks == (), "a further run is no answer of somebody who had answered before"
    (told,) = kappa_remarks(answers.several_runs)
    of_one = "kappas, confusions and rankings are of run 1 alone, not of their mean"
    assert told == f"AFD5: net answered in 2 runs (1, 2): {of_one}"
    said = "clip by clip, answers and probabilities of net are means over its 2 runs"
    assert list(clip_remarks(answers.several_runs, "AFD5")) == [said]
    assert list(clip_remarks(answers.several_runs, "UCF5")) == []


def test_a_later_run_stands_in_for_clips_that_the_first_lacks() -> None:
    answers = answers_of(runs((1, "Swing_g01_c01"), (2, "Swing_g01_c01"), (2, "Swing_g01_c02")))
    (several,) = answers.several_runs
    assert several.which == "the first run with the clip"


def test_runs_on_different_clips_are_one_set_of_answers() -> None:
    assert answers_of(runs((1, "Swing_g01_c01"), (2, "Swing_g01_c02"))).several_runs == ()
