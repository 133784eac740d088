from __future__ import annotations

import pandas as pd
import pytest

from analysis.comparison.shared_clips import shared_answers
from analysis.comparison.training_clips import refuse_training_clips
from analysis.errors import AnalysisError
from tests.analysis.comparison.predicted import model, people

BOTH = {"UCF5": 0.9, "AFD5": 0.7}


def test_clips_and_conditions_that_nobody_saw_are_left_out_and_counted() -> None:
    answers = model("E2S-X3D", BOTH)
    more = answers.head(5).assign(clip_id=[f"UCF5/new{place}" for place in range(5)])
    other = answers.head(5).assign(condition="Shuffled")
    shared = shared_answers(people(), pd.concat([answers, more, other], ignore_index=True))
    assert len(shared.trials) == len(answers)
    assert shared.remarks == (
        "E2S-X3D also answered in Shuffled, where there are no people",
        "E2S-X3D: of its 95 UCF5 clips, 5 that no participant saw are left out",
    )


def test_a_model_may_lack_some_of_the_clips_that_people_saw() -> None:
    some = model("M", BOTH).iloc[2:]
    assert shared_answers(people(), some).trials["clip_id"].tolist() == some["clip_id"].tolist()


def test_training_answers_of_a_model_are_no_test() -> None:
    answers = model("M", BOTH)
    shared = shared_answers(people(), pd.concat([answers, answers.assign(phase="training")]))
    assert len(shared.trials) == len(answers)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda rows: rows.assign(condition="UCF101"),
            "M has no test answer in a condition that people answered in (AFD5, UCF5); it has UCF101",
        ),
        (
            lambda rows: rows.assign(clip_id="other " + rows["clip_id"]),
            "M, run 1: all 90 clips that people saw in UCF5 are missing, the first is UCF5/000",
        ),
        (
            lambda rows: pd.concat([rows, rows.iloc[[3]]]),
            "M, run 1: UCF5/003 was answered twice",
        ),
        (
            lambda rows: rows.assign(menu_order="JumpingJack|Lunges|PullUps|PushUps|Swing|Biking"),
            "M could answer Biking in UCF5, and people could not",
        ),
        (
            lambda rows: rows.assign(action=rows["action"].replace({"Swing": "Lunges"})),
            "is Lunges, for people it was Swing",
        ),
    ],
)
def test_answers_that_cannot_stand_beside_those_of_people_are_refused(change, sentence) -> None:
    with pytest.raises(AnalysisError) as refusal:
        shared_answers(people(), change(model("M", BOTH)))
    assert sentence in str(refusal.value)


@pytest.mark.parametrize("learnt", ["UCF5/004", "AFD5/004"])
def test_clips_that_a_model_learnt_from_are_refused_in_whichever_condition(learnt) -> None:
    answers = model("M", {"AFD5": 0.7})
    with pytest.raises(AnalysisError, match="M: 1 of the clips are among those it was trained on"):
        refuse_training_clips("M", answers, frozenset({learnt}))
    refuse_training_clips("M", answers, frozenset({"UCF5/999"}))
    with pytest.raises(AnalysisError, match="AFD5/000"):
        refuse_training_clips("M", answers.assign(split="train"), frozenset())
