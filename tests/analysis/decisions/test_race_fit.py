from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from analysis.decisions.race import Race, simulate
from analysis.decisions.race_fit import _Search, fit_race
from analysis.decisions.race_parameters import RaceModel
from analysis.decisions.race_trials import RaceTrials, answered, race_trials
from analysis.decisions.recovery import drawn_race, simulated_trials
from analysis.errors import AnalysisError

ACTIONS = ("JumpingJack", "Lunges", "PullUps", "PushUps", "Swing")


def of_several(people: int, per_action: int, rng: np.random.Generator, spread: float = 0.3) -> RaceTrials:
    """People who differ in speed alone, with evidence that stands for twice as much as its slope of .3."""
    shown = np.tile(np.repeat(np.arange(5), per_action), people)
    person = np.repeat(np.arange(people), 5 * per_action)
    evidence = rng.standard_normal((len(shown), 5))
    evidence[np.arange(len(shown)), shown] += 3
    speed = spread * rng.standard_normal(people)
    rates = -2 + 0.3 * evidence + speed[person][:, None]
    times, chosen = simulate(Race(0.5, 0.4, 30.0), rates, rng)
    return RaceTrials(
        ACTIONS, tuple(f"P{n:03d}" for n in range(people)), times, chosen, shown, person, evidence
    )


@pytest.fixture(scope="module")
def one() -> RaceTrials:
    rng = np.random.default_rng(4)
    return simulated_trials(drawn_race(5, rng), ACTIONS, 18, rng)


@pytest.mark.parametrize("model", [RaceModel(), RaceModel(shown=False, evidence=True), RaceModel(True, True)])
def test_the_search_moves_along_the_slopes_of_its_loss(model) -> None:
    trials = of_several(3, 4, np.random.default_rng(1))
    search = _Search(trials, model)
    for start in search.starts():
        at = start + 0.1
        slopes = optimize.approx_fprime(at, lambda raw: search.loss(raw)[0], 1e-6)
        assert search.loss(at)[1] == pytest.approx(slopes, rel=1e-3, abs=1e-2)


def test_no_other_parameters_nearby_are_likelier(one) -> None:
    fit = fit_race(one, RaceModel())
    assert fit.settled
    search = _Search(one, RaceModel())
    here = search.loss(fit.raw)[0]
    steps = 0.05 * np.random.default_rng(2).standard_normal((50, len(fit.raw)))
    assert all(search.loss(fit.raw + step)[0] > here for step in steps)
    assert fit.log_likelihood == pytest.approx(fit.log_densities(one).sum())


def test_the_parameters_told_are_those_of_the_race(one) -> None:
    fit = fit_race(one, RaceModel())
    told = fit.parameters().set_index("parameter")
    for name in ("scale", "scale_shown", "shift_s"):
        assert told.loc[name, "value"] == pytest.approx(getattr(fit.race, name))
    assert told.loc["advantage", "value"].tolist() == pytest.approx(fit.advantage.tolist())
    assert told.loc["bias", "value"].sum() == pytest.approx(0, abs=1e-9)
    assert (told["low"] < told["value"]).all()
    assert (told["value"] < told["high"]).all()


def test_the_shift_is_below_the_fastest_answer_that_is_no_guess(one) -> None:
    fit = fit_race(one, RaceModel())
    assert 0 < fit.race.shift_s < one.times_s.min()
    # One slip of the hand must not hold the shift down: guesses may be earlier.
    slipped = replace(one, times_s=np.where(np.arange(90) == 7, 0.02, one.times_s))
    assert fit_race(slipped, RaceModel()).race.shift_s == pytest.approx(fit.race.shift_s, abs=0.12)


def test_an_action_that_nobody_chose_has_a_finite_estimate(one) -> None:
    kept = one.at((one.chosen != 2) & (one.shown != 2))
    table = fit_race(kept, RaceModel()).parameters().set_index(["parameter", "action"])
    assert np.isfinite(table.to_numpy(dtype=float)).all()
    of_it = table.loc[("bias", "PullUps")]
    assert of_it["value"] < table.loc["bias"]["value"].drop("PullUps").min()
    assert of_it["high"] - of_it["low"] > 0.5


def test_an_action_that_was_shown_and_never_recognised_has_a_finite_estimate(one) -> None:
    """Wherever PullUps were shown, PushUps were named."""
    never = replace(one, chosen=np.where(one.shown == 2, 3, np.where(one.chosen == 2, 0, one.chosen)))
    table = fit_race(never, RaceModel()).parameters().set_index(["parameter", "action"])
    assert np.isfinite(table.to_numpy(dtype=float)).all()
    assert table.loc["advantage"]["value"].idxmin() == "PullUps"


def test_a_test_without_a_wrong_answer_has_finite_estimates(one) -> None:
    fit = fit_race(replace(one, chosen=one.shown), RaceModel())
    assert np.isfinite(fit.parameters()[["value", "low", "high"]].to_numpy(dtype=float)).all()
    assert (fit.advantage < 5).all()


def test_fast_and_slow_people_do_not_widen_the_scale_of_all() -> None:
    trials = of_several(12, 10, np.random.default_rng(6), spread=0.5)
    model = RaceModel(shown=False, evidence=True)
    together = fit_race(trials, model)
    as_one = fit_race(replace(trials, people=("all",), person=np.zeros_like(trials.person)), model)
    assert together.race.scale == pytest.approx(0.5, abs=0.06)
    assert as_one.race.scale > together.race.scale + 0.08
    assert together.slope == pytest.approx(0.3, abs=0.05)


def test_evidence_explains_more_than_its_absence() -> None:
    trials = of_several(4, 18, np.random.default_rng(7))
    with_it = fit_race(trials, RaceModel(shown=False, evidence=True))
    without = fit_race(trials, RaceModel(shown=False, evidence=False))
    assert with_it.log_likelihood > without.log_likelihood + 50
    low, high = with_it.parameters().set_index("parameter").loc["slope", ["low", "high"]]
    assert 0 < low < 0.3 < high


def test_what_a_race_cannot_be_fitted_to_is_refused(one) -> None:
    with pytest.raises(AnalysisError, match="a race needs 20 answers with a time, and there are 19"):
        fit_race(one.at(np.arange(19)), RaceModel())
    with pytest.raises(AnalysisError, match=r"all 90 times are 2\.0 s"):
        fit_race(replace(one, times_s=np.full(90, 2.0)), RaceModel())


def test_rows_without_an_answer_are_no_trials_of_a_race() -> None:
    rows = pd.DataFrame(
        {
            "observer": ["P002", "P001", "P001"],
            "action": ["Swing", "Lunges", "Lunges"],
            "response": pd.Series(["Swing", None, "PullUps"], dtype="string"),
            "time_to_choose": [1.5, np.nan, 2.0],
        }
    )
    trials = race_trials(answered(rows), ACTIONS)
    assert trials.people == ("P002", "P001")
    assert (trials.chosen.tolist(), trials.shown.tolist(), trials.person.tolist()) == ([4, 2], [4, 1], [0, 1])
