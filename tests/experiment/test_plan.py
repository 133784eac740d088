"""A plan obeys its protocol, whatever the seed and the material."""

from __future__ import annotations

import random
import re
from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from experiment.errors import InputRefused
from experiment.plan import Seat, make_plan
from experiment.records import SESSIONS, SessionPlan, TrialsPhase
from stimuli.clip import Clip
from tests.experiment.material import ACTIONS, clips_named, counted_clips, protocol_with, stimulus_set

PLANS = TypeAdapter(SessionPlan)
SEATS = st.builds(
    Seat,
    participant=st.from_regex(r"[A-Z][0-9]{3}", fullmatch=True),
    session=st.integers(1, 5),
    order_number=st.integers(1, 60),
    seed=st.integers(0, 2**128 - 1),
)


def small_protocol(test_items: str, trained: int = 1, tested: int = 3):
    """The seven phases with few clips."""
    phases = []
    for phase in protocol_with().file.model_dump()["phases"]:
        counts = {"training": trained, "test": tested}
        phases.append(
            {**phase, "clips_per_action": counts[phase["kind"]]} if phase["kind"] in counts else phase
        )
    return protocol_with(test_items=test_items, phases=phases)


def phase_of(plan: SessionPlan, kind: str, condition: str) -> TrialsPhase:
    return next(
        p for p in plan.phases if isinstance(p, TrialsPhase) and (p.kind, p.condition) == (kind, condition)
    )


def sources(phase: TrialsPhase) -> set[str]:
    return {trial.source_clip_id or trial.clip_id for trial in phase.trials}


@settings(max_examples=60)
@given(
    seat=SEATS,
    rule=st.sampled_from(["fewest-shared", "same", "independent", "swapped"]),
    tested=st.integers(1, 6),
    trained=st.integers(1, 3),
    more_test=st.integers(0, 8),
    more_train=st.integers(0, 4),
)
def test_every_plan_holds_what_the_protocol_asks_for(seat, rule, tested, trained, more_test, more_train):
    clips = counted_clips(tested + more_test, trained + more_train)
    plan = make_plan(small_protocol(rule, trained, tested), stimulus_set(clips), seat)

    kinds = [phase.kind for phase in plan.phases]
    assert kinds == ["slides", "training", "test", "rest", "training", "test", "questionnaire"]
    by_id = {clip.clip_id: clip for clip in clips}
    for phase in (p for p in plan.phases if isinstance(p, TrialsPhase)):
        wanted = tested if phase.kind == "test" else trained
        shown = [by_id[trial.clip_id] for trial in phase.trials]
        assert [trial.trial for trial in phase.trials] == list(range(1, 5 * wanted + 1))
        assert len({clip.clip_id for clip in shown}) == len(shown)
        assert {clip.condition for clip in shown} == {phase.condition}
        assert {clip.split for clip in shown} == {"test" if phase.kind == "test" else "train"}
        assert all(trial.action == clip.action for trial, clip in zip(phase.trials, shown, strict=True))
        assert all(trial.menu_order == ACTIONS for trial in phase.trials)
        if rule != "independent" or phase.kind == "training":
            assert Counter(clip.action for clip in shown) == dict.fromkeys(ACTIONS, wanted)


@st.composite
def uneven_clips(draw) -> tuple[Clip, ...]:
    """Another number of clips for every action, some of them missing in one of the two conditions."""
    names = {
        action: [(i % 7 + 1, i // 7 + 1, "test") for i in range(draw(st.integers(0, 7)))]
        + [(i % 18 + 8, i // 18 + 1, "train") for i in range(draw(st.integers(0, 5)))]
        for action in ACTIONS
    }
    clips = clips_named(names)
    missing = draw(st.sets(st.integers(0, max(0, len(clips) - 1)), max_size=6))
    return tuple(clip for place, clip in enumerate(clips) if place not in missing)


@settings(max_examples=150)
@given(
    seat=SEATS,
    clips=uneven_clips(),
    rule=st.sampled_from(["fewest-shared", "same", "independent", "swapped"]),
    wanted=st.fixed_dictionaries({place: st.integers(1, 4) for place in range(4)}),
)
def test_uneven_material_gives_a_plan_that_obeys_or_a_sentence_that_says_what_is_missing(
    seat, clips, rule, wanted
):
    # Given as many clips per action as one likes in each of four phases, no slides and no questions
    phases = [
        {"kind": kind, "condition": condition, "clips_per_action": wanted[place]}
        for place, (kind, condition) in enumerate(product(("training", "test"), ("UCF5", "AFD5")))
    ]
    protocol = protocol_with(test_items=rule, phases=phases)
    try:
        plan = make_plan(protocol, stimulus_set(clips), seat)
    except InputRefused as error:
        # Then the sentence gives numbers that are so,
        check_it_is_short_of_what_it_says(str(error), clips)
        return
    by_id = {clip.clip_id: clip for clip in clips}
    # or a plan holds just what was asked for, each clip once
    for spec, phase in zip(phases, plan.phases, strict=True):
        shown = [by_id[trial.clip_id] for trial in phase.trials]
        assert len({clip.clip_id for clip in shown}) == len(shown) == 5 * spec["clips_per_action"]
        assert {clip.condition for clip in shown} == {spec["condition"]}
        assert {clip.split for clip in shown} == {"test" if spec["kind"] == "test" else "train"}
        if rule != "independent" or spec["kind"] == "training":
            assert Counter(clip.action for clip in shown) == dict.fromkeys(ACTIONS, spec["clips_per_action"])


def check_it_is_short_of_what_it_says(sentence: str, clips: tuple[Clip, ...]) -> None:
    """Fewer clips than wanted of that action and split are in that condition, or common to those two."""
    said = re.fullmatch(
        r"set: phase \d of afd5\.yaml \((training|test) on (.+)\) asks for (\d+) (train|test) clips of "
        r"(\w+), but the set holds (\d+); build a larger set or ask for fewer clips_per_action",
        sentence,
    )
    assert said is not None, sentence
    _, conditions, wanted, split, action, found = said.groups()
    sources_held = [
        {
            clip.footage_id
            for clip in clips
            if (clip.condition, clip.split, clip.action) == (condition, split, action)
        }
        for condition in conditions.split(" and ")
    ]
    assert int(found) == len(set.intersection(*sources_held)) < int(wanted)


@settings(max_examples=25)
@given(
    seat=SEATS,
    rule=st.sampled_from(["fewest-shared", "same", "independent", "swapped"]),
    shuffle=st.randoms(),
)
def test_a_plan_depends_on_its_arguments_alone(seat, rule, shuffle: random.Random):
    clips = list(counted_clips(5, 3))
    first = make_plan(small_protocol(rule), stimulus_set(tuple(clips)), seat)
    if rule != "independent":  # a free draw is a draw from the list as it stands
        shuffle.shuffle(clips)
    second = make_plan(small_protocol(rule), stimulus_set(tuple(clips)), seat)
    assert PLANS.dump_json(first) == PLANS.dump_json(second)
    assert PLANS.validate_json(PLANS.dump_json(first)) == first


@given(one=SEATS, other=SEATS)
@settings(max_examples=25)
def test_everyone_sees_the_same_fixed_set_in_an_order_of_their_own(one, other):
    clips = stimulus_set(counted_clips(9, 4))
    plans = [make_plan(small_protocol("fewest-shared", 2, 4), clips, seat) for seat in (one, other)]
    for condition in ("UCF5", "AFD5"):
        first, second = (phase_of(plan, "test", condition).trials for plan in plans)
        assert {t.clip_id for t in first} == {t.clip_id for t in second}
        if one.seed != other.seed:
            assert [t.clip_id for t in first] != [t.clip_id for t in second]


@given(seat=SEATS, available=st.integers(3, 14), wanted=st.integers(1, 7))
@settings(max_examples=40)
def test_conditions_share_as_few_sources_as_the_material_allows(seat, available, wanted):
    wanted = min(wanted, available)
    plan = make_plan(
        small_protocol("fewest-shared", 1, wanted), stimulus_set(counted_clips(available, 3)), seat
    )
    shared = sources(phase_of(plan, "test", "UCF5")) & sources(phase_of(plan, "test", "AFD5"))
    assert len(shared) == 5 * max(0, 2 * wanted - available)


def test_the_official_split_leaves_eight_pull_ups_and_six_push_ups_to_share(real_data):
    names: dict[str, list[tuple[int, int, str]]] = {action: [] for action in ACTIONS}
    for split in ("train", "test"):
        for line in (real_data / "splits" / f"ucf5_{split}list01.txt").read_text().splitlines():
            _, action, group, number = line.split("/")[-1].split(".")[0].split("_")
            names[action].append((int(group[1:]), int(number[1:]), split))
    plan = make_plan(protocol_with(), stimulus_set(clips_named(names)), Seat("P001", 1, 1, 7))
    shared = sources(phase_of(plan, "test", "UCF5")) & sources(phase_of(plan, "test", "AFD5"))
    assert Counter(name.split("_")[1] for name in shared) == {"PullUps": 8, "PushUps": 6}


def test_same_shows_the_same_footage_in_both_conditions():
    plan = make_plan(small_protocol("same"), stimulus_set(counted_clips(9, 4)), Seat("P001", 1, 1, 7))
    assert sources(phase_of(plan, "test", "UCF5")) == sources(phase_of(plan, "test", "AFD5"))


def test_swapped_exchanges_the_two_lists_between_odd_and_even_participants():
    clips = stimulus_set(counted_clips(9, 4))
    odd, even = (make_plan(small_protocol("swapped"), clips, Seat("P001", 1, number, 7)) for number in (1, 2))
    for kind in ("training", "test"):
        assert sources(phase_of(odd, kind, "UCF5")) == sources(phase_of(even, kind, "AFD5"))
        assert sources(phase_of(odd, kind, "AFD5")) == sources(phase_of(even, kind, "UCF5"))
        assert not sources(phase_of(odd, kind, "UCF5")) & sources(phase_of(odd, kind, "AFD5"))


def test_slides_show_clips_that_are_in_no_trial_and_pairs_of_the_same_footage():
    plan = make_plan(
        small_protocol("fewest-shared"), stimulus_set(counted_clips(9, 4)), Seat("P001", 1, 1, 7)
    )
    shown = {medium.clip_id for slide in plan.phases[0].slides for medium in slide.media}
    trials = {t.clip_id for p in plan.phases if isinstance(p, TrialsPhase) for t in p.trials}
    assert len(shown) == 10
    assert not {name.split("/")[1] for name in shown} & {name.split("/")[1] for name in trials}
    assert {n.split("/")[1] for n in shown if n.startswith("UCF5")} == {
        n.split("/")[1] for n in shown if n.startswith("AFD5")
    }


@pytest.mark.parametrize("rule", ["fewest-shared", "same", "independent", "swapped"])
def test_too_few_clips_are_refused_in_one_sentence(rule):
    with pytest.raises(InputRefused) as refused:
        make_plan(small_protocol(rule, 1, 8), stimulus_set(counted_clips(7, 4)), Seat("P001", 1, 1, 7))
    text = str(refused.value)
    assert all(part in text for part in ("phase 3", "8 test clips of JumpingJack", "holds 7"))
    assert "\n" not in text


def test_a_session_record_survives_its_json_form(tmp_path):
    from tests.experiment.sessions import simulated_session

    folder = simulated_session(tmp_path)
    content = (folder / "session.json").read_bytes()
    assert SESSIONS.dump_json(SESSIONS.validate_json(content), indent=1) == content
