"""What a session says of its interruptions at the end."""

from __future__ import annotations

import pytest

from experiment.backends.virtual import VirtualClock, VirtualDisplay
from experiment.interruptions import told_interruptions
from experiment.journal import Entry
from experiment.records import Event, HeldUp, Resumed, SessionStarted

DISPLAY = VirtualDisplay(VirtualClock()).record


def told(*events: Event) -> tuple[str, ...]:
    return told_interruptions(Entry(seq, float(seq), event) for seq, event in enumerate(events))


def test_a_session_that_ran_through_says_nothing():
    assert told(SessionStarted()) == ()


@pytest.mark.parametrize(
    ("gaps_s", "said"),
    [
        ((41.2,), "once; gaps: 41 s."),
        ((750.0, 93900.0), "2 times; gaps: 12 min 30 s, 26 h 5 min."),
        ((59.7, 3600.0), "2 times; gaps: 1 min 0 s, 1 h 0 min."),
    ],
)
def test_the_gaps_are_told_one_by_one(gaps_s, said):
    (sentence,) = told(SessionStarted(), *(Resumed(gap_s, (), DISPLAY) for gap_s in gaps_s))
    assert sentence == f"The session was interrupted and resumed, {said}"


def test_waiting_for_the_disk_and_damage_are_told_once_each():
    damaged = Resumed(5.0, ("line 3: the record is cut off",), DISPLAY)
    _, waited, damage = told(HeldUp(30.0, "full"), HeldUp(45.0, "full"), damaged, damaged)
    assert waited == "It waited for room on the disk, 2 times, for 1 min 15 s."
    assert damage == "Its journal was found damaged: line 3: the record is cut off."
