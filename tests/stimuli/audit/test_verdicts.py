"""What the audit says of a set follows from what it says of its clips."""

from __future__ import annotations

import pytest

from stimuli.audit.recognition import recognise
from stimuli.audit.records import Outcome, Verdict, Verdicts
from stimuli.audit.verdicts import set_verdicts


def clip_of(motion: Outcome) -> Verdicts:
    good = Verdict(outcome="pass", reason="Good.")
    return Verdicts(static_leak=good, motion=Verdict(outcome=motion, reason="Seen."), encoding=good)


@pytest.mark.parametrize(
    ("passed", "untold", "failed", "expected"),
    [
        (3, 0, 0, "pass"),
        (2, 2, 0, "pass"),
        (2, 3, 0, "cannot be told"),
        (0, 3, 0, "cannot be told"),
        (9, 0, 1, "fail"),
    ],
)
def test_a_set_passes_when_none_fails_and_half_of_its_clips_pass(
    passed: int, untold: int, failed: int, expected: Outcome
) -> None:
    clips = [clip_of("pass")] * passed + [clip_of("cannot be told")] * untold + [clip_of("fail")] * failed
    verdicts = set_verdicts(clips, (), recognise((), 0.001))
    assert verdicts.outcomes == ("pass", expected, "pass")
