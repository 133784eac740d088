"""Which source tells when a press happened: the best that works here, or the one that was asked for.

The order is that of the errors that ``benchmarks/timing.py`` measures (docs/timing.md): the X server's own
stamps, then the sources that the display need not know of, and the moment of reading where there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from experiment.backends.press_times import PressTimes, SourceUnavailable
from experiment.backends.psychopy_input import POLLED
from experiment.backends.psychopy_iohub import IoHubTimes
from experiment.backends.ptb_queues import QueueTimes
from experiment.backends.x_events import XEventStamps, x_event_stamps
from experiment.backends.x_server_time import ServerTimeUnusable
from experiment.errors import InputRefused
from experiment.input_choice import InputChoice


@dataclass(frozen=True)
class OpenedSource:
    """``times`` is ``None`` where presses are stamped when they are read; ``record`` is what the display
    record says.
    """

    times: XEventStamps | PressTimes | None
    record: str


def open_source(choice: InputChoice, window: Any) -> OpenedSource:
    """Start a source for a pyglet window.

    With ``auto`` the first one that works is taken, and the record says why the ones before it were not.

    Raises
    ------
    InputRefused
        Where a source was asked for by name and does not work here.
    """

    def server_time() -> XEventStamps:
        try:
            stamps = x_event_stamps(window)
        except ServerTimeUnusable as error:
            raise SourceUnavailable(str(error)) from error
        if stamps is None:
            raise SourceUnavailable("the window stands on no X server")
        return stamps

    sources: Mapping[str, Callable[[], XEventStamps | PressTimes]] = {
        "x11": server_time,
        "iohub": IoHubTimes,
        "ptb": QueueTimes,
    }
    if choice == "pyglet":
        return OpenedSource(None, POLLED)
    reasons = []
    for name in ("x11", "iohub", "ptb") if choice == "auto" else (choice,):
        try:
            times = sources[name]()
        except SourceUnavailable as error:
            reasons.append(str(error))
            continue
        return OpenedSource(times, "; ".join((times.name, *reasons)))
    if choice == "auto":
        return OpenedSource(None, "; ".join((POLLED, *reasons)))
    raise InputRefused(
        f"--input {choice}: {reasons[0]}; `--input auto` takes the best source that works here"
    )
