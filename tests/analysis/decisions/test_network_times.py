from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.decisions.network_evidence import clip_folds, evidence_at, evidence_of, held_out
from analysis.decisions.network_times import network_times
from analysis.decisions.race import Race, simulate
from analysis.decisions.race_fit import fit_race
from analysis.decisions.race_parameters import RaceModel
from analysis.decisions.race_trials import race_trials
from analysis.errors import AnalysisError
from tests.analysis.decisions.people_and_network import network_answers, people_like
from tests.analysis.measures.simulated import ACTIONS


@pytest.fixture(scope="module")
def net() -> pd.DataFrame:
    return network_answers(np.random.default_rng(3))


def measured(people: pd.DataFrame, net: pd.DataFrame) -> pd.DataFrame:
    found = network_times(people, net, ACTIONS, np.random.default_rng(1))
    return found.measures.set_index(["quantity", "race", "over"]).sort_index()


def test_evidence_by_hand() -> None:
    """Nine to one, one part in a hundred spread evenly: .896 and .104, whose logarithms differ by 2.154."""
    found = evidence_of(np.array([[0.9, 0.1], [0.1, 0.1], [1.0, 0.0]]))
    assert found[0] == pytest.approx([2.1535 / 2, -2.1535 / 2], abs=1e-3)
    assert found[1] == pytest.approx([0, 0])
    assert found[2] == pytest.approx([np.log(0.995 / 0.005) / 2, -np.log(0.995 / 0.005) / 2])


def test_runs_of_a_model_count_by_the_mean_of_their_probabilities() -> None:
    answers = pd.DataFrame(
        {"clip_id": ["a", "a", "b"], "p_Swing": [0.8, 0.4, np.nan], "p_Lunges": [0.2, 0.6, np.nan]}
    )
    found = evidence_at(pd.Series(["b", "a", "c"]), answers, ("Lunges", "Swing", "PullUps"))
    assert np.isnan(found[[0, 2]]).all()
    assert found[1] == pytest.approx(evidence_of(np.array([[0.4, 0.6, 0.0]]))[0])


def test_clips_of_a_group_are_held_out_together(net) -> None:
    people = people_like(net, 3, 0.2, 0.5, np.random.default_rng(1))
    fold = clip_folds(people, np.random.default_rng(1))
    parts = people.assign(fold=fold).groupby(["action", "group"])["fold"].nunique()
    assert (parts == 1).all()
    assert sorted(set(fold)) == [0, 1, 2, 3, 4]
    assert np.bincount(fold).min() > 0.12 * len(fold)
    assert people.assign(fold=fold).groupby("action")["fold"].nunique().min() == 5


def test_what_is_said_of_a_clip_does_not_rest_on_its_own_answers(net) -> None:
    people = people_like(net, 3, 0.2, 0.5, np.random.default_rng(1))
    fold = clip_folds(people, np.random.default_rng(1))
    first = fold == 0
    altered = people.copy()
    altered.loc[first, "time_to_choose"] = 17.0
    before, after = (held_out(race_trials(rows, ACTIONS), fold, RaceModel()) for rows in (people, altered))
    assert after.median_s[first] == pytest.approx(before.median_s[first])
    assert after.right[first] == pytest.approx(before.right[first])
    assert not np.allclose(after.median_s[~first], before.median_s[~first], rtol=1e-3)


def test_times_told_of_held_out_clips_are_those_of_the_race_that_was_fitted_to_the_rest(net) -> None:
    """The shown action has a scale of its own: medians without it would be others."""
    rng = np.random.default_rng(1)
    people = people_like(net, 3, 0.2, 0.5, rng)
    fold = (clip_folds(people, rng) == 0).astype(np.int64)
    trials = race_trials(people, ACTIONS)
    rates = np.full((len(trials), 5), -2.0)
    rates[np.arange(len(trials)), trials.shown] += 0.6
    true = Race(scale=0.8, shift_s=0.5, longest_s=25.0, scale_shown=0.3)
    times, chosen = simulate(true, rates, rng, trials.shown)
    trials = replace(trials, times_s=times, chosen=chosen)
    told = held_out(trials, fold, RaceModel()).median_s[fold == 0][:5]
    fit = fit_race(trials.at(fold == 1), RaceModel(), intervals=False)
    rows = np.repeat(np.flatnonzero(fold == 0)[:5], 20_000)
    unguessed = replace(fit.race, guesses=0.0)
    drawn, _ = simulate(unguessed, fit.rates(trials.at(rows)), rng, trials.shown[rows])
    assert told == pytest.approx(np.median(drawn.reshape(5, -1), axis=1), rel=0.01)


def test_a_network_whose_evidence_drives_people_foretells_their_times(net) -> None:
    table = measured(people_like(net, 8, 0.2, 0.6, np.random.default_rng(5)), net)
    assert table.loc[("gain", "evidence", "none"), "low"].item() > 0.3
    assert table.loc[("gain", "both", "shown"), "low"].item() > 0.05
    assert table.loc[("time", "evidence", "none"), "low"].item() > 0.3
    assert table.loc[("time_within_actions", "both", "shown"), "low"].item() > 0.3
    assert table.loc[("choice", "evidence", "none"), "low"].item() > 0.3


def test_a_network_that_knows_the_actions_alone_adds_nothing_to_them(net) -> None:
    """People see which action it is, and nothing else of the clip: being often right is no evidence then."""
    table = measured(people_like(net, 8, 0.0, 1.4, np.random.default_rng(5)), net)
    assert table.loc[("gain", "evidence", "none"), "low"].item() > 0
    assert table.loc[("gain", "both", "shown"), "high"].item() < 0.02
    assert table.loc[("time_within_actions", "both", "shown"), "low"].item() < 0.1


def test_the_clips_are_listed_with_what_was_predicted(net) -> None:
    people = people_like(net, 5, 0.3, 0.0, np.random.default_rng(6))
    people.loc[people.index[:3], ["response", "time_to_choose"]] = [None, np.nan]
    found = network_times(people, net, ACTIONS, np.random.default_rng(1))
    assert found.measures["trials"].unique().tolist() == [5 * 90 - 3]
    assert found.remarks == ()
    clips = found.clips.set_index("clip_id")
    assert len(clips) == 90
    of_one = people[people["clip_id"] == "AFD5/010"]
    assert clips.loc["AFD5/010", "median_s"] == pytest.approx(of_one["time_to_choose"].median())
    assert clips.loc["AFD5/010", "accuracy"] == pytest.approx(of_one["correct"].mean())
    assert clips["predicted_s"].between(0.5, 30).all()
    assert np.median(clips["predicted_s"]) == pytest.approx(np.median(clips["median_s"]), rel=0.15)


def test_answers_without_probabilities_are_refused(net) -> None:
    people = people_like(net, 2, 0.3, 0.0, np.random.default_rng(6))
    bare = net[[name for name in net.columns if not name.startswith("p_")]]
    with pytest.raises(AnalysisError, match=r"Net has no probabilities \(columns p_<Action>\)"):
        network_times(people, bare, ACTIONS, np.random.default_rng(1))


def test_one_clip_group_is_too_few_to_hold_any_out(net) -> None:
    people = people_like(net, 3, 0.3, 0.0, np.random.default_rng(6))
    one = people[people["clip_id"] == "AFD5/004"]
    with pytest.raises(AnalysisError, match="two clip groups"):
        clip_folds(one, np.random.default_rng(1))
