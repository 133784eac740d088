"""What a finished session says of its own interruptions, for the person at the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from experiment.journal import Entry
from experiment.records import HeldUp, Resumed


def told_interruptions(entries: Iterable[Entry]) -> tuple[str, ...]:
    """A sentence on every interruption that a journal tells of: how often the session was resumed and after
    which gaps, how long it waited for the disk, and what was damaged.

    Empty where it ran through. A gap is the time from the last record before an interruption to the
    resumption.
    """
    events = [entry.event for entry in entries]
    resumed = [event for event in events if isinstance(event, Resumed)]
    held_s = [event.duration_s for event in events if isinstance(event, HeldUp)]
    told: list[str] = []
    if resumed:
        gaps = ", ".join(_duration(event.gap_s) for event in resumed)
        told.append(f"The session was interrupted and resumed, {times(len(resumed))}; gaps: {gaps}.")
    if held_s:
        told.append(f"It waited for room on the disk, {times(len(held_s))}, for {_duration(sum(held_s))}.")
    damage = dict.fromkeys(line for event in resumed for line in event.damage)
    if damage:
        told.append(f"Its journal was found damaged: {'; '.join(damage)}.")
    return tuple(told)


def times(count: int) -> str:
    """``once``, ``2 times`` ..."""
    return "once" if count == 1 else f"{count} times"


def _duration(seconds: float) -> str:
    """``41 s``, ``12 min 30 s`` or ``26 h 5 min``."""
    minutes, rest_s = divmod(round(seconds), 60)
    hours, rest_min = divmod(minutes, 60)
    if hours:
        return f"{hours} h {rest_min} min"
    return f"{minutes} min {rest_s} s" if minutes else f"{rest_s} s"
