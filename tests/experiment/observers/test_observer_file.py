"""Every ready-made observer does in simulated sessions what its file says, within the error of sampling.

Seeds are fixed. Bounds are four standard errors, which a right observer misses once in 16,000 draws.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable

import numpy as np
import pytest
from scipy import stats

from experiment.observers import read_observer
from experiment.records import SessionPlan, TrialFinished, TrialsPhase
from tests.experiment.material import ACTIONS, PROTOCOLS, protocol_with
from tests.experiment.observed_session import in_test, observed, observer_path, protocol_of

FILES = sorted(path.stem for path in (PROTOCOLS / "observers").glob("*.yaml"))
PARTICIPANTS = range(1, 6)
BY_PARTICIPANTS = tuple[tuple[SessionPlan, list[TrialFinished]], ...]


@functools.cache
def group(name: str) -> BY_PARTICIPANTS:
    """Five participants, each with 90 test trials of each condition."""
    return simulated(name, in_test(18, "UCF5"), in_test(18))


def simulated(name: str, *phases: dict[str, object], **fields: object) -> BY_PARTICIPANTS:
    protocol = protocol_of(*phases, **fields)
    return tuple(observed(name, protocol, participant) for participant in PARTICIPANTS)


def trials_of(group: BY_PARTICIPANTS, phase: int | None = None) -> list[TrialFinished]:
    return [trial for _, trials in group for trial in trials if phase in (None, trial.phase)]


def assert_share(found: Iterable[bool], expected: float) -> None:
    found = list(found)
    error = math.sqrt(expected * (1 - expected) / len(found))
    assert np.mean(found) == pytest.approx(expected, abs=4 * error + 1e-12)


def assert_time_ratio(slow: list[TrialFinished], fast: list[TrialFinished], expected: float) -> None:
    """The times of two sets of trials on equally many clips of each action differ by a factor."""
    logs = [np.log([trial.time_to_choose_s for trial in trials]) for trials in (slow, fast)]
    error = math.sqrt(sum(of.var() / len(of) for of in logs))
    assert logs[0].mean() - logs[1].mean() == pytest.approx(math.log(expected), abs=4 * error)


def expected_right(name: str, trials: list[TrialFinished], condition: str) -> float:
    """Share of right answers that the habits of an observer give on these trials, lapses aside."""
    habits = read_observer(observer_path(name), (condition,), ACTIONS).habits[condition]
    return float(np.mean([habits.choices[trial.action][trial.action] for trial in trials]))


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_an_observer_of_its_own_name_for_any_condition(name):
    assert read_observer(observer_path(name), ("UCF5", "AFD5", "Third"), ACTIONS).name.startswith(name)
    assert read_observer(observer_path(name), ("AFD5",), ("Swing", "Lunges")).habits["AFD5"].choices["Swing"]


@pytest.mark.parametrize(("phase", "condition"), [(0, "UCF5"), (1, "AFD5")])
def test_the_published_one_is_as_often_right_and_as_fast_as_the_group(phase, condition):
    trials = trials_of(group("published"), phase)
    habits = read_observer(observer_path("published"), (condition,), ACTIONS).habits[condition]
    for action in ACTIONS:
        of = [trial for trial in trials if trial.action == action]
        assert_share((trial.correct for trial in of), habits.choices[action][action])
        times = habits.times[action]
        found = stats.kstest(
            np.log([trial.time_to_choose_s for trial in of]), stats.norm(times.mu, times.sigma).cdf
        )
        assert found.pvalue > 1e-4
    # Errors go where the printed matrix has them, not just anywhere.
    lunges = [trial.response for trial in trials if trial.action == "Lunges" and not trial.correct]
    if condition == "AFD5":
        assert len(lunges) > 10
        assert set(lunges) <= {other for other, share in habits.choices["Lunges"].items() if share > 0}


@pytest.mark.parametrize(("name", "factor"), [("fast", 0.5), ("slow", 2.5)])
def test_fast_and_slow_ones_differ_from_the_group_by_their_factor(name, factor):
    assert_time_ratio(trials_of(group(name)), trials_of(group("published")), factor)


@pytest.mark.parametrize(
    ("name", "rate"), [("lapsing", 0.2), ("fast", 0.05), ("inattentive", 0.1), ("slow", 0)]
)
def test_lapses_are_guesses_among_all_answers(name, rate):
    trials = trials_of(group(name), 1)
    right = expected_right(name, trials, "AFD5")
    assert_share((trial.correct for trial in trials), (1 - rate) * right + rate / len(ACTIONS))
    # JumpingJack is never taken for Swing in the published matrix; who guesses does so.
    jumping = [trial.response for trial in trials if trial.action == "JumpingJack"]
    assert_share((response == "Swing" for response in jumping), rate / len(ACTIONS))


def test_the_random_clicker_is_right_by_chance_and_prefers_no_place():
    trials = trials_of(group("random-clicker"))
    assert_share((trial.correct for trial in trials), 1 / len(ACTIONS))
    counts = [sum(trial.response == action for trial in trials) for action in ACTIONS]
    assert stats.chisquare(counts).pvalue > 1e-4


@pytest.mark.parametrize("menu_order", ["fixed", "latin", "random"])
def test_always_first_presses_the_first_place_whatever_stands_there(menu_order):
    for plan, trials in simulated("always-first", in_test(4), menu_order=menu_order)[:3]:
        (phase,) = plan.phases
        assert isinstance(phase, TrialsPhase)
        assert [trial.response for trial in trials] == [planned.menu_order[0] for planned in phase.trials]


def test_with_a_random_menu_always_first_is_right_by_chance_and_with_a_fixed_one_always_says_the_same():
    mixed = trials_of(simulated("always-first", in_test(9), menu_order="random"))
    assert_share((trial.correct for trial in mixed), 1 / len(ACTIONS))
    assert {trial.response for trial in trials_of(group("always-first"))} == {"JumpingJack"}


def test_the_premature_one_presses_before_the_clip_and_guesses_at_once():
    trials = trials_of(group("premature"))
    assert_share((trial.early_presses > 0 for trial in trials), 0.8)
    assert_share((trial.correct for trial in trials), 1 / len(ACTIONS))
    assert np.median([trial.time_to_choose_s for trial in trials]) == pytest.approx(0.15, rel=0.1)
    assert not any(trial.early_presses for trial in trials_of(group("published")))


@pytest.mark.parametrize("mode", ["press", "select-then-confirm"])
def test_the_premature_one_insists_until_the_menu_opens_and_others_wait(mode):
    rule = {"mode": mode, "minimum_viewing_s": 2.0, "time_limit_s": 20.0}
    early = trials_of(simulated("premature", in_test(3), response=rule))
    assert all(trial.too_soon_presses >= 1 for trial in early)
    assert all(2.0 <= trial.time_to_choose_s < 3.0 for trial in early)
    fast = trials_of(simulated("fast", in_test(3), response=rule))
    assert not any(trial.too_soon_presses or trial.early_presses for trial in fast)
    assert min(trial.time_to_choose_s for trial in fast) > 2.1
    if mode == "select-then-confirm":
        assert all(trial.confirmed_at_s > trial.time_to_choose_s for trial in (*early, *fast))


@pytest.mark.parametrize(("mode", "missed"), [("press", 0.15), ("select-then-confirm", 0.15)])
def test_the_absent_minded_one_misses_time_limits_and_presses_nothing_afterwards(mode, missed):
    trials = trials_of(simulated("absent-minded", in_test(18), response={"mode": mode, "time_limit_s": 45.0}))
    # A few of the published times are longer than the limit as well: at most one in a thousand.
    assert_share((trial.response is None for trial in trials), missed)
    assert not any(trial.early_presses for trial in trials)
    assert not any(trial.response is None for trial in trials_of(group("absent-minded")))
    late = [trial.time_to_choose_s > 45 for trial in trials_of(group("absent-minded"))]
    assert_share(late, missed)


def test_attention_checks_are_failed_by_the_inattentive_alone():
    right = {}
    for name in ("inattentive", "published", "random-clicker"):
        checked = simulated(name, in_test(4, attention_checks=20))
        right[name] = [
            trial.correct
            for plan, trials in checked
            for planned, trial in zip(plan.phases[0].trials, trials, strict=True)
            if planned.attention_check
        ]
        assert len(right[name]) == 20 * len(checked)
    assert all(right["published"])
    assert_share(right["inattentive"], 0.9 * 0.4 + 0.1 / len(ACTIONS))
    assert_share(right["random-clicker"], 1 / len(ACTIONS))


def places(group: BY_PARTICIPANTS, first: int, last: int) -> list[TrialFinished]:
    """The trials of a group from one place in the session to another, counted from 1."""
    return [trial for _, trials in group for trial in trials[first - 1 : last]]


def test_the_learner_begins_with_guesses_and_slowly_and_ends_as_the_group():
    early, late = places(group("learner"), 1, 20), places(group("learner"), 151, 180)
    left = np.exp(-np.arange(20) / 30)
    right = expected_right("learner", early, "UCF5")
    assert_share(
        (trial.correct for trial in early), float(np.mean((1 - 0.6 * left) * right + 0.6 * left / 5))
    )
    assert_share((trial.correct for trial in late), expected_right("learner", late, "AFD5"))
    factor = float(np.exp(np.mean(np.log(1 + left))))
    assert_time_ratio(early, places(group("published"), 1, 20), factor)
    assert_time_ratio(late, places(group("published"), 151, 180), 1.0)


def test_the_tiring_one_begins_as_the_group_and_ends_slow_and_with_guesses():
    early, late = places(group("tiring"), 1, 20), places(group("tiring"), 121, 180)
    come = np.arange(120, 180) / 200
    right = expected_right("tiring", late, "AFD5")
    assert_share((trial.correct for trial in late), float(np.mean((1 - 0.3 * come) * right + 0.3 * come / 5)))
    assert_time_ratio(
        late, places(group("published"), 121, 180), float(np.exp(np.mean(np.log(1 + 0.8 * come))))
    )
    assert_time_ratio(early, places(group("published"), 1, 20), float(np.mean(1 + 0.8 * np.arange(20) / 200)))


def test_varied_participants_differ_more_than_chance_and_the_published_ones_do_not():
    def spread(name: str) -> float:
        times = [[math.log(trial.time_to_choose_s) for trial in trials] for _, trials in group(name)]
        return float(stats.f_oneway(*times).pvalue)

    assert spread("varied") < 1e-6
    assert spread("published") > 1e-3


def test_differences_between_participants_have_the_spread_of_the_file():
    observer = read_observer(observer_path("varied"), ("AFD5",), ACTIONS)
    people = [observer.individual(np.random.default_rng(seed)) for seed in range(2000)]
    paces = np.log([person.traits.pace for person in people])
    right = np.array([person.habits["AFD5"].choices["Swing"]["Swing"] for person in people])
    log_odds = np.log(right / (1 - right))
    for found, expected in ((paces, 0.3), (log_odds, 0.7)):
        assert found.std() == pytest.approx(expected, rel=4 / math.sqrt(2 * 2000))
    assert log_odds.mean() == pytest.approx(math.log(168 / (191 - 168)), abs=4 * 0.7 / math.sqrt(2000))
    assert abs(np.corrcoef(paces, log_odds)[0, 1]) < 4 / math.sqrt(2000)
    for person in people[:20]:
        assert sum(person.habits["AFD5"].choices["Lunges"].values()) == pytest.approx(1)


@pytest.mark.parametrize("name", ["published", "always-first", "random-clicker", "premature"])
@pytest.mark.parametrize(
    "response", [{}, {"mode": "select-then-confirm", "minimum_viewing_s": 0.5, "time_limit_s": 30.0}]
)
def test_every_kind_of_training_comes_to_its_end(name, response):
    criterion = {"correct": 9, "of": 10, "rounds": 2}
    marked = {"kind": "training", "condition": "UCF5", "clips_per_action": 2}
    told = {**marked, "answer": "after", "criterion": criterion}
    _, trials = observed(name, protocol_of(marked, told, in_test(1), response=response))
    assert len(trials) in (10 + 10 + 5, 10 + 20 + 5)


@pytest.mark.parametrize("name", ["varied", "learner", "absent-minded", "premature", "inattentive"])
def test_a_resumed_session_gets_the_same_answers(name, tmp_path):
    rule = {"mode": "select-then-confirm", "minimum_viewing_s": 0.5, "time_limit_s": 30.0}
    protocol = protocol_of(in_test(3, attention_checks=3), in_test(3), response=rule)
    _, whole = observed(name, protocol)
    for stop_after in (4, 7, 9):
        _, cut = observed(name, protocol, stop_after=stop_after, folder=tmp_path)
        assert len(cut) < len(whole)
    _, resumed = observed(name, protocol, folder=tmp_path)
    assert [trial.response for trial in resumed] == [trial.response for trial in whole]
    assert {trial.attempt for trial in resumed} == {1, 2}
    for found, expected in zip(resumed, whole, strict=True):
        # Times are counted in flips from another start.
        assert (found.time_to_choose_s is None) == (expected.time_to_choose_s is None)
        if found.time_to_choose_s is not None:
            assert found.time_to_choose_s == pytest.approx(expected.time_to_choose_s, abs=0.5)


def test_the_third_condition_is_answered_by_the_default():
    conditions = [{"name": name, "label": {"en": name, "de": name}} for name in ("UCF5", "AFD5")]
    conditions.append({"name": "Third", "clips": "UCF5", "label": {"en": "x", "de": "x"}})
    protocol = protocol_with(conditions=conditions, phases=[in_test(18, "Third")])
    trials = [
        trial for participant in PARTICIPANTS for trial in observed("published", protocol, participant)[1]
    ]
    assert_share((trial.correct for trial in trials), 0.9)
    assert np.median([trial.time_to_choose_s for trial in trials]) == pytest.approx(4.0, rel=0.1)
