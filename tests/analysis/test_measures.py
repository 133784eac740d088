from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, t
from statsmodels.stats.proportion import proportion_confint

from analysis.measures.accuracy import accuracy, accuracy_drop
from analysis.measures.choice_times import choice_times
from analysis.measures.confusion import confusion
from analysis.measures.items import clip_overlap, same_clips_for_all
from analysis.measures.quality import attention_checks, presentation

ACTIONS = ("Lunges", "Swing")


def answers(
    observer: str, right: int, wrong: int, condition: str = "AFD5", action: str = "Swing"
) -> pd.DataFrame:
    """Trials of one participant: the first ``right`` of them answered right."""
    other = next(name for name in ACTIONS if name != action)
    number = right + wrong
    return pd.DataFrame(
        {
            "observer": observer,
            "session": 1,
            "condition": condition,
            "phase": "test",
            "clip_id": [f"{condition}/{action}_{trial}" for trial in range(number)],
            "source_clip_id": pd.Series([None] * number, dtype="string"),
            "action": action,
            "response": [action] * right + [other] * wrong,
            "correct": [1] * right + [0] * wrong,
            "time_to_choose": np.arange(1.0, number + 1),
            "attempt": 1,
            "dropped_frames": 0,
        }
    )


def test_one_participant_gets_wilsons_interval() -> None:
    """The worked example of Newcombe (1998), Statistics in Medicine 17, 857: 0.2553 to 0.3662."""
    row = accuracy(answers("P001", 81, 182), ["condition"], np.random.default_rng(1)).iloc[0]
    assert row["method"] == "wilson"
    assert row["accuracy"] == pytest.approx(81 / 263)
    assert (round(row["low"], 4), round(row["high"], 4)) == (0.2553, 0.3662)


def test_participants_that_do_not_differ_get_wilsons_interval_instead_of_none() -> None:
    trials = pd.concat([answers("P001", 10, 0), answers("P002", 10, 0)])
    row = accuracy(trials, ["condition"], np.random.default_rng(1)).iloc[0]
    assert row["method"] == "wilson"
    assert row["low"] == pytest.approx(1 / (1 + 1.959964**2 / 20), abs=1e-6)
    assert row["high"] == pytest.approx(1.0)


def test_two_participants_vary_as_wholes() -> None:
    """Of two people at .5 and 1 the mean has a standard error of .25: as if 3 trials were all there are."""
    trials = pd.concat([answers("P001", 5, 5), answers("P002", 10, 0)])
    row = accuracy(trials, ["condition"], np.random.default_rng(1), items="fixed").iloc[0]
    assert row["method"] == "bootstrap over participants, clips fixed"
    assert (row["observers"], row["trials"], row["correct"], row["accuracy"]) == (2, 20, 15, 0.75)
    student = 2 * norm.sf(t.ppf(0.975, 1))
    expected = proportion_confint(0.75 * 3, 3, alpha=student, method="wilson")
    assert (row["low"], row["high"]) == pytest.approx(expected, abs=0.01)


def test_a_bootstrap_interval_of_many_is_that_of_the_normal_approximation() -> None:
    right = np.random.default_rng(2).integers(60, 100, 80)
    trials = pd.concat([answers(f"P{number:03d}", int(n), 100 - int(n)) for number, n in enumerate(right)])
    row = accuracy(trials, ["condition"], np.random.default_rng(3), items="fixed").iloc[0]
    error = right.std() / 100 / np.sqrt(len(right))
    assert row["low"] == pytest.approx(row["accuracy"] - 1.96 * error, abs=0.2 * error)
    assert row["high"] == pytest.approx(row["accuracy"] + 1.96 * error, abs=0.2 * error)


def test_the_same_seed_gives_the_same_interval() -> None:
    trials = pd.concat([answers("P001", 5, 5), answers("P002", 9, 1), answers("P003", 8, 2)])
    one, other = (accuracy(trials, ["condition"], np.random.default_rng(4), draws=500) for _ in range(2))
    pd.testing.assert_frame_equal(one, other)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 6)), min_size=1, max_size=6))
def test_an_interval_holds_its_estimate_and_stays_between_none_and_all(counts: list[tuple[int, int]]) -> None:
    trials = pd.concat([answers(f"P{n}", right, wrong) for n, (right, wrong) in enumerate(counts)])
    row = accuracy(trials, ["condition"], np.random.default_rng(5), draws=300).iloc[0]
    assert 0 <= row["low"] <= row["accuracy"] + 1e-12
    assert row["accuracy"] - 1e-12 <= row["high"] <= 1


def test_the_drop_of_one_participant_has_newcombes_interval() -> None:
    """56 of 70 against 48 of 80 is the worked example of Newcombe (1998), Statistics in Medicine 17, 873."""
    trials = pd.concat([answers("P001", 56, 14, "UCF5"), answers("P001", 48, 32, "AFD5")])
    row = accuracy_drop(trials, "UCF5", "AFD5", np.random.default_rng(1)).iloc[0]
    assert row["method"] == "newcombe"
    assert row["drop"] == pytest.approx(0.2)
    assert (round(row["low"], 4), round(row["high"], 4)) == (0.0524, 0.3339)


def test_the_drop_keeps_the_conditions_of_a_participant_together() -> None:
    """Everybody drops by exactly .2, though people differ widely."""
    trials = pd.concat(
        [
            part
            for observer, right in (("P001", 10), ("P002", 7), ("P003", 4))
            for part in (
                answers(observer, right, 10 - right, "UCF5"),
                answers(observer, right - 2, 12 - right, "AFD5"),
            )
        ]
    )
    drop = accuracy_drop(trials, "UCF5", "AFD5", np.random.default_rng(1), items="fixed").iloc[0]
    assert drop["drop"] == pytest.approx(0.2)
    assert drop["method"] == "newcombe", "all draws agree, and no width would claim certainty"


def test_the_drop_counts_only_participants_of_both_conditions() -> None:
    trials = pd.concat(
        [answers("P001", 10, 0, "UCF5"), answers("P001", 6, 4, "AFD5"), answers("P002", 0, 10, "AFD5")]
    )
    assert accuracy_drop(trials, "UCF5", "AFD5", np.random.default_rng(1))["drop"].tolist() == [
        pytest.approx(0.4)
    ]
    nobody = trials[trials["observer"] == "P002"]
    assert accuracy_drop(nobody, "UCF5", "AFD5", np.random.default_rng(1)).empty


def test_confusion_counts_rows_by_the_action_shown() -> None:
    trials = pd.concat([answers("P001", 3, 1, action="Swing"), answers("P001", 2, 0, action="Lunges")])
    table = confusion(trials, ACTIONS).set_index(["action", "response"])
    assert table["count"].to_dict() == {
        ("Lunges", "Lunges"): 2,
        ("Lunges", "Swing"): 0,
        ("Swing", "Lunges"): 1,
        ("Swing", "Swing"): 3,
    }
    assert table.loc[("Swing", "Lunges"), "share"] == 0.25


def test_an_action_that_was_never_shown_has_no_shares() -> None:
    table = confusion(answers("P001", 3, 0), ACTIONS)
    assert table[table["action"] == "Lunges"]["share"].isna().all()
    assert table["count"].sum() == 3


def test_quartiles_of_four_times() -> None:
    """1, 2, 3, 4 s: quartiles 1.75 and 3.25, median 2.5; the last one was answered wrong."""
    table = choice_times(answers("P001", 3, 1), ACTIONS).set_index(["action", "outcome"])
    assert table.loc[("Swing", "all"), ["trials", "q1", "median", "q3"]].tolist() == [4, 1.75, 2.5, 3.25]
    assert table.loc[("all", "all"), "median"] == 2.5
    assert table.loc[("Swing", "correct"), "median"] == 2.0
    assert table.loc[("Swing", "wrong"), ["trials", "median"]].tolist() == [1, 4.0]
    assert table.loc[("Lunges", "all"), "trials"] == 0
    assert np.isnan(table.loc[("Lunges", "wrong"), "median"])


def test_no_time_is_cut_off() -> None:
    trials = answers("P001", 2, 0)
    trials["time_to_choose"] = [1.0, 3599.0]
    assert choice_times(trials, ACTIONS)["median"].iloc[0] == 1800.0


def test_source_clips_met_in_both_conditions_are_counted() -> None:
    colour, noise = answers("P001", 3, 0, "UCF5"), answers("P001", 3, 0, "AFD5")
    noise["source_clip_id"] = ["UCF5/Swing_0", "UCF5/Swing_9", "UCF5/Swing_1"]
    row = clip_overlap(pd.concat([colour, noise]), "UCF5", "AFD5").iloc[0]
    assert (row["clips_first"], row["clips_second"], row["shared"]) == (3, 3, 2)


def test_whether_all_met_the_same_clips() -> None:
    assert same_clips_for_all(pd.concat([answers("P001", 3, 0), answers("P002", 1, 2)]))
    assert not same_clips_for_all(pd.concat([answers("P001", 3, 0), answers("P002", 3, 1)]))


def test_dropped_frames_and_repeated_trials_are_counted() -> None:
    trials = answers("P001", 3, 0)
    trials["attempt"], trials["dropped_frames"] = [1, 2, 1], [0, 4, 1]
    row = presentation(trials).iloc[0]
    assert row[["trials", "shown_again", "dropped_frames", "trials_with_dropped_frames"]].tolist() == [
        3,
        1,
        5,
        2,
    ]


def test_a_trial_without_a_response_is_wrong_and_has_no_time() -> None:
    # Given 6 right answers, 2 wrong ones and 2 trials that a time limit ended
    trials = answers("P001", 6, 4)
    trials.loc[8:, ["response", "time_to_choose"]] = None
    row = accuracy(trials, ["condition"], np.random.default_rng(1)).iloc[0]
    assert (row["correct"], row["trials"]) == (6, 10)
    # Then they are in no cell of the matrix, but in the number of trials that showed the action
    matrix = confusion(trials, ACTIONS).set_index(["action", "response"])
    assert matrix.loc["Swing", "count"].to_dict() == {"Lunges": 2, "Swing": 6}
    assert matrix.loc["Swing", "share"].to_dict() == {"Lunges": 0.2, "Swing": 0.6}
    times = choice_times(trials, ACTIONS).query("action == 'all'").set_index("outcome")["trials"]
    assert times.to_dict() == {"all": 8, "correct": 6, "wrong": 2}


def test_attention_checks_are_counted_per_participant() -> None:
    trials = pd.concat([answers("P001", 3, 1), answers("P002", 2, 0), answers("P003", 5, 5)])
    trials["attention_check"] = [1] * 6 + [0] * 10
    counts = attention_checks(trials)
    assert counts[["observer", "checks", "passed", "failed"]].to_numpy().tolist() == [
        ["P001", 4, 3, 1],
        ["P002", 2, 2, 0],
    ]
    assert attention_checks(trials.assign(attention_check=0)).empty


def test_late_flips_that_nobody_counted_are_not_none() -> None:
    trials = pd.concat([answers("P001", 2, 0), answers("P002", 2, 0)], ignore_index=True)
    trials["dropped_frames"] = pd.array([pd.NA, pd.NA, pd.NA, 3], dtype="Int64")
    table = presentation(trials).set_index("observer")
    assert table.loc["P001", ["dropped_frames", "trials_with_dropped_frames"]].isna().all()
    assert table.loc["P002", ["dropped_frames", "trials_with_dropped_frames"]].tolist() == [3, 1]
