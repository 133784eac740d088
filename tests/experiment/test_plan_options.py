"""A plan obeys its protocol, whatever the seed, the material and the choice among all options."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from experiment.errors import InputRefused
from experiment.plan import Seat, make_plan
from experiment.protocol import Protocol, read_protocol
from experiment.records import Criterion, ResponseRule, SessionPlan, TrialsPhase
from experiment.trial_order import longest_run
from stimuli.clip import Clip
from tests.experiment.material import (
    ACTIONS,
    PROTOCOLS,
    counted_clips,
    protocol_of,
    protocol_with,
    stimulus_set,
    three_kinds,
    trials_of,
)
from tests.experiment.test_plan import SEATS, sources, uneven_clips

PLANS = TypeAdapter(SessionPlan)
CONDITIONS = ("UCF5", "AFD5", "Gray5")
RULES = ["fewest-shared", "same", "independent", "swapped"]


@st.composite
def options(draw: st.DrawFn) -> Protocol:
    """Any choice of the optional fields, with one to three conditions."""
    conditions = CONDITIONS[: draw(st.integers(1, 3))]
    order = draw(st.sampled_from(["fixed", "latin"]))
    after = draw(st.booleans())
    criterion = {"correct": 3, "of": 4, "rounds": draw(st.integers(2, 3))} if draw(st.booleans()) else None
    phases: list[dict[str, object]] = []
    for condition in conditions:
        for kind in ("training", "test"):
            phase: dict[str, object] = {
                "kind": kind,
                "condition": condition,
                "clips_per_action": draw(st.integers(1, 3)),
                "attention_checks": draw(st.integers(0, 4)),
                "break_every": draw(st.none() | st.integers(1, 6)),
            }
            if kind == "training":
                phase["answer"] = "after" if after else "during"
                phase["criterion"] = criterion if after else None
            phases.append(phase)
        phases.append({"kind": "rest", "duration_s": 1})
    return protocol_of(
        conditions,
        phases,
        test_items=draw(st.sampled_from(RULES)),
        menu_order=draw(st.sampled_from(["fixed", "latin", "random"])),
        condition_order=order,
        most_in_a_row=draw(st.none() | st.integers(2, 4)),
        response=draw(
            st.sampled_from(
                [
                    {},
                    {"mode": "select-then-confirm", "minimum_viewing_s": 1.5, "time_limit_s": 20},
                    {"time_limit_s": 5},
                ]
            )
        ),
    )


def specs_in_order(protocol: Protocol, plan: SessionPlan) -> list[tuple[dict[str, object], TrialsPhase]]:
    """Each trial phase of a plan with what the file asks of it."""
    left: dict[tuple[str, str], list[dict[str, object]]] = defaultdict(list)
    for spec in protocol.file.model_dump()["phases"]:
        if "condition" in spec:
            left[spec["condition"], spec["kind"]].append(spec)
    phases = [phase for phase in plan.phases if isinstance(phase, TrialsPhase)]
    return [(left[phase.condition, phase.kind].pop(0), phase) for phase in phases]


def check_obeyed(protocol: Protocol, plan: SessionPlan, by_id: dict[str, Clip]) -> None:
    file = protocol.file
    assert [phase.kind for phase in plan.phases] == [phase.kind for phase in file.phases]
    clips_of = {condition.name: condition.manifest_name for condition in file.conditions}
    for spec, phase in specs_in_order(protocol, plan):
        assert [trial.trial for trial in phase.trials] == list(range(1, len(phase.trials) + 1))
        assert phase.response == ResponseRule(**file.response.model_dump())
        criterion = spec.get("criterion")
        assert phase.criterion == (Criterion(**criterion) if criterion else None)
        assert phase.answer == spec.get("answer", "during")
        assert len(phase.rounds) == (criterion["rounds"] if criterion else 1)
        assert tuple(trial for trials in phase.rounds for trial in trials) == phase.trials
        breaks = []
        for trials in phase.rounds:
            counted = [by_id[trial.clip_id] for trial in trials if not trial.attention_check]
            checks = [by_id[trial.clip_id] for trial in trials if trial.attention_check]
            assert len(counted) == 5 * spec["clips_per_action"]
            assert len(checks) == spec["attention_checks"]
            assert len({clip.clip_id for clip in (*counted, *checks)}) == len(trials)
            assert {clip.condition for clip in counted} == {clips_of[phase.condition]}
            assert {clip.split for clip in counted} == {"test" if phase.kind == "test" else "train"}
            if checks:
                assert {clip.condition for clip in checks} == {clips_of[phase.condition]}
                shares = Counter(clip.action for clip in checks)
                assert max(shares.values()) - min(shares[action] for action in ACTIONS) <= 1
            if file.test_items != "independent" or phase.kind == "training":
                assert set(Counter(clip.action for clip in counted).values()) == {spec["clips_per_action"]}
            if file.most_in_a_row is not None:
                assert longest_run([trial.action for trial in trials]) <= file.most_in_a_row
            assert all(sorted(trial.menu_order) == sorted(ACTIONS) for trial in trials)
            if spec["break_every"]:
                breaks += [
                    trial.trial
                    for place, trial in enumerate(trials[:-1], start=1)
                    if place % spec["break_every"] == 0
                ]
        assert list(phase.breaks_after) == breaks
        menus = {trial.menu_order for trial in phase.trials}
        if file.menu_order == "fixed":
            assert menus == {ACTIONS}
        elif file.menu_order == "latin":
            assert len(menus) == 1


@settings(max_examples=150, deadline=None)
@given(
    seat=SEATS,
    protocol=options(),
    material=uneven_clips() | st.builds(counted_clips, st.integers(3, 11), st.integers(3, 11)),
)
def test_every_plan_obeys_its_protocol_or_is_refused_in_a_sentence(seat, protocol, material):
    clips = three_kinds(material)
    by_id = {clip.clip_id: clip for clip in clips}
    try:
        plan = make_plan(protocol, stimulus_set(clips), seat)
    except InputRefused as refused:
        said = str(refused)
        assert "\n" not in said
        assert "build a larger set or ask for fewer" in said or "most_in_a_row: found" in said
        return
    check_obeyed(protocol, plan, by_id)
    # No check gives away the answer to a trial of a test.
    phases = [phase for phase in plan.phases if isinstance(phase, TrialsPhase)]
    labelled = {by_id[t.clip_id] for phase in phases for t in phase.trials if t.attention_check}
    tested = {
        by_id[t.clip_id]
        for phase in phases
        for t in phase.trials
        if phase.kind == "test" and not t.attention_check
    }
    footage = {clip.footage_id for clip in tested}
    assert not {clip.footage_id for clip in labelled} & footage


@settings(max_examples=40, deadline=None)
@given(seat=SEATS, protocol=options())
def test_the_same_seat_gives_the_same_plan_byte_for_byte_and_reads_back(seat, protocol):
    clips = stimulus_set(three_kinds(counted_clips(12, 12)))
    first, second = (PLANS.dump_json(make_plan(protocol, clips, seat)) for _ in range(2))
    assert first == second
    assert PLANS.dump_json(PLANS.validate_json(first)) == first


# The trials and the clips on slides as planned before there were any options: they are not to change.
@pytest.mark.parametrize(
    ("name", "sha256"),
    [
        ("afd5", "b68ce4a76ebedb3989cbc73e6b25408ba2b61cf0c2852f0ab6e8b4c6b49a195f"),
        ("pilot", "a061ff68023253bf82e82655f92b8d517f7376193613480a3de7589ba253238f"),
    ],
)
def test_the_study_and_its_pilot_have_the_plan_they_always_had(name, sha256):
    protocol = read_protocol(PROTOCOLS / f"{name}.yaml")
    plan = make_plan(protocol, stimulus_set(counted_clips(30, 9)), Seat("P017", 2, 5, 2022))
    shown, media = [], []
    for phase in json.loads(PLANS.dump_json(plan))["phases"]:
        slides = phase.get("slides") or phase.get("intro") or []
        media += [medium["clip_id"] for slide in slides for medium in slide["media"]]
        if phase["kind"] not in ("training", "test"):
            continue
        assert phase["response"] == {"mode": "press", "minimum_viewing_s": 0, "time_limit_s": None}
        assert (phase["answer"], phase["criterion"], phase["breaks_after"]) == ("during", None, [])
        for trial in phase["trials"]:
            assert (trial.pop("attention_check"), trial.pop("round")) == (False, 1)
        shown.append([phase["kind"], phase["condition"], phase["interval_s"], phase["trials"]])
    content = json.dumps([shown, media], separators=(",", ":")).encode()
    assert hashlib.sha256(content).hexdigest() == sha256


def test_a_plan_recorded_before_there_were_options_is_still_read():
    plan = make_plan(protocol_with(), stimulus_set(counted_clips(30, 9)), Seat("P001", 1, 1, 7))
    content = json.loads(PLANS.dump_json(plan))
    for phase in content["phases"]:
        for field in ("response", "answer", "criterion", "breaks_after"):
            phase.pop(field, None)
        for trial in phase.get("trials", ()):
            del trial["attention_check"], trial["round"]
    del content["words"]["confirm"], content["words"]["break_text"]
    read = PLANS.validate_python(content)
    assert read.phases == plan.phases
    assert (read.words.confirm, read.words.break_text) == ("", "")


@pytest.mark.parametrize("rule", RULES)
def test_a_latin_menu_has_each_action_at_each_place_equally_often(rule):
    clips = stimulus_set(counted_clips(9, 9))
    protocol = protocol_of(("UCF5", "AFD5"), trials_of(("UCF5", "AFD5")), test_items=rule, menu_order="latin")
    menus = []
    for number in range(1, 21):
        plan = make_plan(protocol, clips, Seat(f"P{number:03d}", 1, number, 7))
        (menu,) = {t.menu_order for p in plan.phases if isinstance(p, TrialsPhase) for t in p.trials}
        menus.append(menu)
    # Over each block of ten participants each action is at each place twice and below each other twice.
    for begin in (0, 10):
        block = menus[begin : begin + 10]
        for place in range(5):
            assert Counter(menu[place] for menu in block) == dict.fromkeys(ACTIONS, 2)
        below = Counter(pair for menu in block for pair in pairwise(menu))
        assert set(below.values()) == {2}
    if rule != "swapped":  # so in any ten participants who follow one another
        for begin in range(11):
            assert len(set(menus[begin : begin + 10])) == 10


def test_a_random_menu_is_another_one_in_every_trial():
    protocol = protocol_of(("UCF5",), trials_of(("UCF5",), test=6), menu_order="random")
    plan = make_plan(protocol, stimulus_set(counted_clips(9, 9)), Seat("P001", 1, 1, 7))
    assert len({trial.menu_order for trial in plan.phases[1].trials}) > 15


def test_conditions_change_places_with_all_their_phases():
    conditions = ("UCF5", "AFD5", "Gray5")
    phases = trials_of(conditions)
    phases.insert(2, {"kind": "rest", "duration_s": 60})
    protocol = protocol_of(conditions, phases, condition_order="latin")
    clips = stimulus_set(three_kinds(counted_clips(9, 9)))
    orders = []
    for number in range(1, 7):
        plan = make_plan(protocol, clips, Seat("P001", 1, number, 7))
        kinds = [phase.kind for phase in plan.phases]
        assert kinds == ["training", "test", "rest", "training", "test", "training", "test"]
        shown = [phase for phase in plan.phases if isinstance(phase, TrialsPhase)]
        assert all(
            one.condition == other.condition for one, other in zip(shown[::2], shown[1::2], strict=True)
        )
        orders.append(tuple(phase.condition for phase in shown[::2]))
    assert len(set(orders)) == 6


def test_swapped_lists_and_condition_orders_are_crossed():
    protocol = protocol_of(
        ("UCF5", "AFD5"), trials_of(("UCF5", "AFD5")), test_items="swapped", condition_order="latin"
    )
    clips = stimulus_set(counted_clips(9, 9))
    seen = set()
    for number in (1, 2, 3, 4):
        plan = make_plan(protocol, clips, Seat("P001", 1, number, 7))
        tests = [p for p in plan.phases if isinstance(p, TrialsPhase) and p.kind == "test"]
        ordinary = next(phase for phase in tests if phase.condition == "UCF5")
        seen.add((tests[0].condition, frozenset(sources(ordinary))))
    assert len(seen) == 4


def test_a_limit_that_no_order_keeps_is_refused_in_one_sentence():
    clips = stimulus_set(counted_clips(9, 9))
    phases = [{"kind": "test", "condition": "UCF5", "clips_per_action": 2, "attention_checks": 1}]
    two = [{"name": name, "label": {"en": name, "de": name}} for name in ACTIONS[:2]]
    protocol = protocol_of(("UCF5",), phases, most_in_a_row=1, actions=two)
    plan = make_plan(protocol, clips, Seat("P001", 1, 1, 7))
    assert longest_run([trial.action for trial in plan.phases[0].trials]) == 1
    # With an equal draw there is always an order; a free one may give one action too many trials.
    protocol = protocol_of(("UCF5",), phases, most_in_a_row=1, actions=two, test_items="independent")
    with pytest.raises(InputRefused) as refused:
        make_plan(protocol, clips, Seat("P001", 1, 1, seed=1))
    assert "most_in_a_row: found 1, but 4 of the 5 trials of phase 1 (on UCF5) are of " in str(refused.value)
