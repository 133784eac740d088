"""Opens what a session plays on: the display, its input and its clock. Here the backend is chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone

from experiment.backends.clock import SessionClock
from experiment.backends.virtual import VirtualClock, VirtualDisplay, VirtualResponses
from experiment.choices import Choices
from experiment.phases.layout import BACKGROUND
from experiment.ports import Clock, Display, Injector, Responses
from experiment.start_dialog import Asked


@dataclass(frozen=True)
class Ports:
    """An open display with its input and clock, which was set at ``opened_at``.

    ``injector`` makes input events in simulations.
    """

    clock: Clock
    opened_at: datetime
    display: Display
    responses: Responses
    injector: Injector | None
    shows_pictures: bool


@contextmanager
def open_ports(choices: Choices, factor: float, session_time: Callable[[], float]) -> Iterator[Ports]:
    """The display, input and clock of this session; the display is closed at the end, whatever happens."""
    if choices.simulate == "data":
        clock = VirtualClock(session_time())
        responses = VirtualResponses(clock)
        yield Ports(clock, datetime.now(timezone.utc), VirtualDisplay(clock), responses, responses, False)
        return
    # PsychoPy takes two seconds to import and needs a display: only here, where a window is wanted.
    from experiment.backends.psychopy import open_psychopy

    session_clock = SessionClock(session_time(), factor)
    opened_at = datetime.now(timezone.utc)
    with open_psychopy(
        session_clock,
        full_screen=not choices.windowed,
        screen=choices.screen,
        background=BACKGROUND,
        simulated_input=choices.simulate == "visual",
        input_choice=choices.input,
        photodiode=choices.photodiode,
    ) as backend:
        yield Ports(session_clock, opened_at, backend.display, backend.responses, backend.injector, True)


def ask_for_choices(choices: Choices, said: str) -> Asked | None:
    """Ask by the start dialog, which shows at first what ``choices`` holds, and the sentence ``said``.

    ``None`` where it was left. Raises ``InputRefused`` where no dialog can be shown.
    """
    from experiment.backends.psychopy_window import check_display

    check_display()
    from experiment.backends.start_window import ask

    return ask(choices, said)
