"""Which clips are shown with options: the test keeps its own, rounds and checks take what it leaves."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiment.errors import InputRefused
from experiment.plan import Seat, make_plan
from experiment.records import TrialsPhase
from tests.experiment.material import counted_clips, protocol_of, stimulus_set, trials_of
from tests.experiment.test_plan import SEATS, sources

RULES = ["fewest-shared", "same", "independent", "swapped"]


@settings(max_examples=40, deadline=None)
@given(seat=SEATS, rule=st.sampled_from(RULES), checks=st.integers(0, 4), rounds=st.integers(2, 3))
def test_options_change_nothing_of_what_a_test_shows(seat, rule, checks, rounds):
    clips = stimulus_set(counted_clips(9, 9))
    plans = []
    for extra in (False, True):
        phases: list[dict[str, object]] = []
        for condition in ("UCF5", "AFD5"):
            training = {"kind": "training", "condition": condition, "clips_per_action": 2}
            test = {"kind": "test", "condition": condition, "clips_per_action": 3}
            if extra:
                training |= {"answer": "after", "criterion": {"correct": 8, "of": 10, "rounds": rounds}}
                test |= {"attention_checks": checks, "break_every": 4}
            phases += [training, test]
        plans.append(make_plan(protocol_of(("UCF5", "AFD5"), phases, test_items=rule), clips, seat))
    for plain, rich in zip(plans[0].phases, plans[1].phases, strict=True):
        assert isinstance(plain, TrialsPhase)
        assert isinstance(rich, TrialsPhase)
        counted = {trial.clip_id for trial in rich.rounds[0] if not trial.attention_check}
        assert counted == {trial.clip_id for trial in plain.trials}


@pytest.mark.parametrize("rule", RULES)
def test_further_rounds_show_other_clips_while_there_are_any(rule):
    criterion = {"correct": 9, "of": 10, "rounds": 3}
    phases = [
        {**phase, "answer": "after", "criterion": criterion} if phase["kind"] == "training" else phase
        for phase in trials_of(("UCF5", "AFD5"), training=2)
    ]
    protocol = protocol_of(("UCF5", "AFD5"), phases, test_items=rule)
    for train, rounds_apart in ((12, True), (2, False)):
        plan = make_plan(protocol, stimulus_set(counted_clips(9, train)), Seat("P001", 1, 1, 7))
        for phase in (plan.phases[0], plan.phases[2]):
            assert isinstance(phase, TrialsPhase)
            shown = [{trial.clip_id for trial in trials} for trials in phase.rounds]
            assert all(len(of_round) == 10 for of_round in shown)
            if rule != "independent":
                assert (not shown[0] & shown[1] and not shown[1] & shown[2]) == rounds_apart
            orders = [[trial.clip_id for trial in trials] for trials in phase.rounds]
            assert orders[0] != orders[1]


def test_same_items_show_the_same_footage_in_each_round_of_each_condition():
    criterion = {"correct": 9, "of": 10, "rounds": 2}
    phases = [
        {**phase, "answer": "after", "criterion": criterion} if phase["kind"] == "training" else phase
        for phase in trials_of(("UCF5", "AFD5"), training=2)
    ]
    protocol = protocol_of(("UCF5", "AFD5"), phases, test_items="same")
    plan = make_plan(protocol, stimulus_set(counted_clips(9, 12)), Seat("P001", 1, 1, 7))
    first, second = plan.phases[0], plan.phases[2]
    assert isinstance(first, TrialsPhase)
    assert isinstance(second, TrialsPhase)
    assert sources(first) == sources(second)


def test_checks_that_would_give_away_a_test_clip_are_refused_in_one_sentence():
    phases = [{"kind": "test", "condition": "AFD5", "clips_per_action": 3, "attention_checks": 5}]
    protocol = protocol_of(("AFD5",), phases)
    with pytest.raises(InputRefused) as refused:
        make_plan(protocol, stimulus_set(counted_clips(3, 0)), Seat("P001", 1, 1, 7))
    text = str(refused.value)
    assert "phase 1 of afd5.yaml (test on AFD5) asks for 5 attention_checks, but no clip of" in text
    assert "\n" not in text
    # One training clip of each action is enough.
    make_plan(protocol, stimulus_set(counted_clips(3, 1)), Seat("P001", 1, 1, 7))
