"""Opens what a session plays on, display, input and clock, and what asks or measures in a window of its own.

Here the backend is chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone

from experiment.backends.clock import SessionClock
from experiment.backends.virtual import VirtualClock, VirtualDisplay, VirtualResponses
from experiment.choices import Choices
from experiment.display_store import KnownScreens, read_known_screens, store_path
from experiment.errors import SessionStopped
from experiment.gamma_table import GammaTable
from experiment.phases.layout import BACKGROUND
from experiment.phases.stage import StopRequested
from experiment.ports import Clock, Display, Injector, Responses
from experiment.records import SessionPlan
from experiment.start_dialog import Asked
from experiment.timing_check.check import checked_timing
from experiment.timing_check.played import CheckPorts
from experiment.timing_check.report import TimingReport
from experiment.viewing import ScreenOptions, Viewing
from stimuli.manifest import StimulusSet


@dataclass(frozen=True)
class Ports:
    """An open display with its input and clock, which was set at ``opened_at``.

    ``injector`` makes input events in simulations. ``reported_width_cm`` is the width that the monitor says
    it has.
    """

    clock: Clock
    opened_at: datetime
    display: Display
    responses: Responses
    injector: Injector | None
    shows_pictures: bool
    reported_width_cm: float | None = None


@contextmanager
def open_ports(
    choices: Choices, factor: float, session_time: Callable[[], float], viewing: Viewing | None = None
) -> Iterator[Ports]:
    """The display, input and clock of this session; the display is closed at the end, whatever happens.

    With ``viewing`` the display has the surround of what is shown, and its record tells sizes and luminance.
    """
    if choices.simulate == "data":
        clock = VirtualClock(session_time())
        responses = VirtualResponses(clock)
        yield Ports(clock, datetime.now(timezone.utc), VirtualDisplay(clock), responses, responses, False)
        return
    # PsychoPy takes two seconds to import and needs a display: only here, where a window is wanted.
    from experiment.backends.psychopy import open_psychopy
    from experiment.backends.psychopy_window import check_display

    check_display()
    surround = Surroundings(viewing, choices.screen)
    session_clock = SessionClock(session_time(), factor)
    opened_at = datetime.now(timezone.utc)
    with open_psychopy(
        session_clock,
        full_screen=not choices.windowed,
        screen=choices.screen,
        background=surround.usual,
        simulated_input=choices.simulate == "visual",
        input_choice=choices.input,
        photodiode=choices.photodiode,
        gamma=surround.table,
        linear_background=surround.linear,
    ) as backend:
        reported_cm = backend.screen.reported_width_cm
        if viewing is not None:
            backend.display.describe(
                viewing.record(backend.display.record, reported_cm),
                viewing.luminance(surround.table, backend.ramp.refused),
            )
        ports = (backend.display, backend.responses, backend.injector)
        yield Ports(session_clock, opened_at, *ports, True, reported_cm)


def viewing_of(choices: Choices, stimuli: StimulusSet, plan: SessionPlan) -> Viewing:
    """What a session shows and what is known of this machine's screens. Raises ``InputRefused`` where what
    was kept of them is damaged.
    """
    options = ScreenOptions(choices.monitor_width_cm, choices.distance_cm, choices.gamma_table)
    known = KnownScreens() if choices.simulate == "data" else read_known_screens(store_path())
    return Viewing(stimuli, tuple(plan.clip_ids), options, known)


class Surroundings:
    """What is behind the scenes on a screen: ``usual``, or ``linear`` where its gamma can be corrected."""

    def __init__(self, viewing: Viewing | None, screen: int) -> None:
        from experiment.backends.found_screens import screen_number

        self.table: GammaTable | None = None
        self.usual = self.linear = BACKGROUND
        if viewing is not None:
            self.table = viewing.gamma_table(screen_number(screen).name)
            self.usual = viewing.luminance(self.table, "not tried").surround
            self.linear = viewing.luminance(self.table, None).surround


def ask_for_choices(choices: Choices, said: str) -> Asked | None:
    """Ask by the start dialog, which shows at first what ``choices`` holds, and the sentence ``said``.

    ``None`` where it was left. Raises ``InputRefused`` where no dialog can be shown.
    """
    from experiment.backends.psychopy_window import check_display

    check_display()
    from experiment.backends.start_process import ask

    return ask(choices, said)


def check_timing(choices: Choices, tell: Callable[[str], None]) -> TimingReport:
    """Measure how good the timing is on this display; ``tell`` hears how far it is.

    Raises
    ------
    InputRefused
        Where there is no display, or somebody pressed keys or the mouse meanwhile.
    SessionStopped
        Where the window was closed.
    """
    from experiment.backends.psychopy import open_psychopy

    clock = SessionClock()
    with ExitStack() as stack:
        backend = stack.enter_context(
            open_psychopy(
                clock,
                full_screen=not choices.windowed,
                screen=choices.screen,
                background=BACKGROUND,
                input_choice=choices.input,
                photodiode=choices.photodiode,
            )
        )
        injector = backend.timed_injector()
        if injector is not None:
            stack.enter_context(injector)
        try:
            return checked_timing(CheckPorts(clock, backend.display, backend.responses, injector), tell)
        except StopRequested:
            raise SessionStopped("The timing check was stopped; nothing was written.") from None
