"""A training that shows the answer afterwards: rounds until its criterion is met; breaks; kills anywhere."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiment.journal import JOURNAL_NAME
from experiment.phases.rounds import TrialsSoFar, told_criteria, trials_left
from experiment.records import BreakTaken, RoundFinished, SessionFinished, TrialStarted
from experiment.runner import replay
from experiment.scene import ChoiceCue, ContinueCue, Text
from tests.experiment.material import counted_clips, protocol_with
from tests.experiment.virtual_session import VirtualSession, obliging, press

CLIPS = counted_clips(4, 8)


def training(**fields):
    phase = {"kind": "training", "condition": "UCF5", "clips_per_action": 1, "answer": "after", **fields}
    return protocol_with(phases=[phase])


def right_in(trials: set[int]):
    """Answers the trials of these numbers rightly and all others wrongly."""

    def answer(session, scene, flip_s):
        cue = scene.cue
        if isinstance(cue, ChoiceCue) and cue.trial not in trials:
            wrong = next(target.name for target in scene.targets if target.name != cue.action)
            press(wrong, 1.0)(session, scene, flip_s)
        else:
            obliging(session, scene, flip_s)

    return answer


def texts(scene) -> list[str]:
    return [element.text for element in scene.elements if isinstance(element, Text)]


def test_the_right_answer_is_shown_only_after_the_response(tmp_path):
    session = VirtualSession(tmp_path, training(), right_in({1, 3}), CLIPS).run()
    words = session.plan.words
    for scene, _ in session.shown("training"):
        assert not [text for text in texts(scene) if "✓" in text or "✗" in text]
        assert not scene.cue or not getattr(scene.cue, "answer_shown", False)
    after: dict[int, list] = {}
    for scene, at_s in session.shown("answer"):
        after.setdefault(int(scene.cue.screen.split()[2]), []).append((scene, at_s))
    assert sorted(after) == [1, 2, 3, 4, 5]
    for trial in session.trials:
        assert len(trial.presses) == 1
        scene = after[trial.trial][0][0]
        signs = {text.split("  ")[0]: text.split("  ")[1] for text in texts(scene) if "  " in text}
        expected = {session.plan.label_of(trial.action): "✓"}
        if not trial.correct:
            expected[session.plan.label_of(trial.response)] = "✗"
        assert signs == expected
        assert (words.answer_right in texts(scene)) is trial.correct
        assert (words.answer_wrong in texts(scene)) is not trial.correct
        # It stays until the participant goes on, and the clip runs on.
        assert after[trial.trial][-1][1] - after[trial.trial][0][1] == pytest.approx(0.5, abs=0.05)
        assert len({scene.videos[0].index for scene, _ in after[trial.trial]}) > 5


def test_after_the_answer_comes_the_programmed_interval(tmp_path):
    session = VirtualSession(tmp_path, training(), clips=CLIPS).run()
    left_s = {}
    for scene, at_s in session.shown("answer"):
        left_s[int(scene.cue.screen.split()[2])] = at_s
    for before, after in pairwise(session.trials):
        gap_s = after.onset_s - left_s[before.trial]
        assert gap_s == pytest.approx(session.phase().interval_s, abs=2 / 60)


def test_a_missing_response_is_told_the_right_answer_too(tmp_path):
    def silent(session, scene, flip_s):
        if isinstance(scene.cue, ContinueCue):
            obliging(session, scene, flip_s)

    protocol = training()
    protocol = protocol_with(
        phases=protocol.file.model_dump()["phases"], response={"mode": "press", "time_limit_s": 2.0}
    )
    session = VirtualSession(tmp_path, protocol, silent, CLIPS).run()
    assert {trial.response for trial in session.trials} == {None}
    shown = session.shown("answer")
    assert all(session.plan.words.answer_missing in texts(scene) for scene, _ in shown)
    assert not session.shown("time over")


CRITERION = {"correct": 3, "of": 4, "rounds": 3}


@pytest.mark.parametrize(
    ("right", "trials", "rounds"),
    [
        ({1, 2, 3, 4, 5}, 5, [(1, 4, True)]),
        ({3, 4, 5}, 5, [(1, 3, True)]),
        # Only the last four of a round count.
        ({1, 2, 3, 7, 9, 10}, 10, [(1, 2, False), (2, 3, True)]),
        (set(), 15, [(1, 0, False), (2, 0, False), (3, 0, False)]),
    ],
)
def test_rounds_follow_until_the_criterion_is_met_or_there_are_no_more(tmp_path, right, trials, rounds):
    session = VirtualSession(tmp_path, training(criterion=CRITERION), right_in(right), CLIPS).run()
    assert [trial.trial for trial in session.trials] == list(range(1, trials + 1))
    finished = session.of_kind(RoundFinished)
    assert [(event.round, event.correct, event.reached) for event in finished] == rounds
    assert all(event.of == 4 for event in finished)
    assert isinstance(session.entries[-1].event, SessionFinished)
    announced = {scene.cue.screen for scene, _ in session.shown("round")}
    assert announced == {f"round 0 {number}" for number in range(2, len(rounds) + 1)}
    # The count of trials starts anew in each round.
    said = [t for s, _ in session.shown("training") for t in texts(s) if " / " in t]
    assert set(said) == {f"{number} / 5" for number in range(1, 6)}
    told = told_criteria(session.plan, [entry.event for entry in session.entries])
    assert len(told) == (not rounds[-1][2])
    assert all("3 right of 4, after 3 rounds" in sentence for sentence in told)


def test_attention_checks_do_not_count_for_the_criterion(tmp_path):
    protocol = training(criterion={"correct": 5, "of": 5, "rounds": 2}, attention_checks=2)
    plan = VirtualSession(tmp_path, protocol, clips=CLIPS).plan
    right = {trial.trial for trial in plan.phases[0].trials if not trial.attention_check}
    session = VirtualSession(tmp_path, protocol, right_in(right), CLIPS).run()
    assert [(e.round, e.correct, e.reached) for e in session.of_kind(RoundFinished)] == [(1, 5, True)]
    assert sum(not trial.correct for trial in session.trials) == 2


def test_breaks_come_after_every_so_many_trials_and_are_ended_by_the_participant(tmp_path):
    phase = {"kind": "test", "condition": "UCF5", "clips_per_action": 1, "break_every": 2}
    session = VirtualSession(tmp_path, protocol_with(phases=[phase]), clips=CLIPS).run()
    breaks = session.of_kind(BreakTaken)
    assert [event.trial for event in breaks] == [2, 4]
    assert all(event.duration_s == pytest.approx(0.5, abs=0.05) for event in breaks)
    kinds = [entry.event.kind for entry in session.entries if entry.event.kind in ("trial", "break")]
    assert kinds == ["trial", "trial", "break", "trial", "trial", "break", "trial"]
    assert "2 of 5" in " ".join(texts(session.shown("break")[0][0]))
    # The next clip comes the programmed interval after the break.
    ended_s = next(at for scene, at in reversed(session.shown("break")) if "0 2" in scene.cue.screen)
    assert session.trials[2].onset_s - ended_s == pytest.approx(session.phase().interval_s, abs=2 / 60)


def test_a_break_that_was_cut_off_is_taken_again(tmp_path):
    phase = {"kind": "test", "condition": "UCF5", "clips_per_action": 1, "break_every": 2}
    protocol = protocol_with(phases=[phase])
    whole = VirtualSession(tmp_path, protocol, clips=CLIPS).run()
    cut_at(tmp_path, next(e.seq for e in whole.entries if isinstance(e.event, BreakTaken)))
    resumed = VirtualSession(tmp_path, protocol, clips=CLIPS).run()
    assert [event.trial for event in resumed.of_kind(BreakTaken)] == [2, 4]


def cut_at(folder: Path, records: int) -> None:
    """Leave only the first records of a journal, as a kill does."""
    path = folder / JOURNAL_NAME
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:records]))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    right=st.sets(st.integers(1, 15)), share=st.floats(0, 1), again=st.floats(0, 1), checks=st.integers(0, 1)
)
def test_after_a_kill_anywhere_the_same_trials_follow_none_lost_and_none_doubled(right, share, again, checks):
    protocol = training(criterion=CRITERION, break_every=2, attention_checks=checks)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = VirtualSession(folder, protocol, right_in(right), CLIPS).run()
        expected = [(trial.trial, trial.response) for trial in whole.trials]
        rounds, breaks = whole.of_kind(RoundFinished), whole.of_kind(BreakTaken)
        # When the session is cut off after any record, twice
        for part in (share, again):
            cut_at(folder, round(part * len(VirtualSession(folder, protocol, clips=CLIPS).entries)))
            resumed = VirtualSession(folder, protocol, right_in(right), CLIPS).run()
            # then what follows is what would have followed
            assert [(trial.trial, trial.response) for trial in resumed.trials] == expected
            assert resumed.of_kind(RoundFinished) == rounds
            assert [event.trial for event in resumed.of_kind(BreakTaken)] == [e.trial for e in breaks]
            assert isinstance(resumed.entries[-1].event, SessionFinished)
            started = [(e.trial, e.attempt) for e in resumed.of_kind(TrialStarted)]
            assert len(started) == len(set(started))


def test_what_is_left_after_any_record_is_the_current_round(tmp_path):
    session = VirtualSession(tmp_path, training(criterion=CRITERION), right_in({8, 9, 10}), CLIPS).run()
    phase, entries = session.phase(), session.entries
    assert [len(trials) for trials in phase.rounds] == [5, 5, 5]
    assert [t.trial for t in trials_left(phase, TrialsSoFar())] == [1, 2, 3, 4, 5]
    for length in range(len(entries) + 1):
        so_far = replay(entries[:length]).trials_of(0)
        done = max(so_far.correct, default=0)
        left = [trial.trial for trial in trials_left(phase, so_far)]
        assert left == ([] if done == 10 else list(range(done + 1, 6 if done < 5 else 11)))
