from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint

from analysis.measures.accuracy import accuracy
from analysis.measures.confusion import confusion
from analysis.measures.information import information
from analysis.measures.intervals import Spread, ratio, share_interval, wilson
from analysis.measures.resampling import cross, draws_for, resample, slopes
from analysis.measures.sensitivity import sensitivity
from tests.analysis.measures.simulated import ACTIONS, study


def crossed(scores: list[list[float]], actions: str = "") -> pd.DataFrame:
    """One trial for each participant (row) and clip (column); ``actions`` names the action of each clip."""
    rows = [
        {
            "observer": f"P{person}",
            "clip_id": f"c{clip}",
            "group": clip,
            "action": (actions or "A" * 99)[clip],
        }
        | {"correct": score}
        for person, scores_of in enumerate(scores)
        for clip, score in enumerate(scores_of)
    ]
    return pd.DataFrame(rows)


def counted(trials: pd.DataFrame) -> np.ndarray:
    return np.column_stack([trials["correct"], np.ones(len(trials))])


def test_people_who_differ_and_clips_that_do_not_give_the_standard_error_of_the_people() -> None:
    """Means of 0, .5 and 1 have a standard error of .5 / sqrt(3); clips add nothing."""
    trials = crossed([[0.0] * 4, [0.5] * 4, [1.0] * 4])
    crossing = cross(trials)
    spread = crossing.shares(crossing.cells(counted(trials)))
    assert spread.variance[0] == pytest.approx(0.5**2 / 3)
    assert spread.df[0] == pytest.approx(2.0)


def test_clips_that_differ_and_people_who_do_not_give_the_standard_error_of_the_clips() -> None:
    trials = crossed([[0.0, 0.5, 1.0]] * 4)
    crossing = cross(trials)
    spread = crossing.shares(crossing.cells(counted(trials)))
    assert spread.variance[0] == pytest.approx(0.5**2 / 3)
    assert spread.df[0] == pytest.approx(2.0)


def test_items_are_drawn_within_their_action() -> None:
    """Clips that are alike within each action add nothing, however far apart the actions are."""
    trials = crossed([[0.0, 0.0, 1.0, 1.0]] * 3, actions="AABB")
    crossing = cross(trials)
    assert crossing.df_items == 2
    assert crossing.shares(crossing.cells(counted(trials))).variance[0] == pytest.approx(0)


def test_actions_with_one_group_each_are_drawn_from_together() -> None:
    trials = crossed([[0.0, 0.5, 1.0]] * 3, actions="ABC")
    crossing = cross(trials)
    assert crossing.df_items == 2
    assert crossing.shares(crossing.cells(counted(trials))).variance[0] == pytest.approx(0.5**2 / 3)


def test_the_noise_of_trials_is_counted_once() -> None:
    """Of noise alone, the product of weights alone would give three times the variance of the mean."""
    rng = np.random.default_rng(1)
    trials = crossed(rng.standard_normal((60, 60)).tolist())
    drawn = resample(trials, rng, draws=2_000)
    assert drawn.shares(counted(trials)).variance[0] == pytest.approx(1 / 3600, rel=0.5)
    crossing = drawn.crossing
    totals = drawn._crossed(crossing.cells(counted(trials)).astype(np.float32))
    assert np.var(totals[:, 0] / totals[:, 1]) == pytest.approx(3 / 3600, rel=0.35)


@pytest.mark.parametrize("people", [2, 5, 20])
def test_the_draws_tend_to_the_sum_of_squares(people: int) -> None:
    trials = study(people, np.random.default_rng(people))
    drawn = resample(trials, np.random.default_rng(2), draws=20_000)
    by_draws = drawn.shares(counted(trials))
    at_once = drawn.crossing.shares(drawn.crossing.cells(counted(trials)))
    assert by_draws.estimate == pytest.approx(at_once.estimate, abs=1e-7)
    assert by_draws.variance == pytest.approx(at_once.variance, rel=0.06)
    assert by_draws.df == pytest.approx(at_once.df, rel=0.15)


def test_the_smaller_way_of_two_sets_the_degrees_of_freedom() -> None:
    """Both three people and seven clips differ: 2 of the people, 6 of the clips."""
    crossing = cross(crossed([[person + clip for clip in range(7)] for person in (0.0, 9.0, 18.0)]))
    scores = np.array([person + clip for person in (0.0, 9.0, 18.0) for clip in range(7)])
    spread = crossing.shares(crossing.cells(np.column_stack([scores, np.ones(len(scores))])))
    assert spread.df[0] == 2


def test_a_part_that_is_nothing_does_not_set_the_degrees_of_freedom() -> None:
    """Three people who differ less than their answers do by chance: the interval is that of the clips."""
    crossing = cross(crossed([[0.0] * 2] * 3))
    estimate, noise = np.array([0.5]), np.array([0.02])
    people_are_nothing = crossing.combine(estimate, 0.9 * noise, 3 * noise, noise)
    assert people_are_nothing.df[0] == crossing.df_items
    assert people_are_nothing.variance[0] == pytest.approx(3 * noise[0])
    all_are_noise = crossing.combine(estimate, 0.9 * noise, 0.9 * noise, noise)
    assert all_are_noise.df[0] == crossing.df_observers * crossing.df_items
    assert all_are_noise.variance[0] == pytest.approx(noise[0])


def test_whoever_comes_first_the_interval_is_the_same() -> None:
    """Of five people and two clips an action, parts of the variance are often exactly as large as another."""
    trials = study(5, np.random.default_rng(11))
    trials = trials[trials["clip_id"].str[-3:].astype(int) % 18 < 2].reset_index(drop=True)
    backwards = trials.iloc[::-1].reset_index(drop=True)
    for measure in (
        lambda table: accuracy(table, ["condition", "action"], np.random.default_rng(1)),
        lambda table: sensitivity(table, ["Swing"], np.random.default_rng(1)),
        lambda table: information(table, ACTIONS, np.random.default_rng(1)),
    ):
        one, other = measure(trials), measure(backwards)
        keys = [name for name in ("condition", "action", "measure") if name in one]
        both = one.merge(other, on=keys, suffixes=("", "_backwards"))
        for bound in ("low", "high"):
            assert both[bound].tolist() == pytest.approx(both[f"{bound}_backwards"].tolist(), abs=1e-5)


def test_whichever_condition_comes_first_the_interval_is_the_same() -> None:
    """Half of the participants begin with noise: who stands first must not decide whose draws come first."""
    trials = study(4, np.random.default_rng(2), (("UCF5", 0.95), ("AFD5", 0.8)))
    other_way = trials.sort_values("condition", kind="stable").reset_index(drop=True)
    for measure in (
        lambda table: confusion(table, ACTIONS, np.random.default_rng(1), draws=300),
        lambda table: sensitivity(table, ["Swing"], np.random.default_rng(1), draws=300),
        lambda table: information(table, ACTIONS, np.random.default_rng(1), draws=300),
    ):
        one, other = measure(trials), measure(other_way)
        assert one["condition"].unique().tolist() == ["UCF5", "AFD5"]
        assert other["condition"].unique().tolist() == ["AFD5", "UCF5"]
        for name in ("UCF5", "AFD5"):
            bounds = [table.loc[table["condition"] == name, ["low", "high"]] for table in (one, other)]
            np.testing.assert_allclose(*bounds, atol=1e-6)


def test_where_nothing_varies_no_degrees_of_freedom_are_told_from_rounding() -> None:
    """All right, but one participant met fewer clips: Wilson's interval of 257 of 257 trials, .9853 to 1."""
    trials = study(3, np.random.default_rng(1)).assign(correct=1)
    fewer = trials[(trials["observer"] != trials["observer"][0]) | (trials.index % 7 != 0)]
    fewer = fewer.reset_index(drop=True)
    row = accuracy(fewer, ["condition"], np.random.default_rng(1)).iloc[0]
    expected = proportion_confint(len(fewer), len(fewer), method="wilson")
    assert (len(fewer), row["method"]) == (257, "wilson")
    assert (row["low"], row["high"]) == pytest.approx(expected, abs=1e-6)


def test_a_level_statistic_tells_no_part_from_its_slope() -> None:
    """Its slope is rounding, a 1e-15th of what varies: the draws say which parts there are, here people."""
    crossing = cross(crossed([[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 1, 1]], actions="AABB"))
    parts = [np.array([value]) for value in (3.0, 1.0, 1.0)]
    rounding = tuple(np.array([value * 1e-15]) for value in (1.0, 1.0, 3.0))
    drawn = crossing.combine(np.zeros(1), *parts)
    assert crossing.combine(np.zeros(1), *parts, linear=rounding).df[0] == drawn.df[0] == 2


def test_a_tie_of_two_parts_is_no_toss_of_a_coin() -> None:
    """People and interaction vary alike here: other draws of them must not change the degrees of freedom."""
    trials = crossed([[1, 1, 1, 0], [1, 1, 0, 1], [0, 1, 1, 1], [1, 0, 1, 1]], actions="AABB")
    freedom = {
        float(resample(trials, np.random.default_rng(seed), draws=200).shares(counted(trials)).df[0])
        for seed in range(20)
    }
    assert len(freedom) == 1


def test_parts_that_differ_by_rounding_are_the_same() -> None:
    """People vary as the interaction does, but for a billionth: the items set the degrees of freedom."""
    crossing = cross(crossed([[1, 1, 0, 0, 1, 0], [1, 0, 1, 0, 0, 1], [0, 1, 1, 1, 0, 0]], actions="AAABBB"))
    people, things, both = (np.array([value]) for value in (1 + 1e-9, 3.0, 1.0))
    assert (crossing.df_observers, crossing.df_items) == (2, 4)
    for linear in (None, (people, things, both)):
        assert crossing.combine(np.zeros(1), people, things, both, linear=linear).df[0] == 4
    assert crossing.combine(np.zeros(1), people + 0.01, things, both).df[0] == 2


def test_parts_without_draws_are_those_that_draws_tend_to() -> None:
    """Of a sum over cells: what all participants, or all groups of an action, have alike varies nothing."""
    rng = np.random.default_rng(4)
    drawn = resample(study(4, rng), rng, draws=20_000)
    cells = 5 + rng.standard_normal((drawn.crossing.observers, drawn.crossing.items, 1))
    of_people = drawn.observer_weights @ cells[:, :, 0].sum(axis=1) - cells.sum()
    of_groups = drawn.item_weights @ cells[:, :, 0].sum(axis=0) - cells.sum()
    crossed_sums = np.einsum("do,oi,di->d", drawn.observer_weights, cells[:, :, 0], drawn.item_weights)
    of_both = crossed_sums - cells.sum() - of_people - of_groups
    expected = [np.mean(deviations**2) for deviations in (of_people, of_groups, of_both)]
    assert np.ravel(drawn.crossing.parts(cells)) == pytest.approx(expected, rel=0.06)


def test_slopes_are_those_of_the_statistic() -> None:
    """Of a / b at 3 and 4: 1 / 4 and -3 / 16; a sum of nothing moves nothing."""
    found = slopes(lambda sums: ratio(sums[:, :1], sums[:, 1:2]), np.array([3.0, 4.0, 0.0]))
    assert found.ravel() == pytest.approx([1 / 4, -3 / 16, 0], abs=1e-6)


def test_clip_and_source_clip_are_drawn_together() -> None:
    """Two conditions with the same answers have no difference in any draw."""
    trials = study(4, np.random.default_rng(3), (("UCF5", 0.8),))
    noise = trials.assign(
        condition="AFD5", source_clip_id=trials["clip_id"], clip_id="AFD5/" + trials["trial"].astype(str)
    )
    for items in ("group", "clip"):
        both = pd.concat([trials, noise], ignore_index=True)
        noisy = (both["condition"] == "AFD5").to_numpy(dtype=float)
        right = both["correct"].to_numpy() * noisy
        other = both["correct"].to_numpy() * (1 - noisy)
        drawn = resample(both, np.random.default_rng(1), items, draws=50)
        spread = drawn.spread(np.column_stack([right, other]), lambda sums: sums[..., :1] - sums[..., 1:])
        assert spread.variance[0] == pytest.approx(0, abs=1e-6)


def test_clips_without_a_group_stand_for_themselves() -> None:
    trials = crossed([[0.0, 1.0, 0.0, 1.0]] * 2)
    trials["group"] = pd.array([1, 1, None, None], dtype="Int64").take([0, 1, 2, 3] * 2)
    assert cross(trials).items == 3
    assert cross(trials, "clip").items == 4
    assert cross(trials, "fixed").items == 1


def test_the_method_says_what_was_drawn() -> None:
    one_of_each = crossed([[1.0]])
    assert cross(crossed([[1.0, 0.0]] * 2)).method == "crossed bootstrap over participants and clip groups"
    assert cross(crossed([[1.0], [0.0]])).method == "bootstrap over participants (there is one clip group)"
    assert cross(crossed([[1.0, 0.0]])).method == "bootstrap over clip groups (there is one participant)"
    assert cross(one_of_each).method == "not computed: one participant and one clip group"
    crossing = cross(one_of_each)
    assert np.isnan(crossing.shares(crossing.cells(counted(one_of_each))).variance[0])


def test_wilsons_interval_is_that_of_statsmodels() -> None:
    for correct, number in ((81, 263), (0, 10), (10, 10), (1, 3)):
        expected = proportion_confint(correct, number, method="wilson")
        found = wilson(np.array([correct / number]), np.array([float(number)]), norm.ppf(0.975))
        assert (found[0][0], found[1][0]) == pytest.approx(expected, abs=1e-12)


@given(st.floats(0, 1), st.floats(1e-9, 0.3), st.floats(1, 200), st.integers(1, 5000))
def test_an_interval_of_a_share_holds_it_and_stays_in_its_range(
    share: float, variance: float, df: float, trials: int
) -> None:
    spread = Spread(np.array([share]), np.array([variance]), np.array([df]))
    low, high = share_interval(spread, trials)
    assert 0 <= low[0] <= share + 1e-9
    assert share - 1e-9 <= high[0] <= 1


def test_an_interval_is_never_narrower_than_that_of_as_many_independent_trials() -> None:
    spread = Spread(np.array([0.5]), np.array([1e-9]), np.array([1e9]))
    low, high = share_interval(spread, 100)
    assert (low[0], high[0]) == pytest.approx(proportion_confint(50, 100, method="wilson"), abs=1e-6)


def test_large_tables_get_fewer_draws() -> None:
    assert [draws_for(number) for number in (1, 100, 500, 1_000, 10_000)] == [
        10_000,
        10_000,
        2_000,
        1_000,
        1_000,
    ]


def test_nothing_over_nothing_is_not_a_number_and_no_warning() -> None:
    assert np.isnan(ratio(np.array([0.0]), np.array([0.0]))[0])
