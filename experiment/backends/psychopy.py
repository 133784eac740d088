"""The session on a real screen: a PsychoPy window behind the ports of display, responses and injector."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from experiment.backends.clock import SessionClock
from experiment.backends.found_screens import FoundScreen, screen_number
from experiment.backends.gamma_ramp import Ramp, UntouchedRamp, apply_gamma
from experiment.backends.input_sources import open_source
from experiment.backends.measured_pacing import measure_pacing
from experiment.backends.pacing import Pacing
from experiment.backends.psychopy_input import WindowResponses
from experiment.backends.psychopy_window import open_window
from experiment.backends.timed_injection import ProcessInjector
from experiment.backends.window_injection import WindowInjector
from experiment.backends.x_events import tell_repeats_apart
from experiment.backends.xtest import XTestInjector
from experiment.gamma_table import GammaTable
from experiment.input_choice import InputChoice
from experiment.photodiode import patch_side_px, with_patch
from experiment.records import DisplayRecord, LuminanceRecord, ViewingRecord
from experiment.scene import Colour, Scene

if TYPE_CHECKING:
    from experiment.backends.psychopy_drawing import SceneDrawing

# Between two looks at the input while waiting for a flip: short enough for a time stamp, long enough for
# other threads to work.
_LOOK_S = 0.0004


class PsychopyDisplay:
    """``ports.Display`` on a PsychoPy window; made by ``open_psychopy``."""

    def __init__(
        self,
        window: Any,
        drawing: SceneDrawing,
        responses: WindowResponses,
        injector: XTestInjector | WindowInjector | None,
        pacing: Pacing,
        clock: SessionClock,
        record: DisplayRecord,
    ) -> None:
        self._window = window
        self._drawing = drawing
        self._responses = responses
        self._injector = injector
        self._pacing = pacing
        self._clock = clock
        self._record = record
        self._last_flip_s = time.perf_counter()
        self._shown: Scene | None = None
        self._open = True

    @property
    def record(self) -> DisplayRecord:
        """The display as found, for ``session.json``."""
        return self._record

    def describe(self, viewing: ViewingRecord, luminance: LuminanceRecord) -> None:
        """Add to the record what is known of it from outside."""
        self._record = replace(self._record, viewing=viewing, luminance=luminance)

    @property
    def frame_period_s(self) -> float:
        """Time between two flips, in session seconds: ``factor`` / refresh rate."""
        return self._clock.factor * self._pacing.period_s

    def next_flip_s(self) -> float:
        """When a scene given to ``show`` now will appear, if it can be drawn in time; session seconds."""
        return self._clock.session_time_of(self._next_flip())

    def show(self, scene: Scene) -> float:
        """Draw the scene, wait for the flip while reading the input, and return its time, session seconds."""
        self._look()
        if self._record.photodiode_px:
            scene = with_patch(scene, self._record.size_px, self._record.photodiode_px)
        self._window.backend.setCurrent()
        self._drawing.draw(scene)
        # The driver draws on its own from here; in software rendering it does so on other threads.
        self._drawing.flush()
        due_s = self._next_flip()
        self._wait_until(due_s - self._pacing.lead_s)
        self._window.flip(clearBuffer=False)
        flipped_s = time.perf_counter()
        # In software the grid stays where it is; with vertical sync each flip tells where the display is.
        self._last_flip_s = due_s if self._pacing.kind == "software" else flipped_s
        self._shown = scene
        return self._clock.session_time_of(flipped_s)

    def screenshot(self, path: Path) -> None:
        """Save what is on the screen as a PNG, pixel for pixel. It is drawn again, not shown again."""
        if self._shown is None:
            raise ValueError("nothing has been shown yet")
        self._window.backend.setCurrent()
        self._drawing.draw(self._shown)
        Image.fromarray(self._drawing.read_pixels()).save(path)

    def timed_injector(self) -> ProcessInjector | None:
        """As ``PsychopyBackend.timed_injector``."""
        window_id = _x_window_of(self._window.winHandle)
        return None if window_id is None else ProcessInjector(window_id, self._record.size_px, self._clock)

    def close(self) -> None:
        """Close the window; safe to call twice."""
        if not self._open:
            return
        self._open = False
        self._shown = None
        self._window.backend.setCurrent()
        self._drawing.close()
        self._window.close()

    def _next_flip(self) -> float:
        return self._pacing.next_flip(self._last_flip_s, time.perf_counter())

    def _wait_until(self, real_s: float) -> None:
        """Wait, looking at the input on the way; the sleeps let other threads work (decoding, injecting)."""
        while (left_s := real_s - time.perf_counter()) > 0:
            self._look()
            left_s = real_s - time.perf_counter()
            if left_s > 2 * _LOOK_S:
                time.sleep(_LOOK_S)
            else:
                time.sleep(0)

    def _look(self) -> None:
        if self._injector is not None:
            self._injector.pump()
        self._responses.read()


class PsychopyBackend:
    """A window and what comes with it. ``injector`` is there only where input was asked to be simulated.

    ``screen`` is the one it stands on, ``ramp`` tells whether it was made linear. Usable in a ``with``
    statement, which closes it.
    """

    def __init__(
        self,
        display: PsychopyDisplay,
        responses: WindowResponses,
        injector: XTestInjector | WindowInjector | None,
        screen: FoundScreen,
        ramp: Ramp,
    ) -> None:
        self.display = display
        self.responses = responses
        self.injector = injector
        self.screen = screen
        self.ramp = ramp

    def timed_injector(self) -> ProcessInjector | None:
        """Makes presses at known times, for measurements; ``None`` where the window stands on no X server."""
        return self.display.timed_injector()

    def screenshot(self, path: Path) -> None:
        """Save what is on the screen as a PNG."""
        self.display.screenshot(path)

    def close(self) -> None:
        """Put the ramp back, end the injector, let go of the input and close the window; safe to call
        twice.
        """
        self.ramp.close()
        if self.injector is not None:
            self.injector.close()
        self.responses.close()
        self.display.close()

    def __enter__(self) -> PsychopyBackend:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()


def open_psychopy(
    clock: SessionClock,
    *,
    full_screen: bool = True,
    screen: int = 0,
    size_px: tuple[int, int] | None = None,
    background: Colour,
    simulated_input: bool = False,
    input_choice: InputChoice = "auto",
    photodiode: bool = False,
    gamma: GammaTable | None = None,
    linear_background: Colour | None = None,
    opener: Callable[..., Any] = open_window,
) -> PsychopyBackend:
    """Open a window, measure its refresh rate (about a second at 60 Hz) and connect its input.

    Parameters
    ----------
    clock
        The session's clock: flips and events are told in its time.
    full_screen, screen
        Fill a screen, counted from 0.
    size_px
        Size of a window that does not fill the screen; ``None`` is 1280 x 800.
    background
        Colour behind every scene, 0..255.
    simulated_input
        Whether to make an injector, for simulated participants.
    input_choice
        Which source tells when a press happened.
    photodiode
        Whether every scene has a square in its corner that is white while a clip is shown.
    gamma, linear_background
        A measured gamma table, and the background instead of ``background`` where the display can be made
        linear by it.
    opener
        Opens the window, given what ``open_window`` is given.

    Raises
    ------
    InputRefused
        If there is no display that can show it, or no such source of times, in one sentence; nothing has
        been shown then.
    """
    window = opener(full_screen=full_screen, screen=screen, size_px=size_px, background=background)
    from pyglet import gl

    from experiment.backends.psychopy_drawing import SceneDrawing

    ramp: Ramp = UntouchedRamp("nothing was tried")
    try:
        on_screen = screen_number(screen)
        ramp = apply_gamma(gamma, window, on_screen.place_px)
        if linear_background is not None and ramp.refused is None:
            background = linear_background
        handle = window.winHandle
        width, height = (int(length) for length in window.frameBufferSize)
        scale = width / int(handle.width)
        drawing = SceneDrawing((width, height), background)
        pacing = measure_pacing(window, drawing)
        tell_repeats_apart(handle)
        source = open_source(input_choice, handle)
        responses = WindowResponses(handle, clock, (width, height), scale, source.times)
        injector = _injector(handle, (width, height), scale, clock) if simulated_input else None
    except BaseException:
        ramp.close()
        window.close()
        raise
    record = DisplayRecord(
        backend="psychopy",
        size_px=(width, height),
        refresh_hz=round(pacing.refresh_hz, 3),
        pacing=pacing.kind,
        full_screen=full_screen,
        renderer=gl.gl_info.get_renderer(),
        response_source=source.record
        if injector is None
        else f"{source.record}; injected by {injector.name}",
        photodiode_px=patch_side_px((width, height)) if photodiode else 0,
        screen_name=on_screen.name,
        screen_px=in_framebuffer_px(on_screen.size_px, scale),
        window_scale=scale,
    )
    display = PsychopyDisplay(window, drawing, responses, injector, pacing, clock, record)
    return PsychopyBackend(display, responses, injector, on_screen, ramp)


def in_framebuffer_px(size: tuple[int, int], scale: float) -> tuple[int, int]:
    """A size in the system's units, in pixels: 1440 x 900 units of 2 px are 2880 x 1800."""
    return round(size[0] * scale), round(size[1] * scale)


def _injector(
    handle: Any, size_px: tuple[int, int], scale: float, clock: SessionClock
) -> XTestInjector | WindowInjector:
    """Real X events where the window stands on an X server, events put into the window elsewhere."""
    window_id = _x_window_of(handle)
    if window_id is not None:
        return XTestInjector(window_id, size_px, clock)
    return WindowInjector(handle, size_px, scale, clock)


def _x_window_of(handle: Any) -> int | None:
    window_id = getattr(handle, "_window", None)
    return window_id if isinstance(window_id, int) and hasattr(handle, "_x_display") else None
