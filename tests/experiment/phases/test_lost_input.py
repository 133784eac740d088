"""A source of time stamps that is lost during a trial costs nothing and is said in the journal."""

from __future__ import annotations

from experiment.records import InputChanged, TrialFinished, TrialStarted
from experiment.scene import ChoiceCue
from tests.experiment.virtual_session import VirtualSession, obliging, short_protocol


def test_it_is_recorded_once_the_trial_is_over_and_the_trial_counts(tmp_path):
    lost = InputChanged("ioHub", "pyglet", "ioHub's process has ended")
    waiting = []

    def losing_in_trial_two(session, scene, flip_s):
        if isinstance(scene.cue, ChoiceCue) and scene.cue.trial == 2:
            waiting.append(lost)
        obliging(session, scene, flip_s)

    def changes():
        told, waiting[:] = tuple(waiting), []
        return told

    session = VirtualSession(tmp_path, short_protocol(), answer=losing_in_trial_two)
    session.responses.source_changes = changes
    session.run()
    events = [entry.event for entry in session.entries]
    place = events.index(lost)
    assert isinstance(events[place - 1], TrialStarted)
    assert isinstance(events[place + 1], TrialFinished)
    assert (events[place - 1].trial, events[place + 1].trial) == (2, 2)
    assert [trial.correct for trial in session.trials] == [True] * 5
    assert events.count(lost) == 1
