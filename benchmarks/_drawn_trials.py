"""Trials as a session writes them, with answers and times that were drawn elsewhere."""

from __future__ import annotations

from experiment.records import PlannedTrial, Press, TrialFinished


def finished_trial(
    phase: int,
    planned: PlannedTrial,
    trial_seq: int,
    response: str | None,
    time_s: float,
    onset_s: float,
    interval_ms: float = 16.667,
    interval_sd_ms: float = 0.1,
) -> TrialFinished:
    """A trial of the phase in that place, answered with a key on a display of 60 Hz; clips take 4 s.

    Without a ``response``, its time limit ended it at ``time_s``.
    """
    return TrialFinished(
        phase=phase,
        trial=planned.trial,
        attempt=1,
        trial_seq=trial_seq,
        clip_id=planned.clip_id,
        action=planned.action,
        response=response,
        correct=response == planned.action,
        time_to_choose_s=None if response is None else time_s,
        loops=time_s / 4.0,
        onset_s=onset_s,
        presses=() if response is None else (Press(response, time_s, "key"),),
        early_presses=0,
        flips=int(time_s * 60) + 1,
        dropped_frames=0,
        interval_ms=interval_ms,
        interval_sd_ms=interval_sd_ms,
        input=None if response is None else "key",
    )
