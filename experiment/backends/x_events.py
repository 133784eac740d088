"""The time stamp that the X server put into the event a pyglet window is handling."""

from __future__ import annotations

from typing import Any

from experiment.backends.x_server_time import ServerTime, measure_server_time

# X11's numbers of the events that carry a time, KeyPress to LeaveNotify, with their fields in pyglet's union.
_FIELDS = {
    2: "xkey",
    3: "xkey",
    4: "xbutton",
    5: "xbutton",
    6: "xmotion",
    7: "xcrossing",
    8: "xcrossing",
}


class XEventStamps:
    """Follows a pyglet window on an X server and tells when the event it is handling happened.

    Parameters
    ----------
    window
        A pyglet window that has an ``_x_display``.
    server_time
        How the server's stamps and this program's clock belong together.
    """

    name = "X11 server time"

    def __init__(self, window: Any, server_time: ServerTime) -> None:
        self._window = window
        self._server_time = server_time
        self._current_ms: int | None = None
        # On the instance, over the methods of its class: pyglet calls them for every event of the window and
        # of its view, and hands none of the stamps on.
        for name in ("dispatch_platform_event", "dispatch_platform_event_view"):
            setattr(window, name, self._following(getattr(window, name)))

    def time_of_current(self, read_s: float) -> float | None:
        """When the current event happened, ``time.perf_counter``; ``None`` where it has no usable stamp."""
        if self._current_ms is None:
            return None
        return self._server_time.real_time_of(self._current_ms, read_s)

    def close(self) -> None:
        """Leave the window as it was."""
        for name in ("dispatch_platform_event", "dispatch_platform_event_view"):
            vars(self._window).pop(name, None)

    def _following(self, handle: Any) -> Any:
        def handle_stamped(event: Any) -> None:
            field = _FIELDS.get(event.type)
            self._current_ms = None if field is None else int(getattr(event, field).time) % 2**32
            try:
                handle(event)
            finally:
                self._current_ms = None

        return handle_stamped


def tell_repeats_apart(window: Any) -> None:
    """Ask the X server to send the repeats of a key that is held down without releases in between.

    pyglet tells repeats from presses by that, but asks for it on the first connection of a process only,
    which may not be the window's. Elsewhere than on X nothing needs to be done.
    """
    if not hasattr(window, "_x_display"):
        return
    from pyglet.window.xlib import XkbSetDetectableAutoRepeat

    XkbSetDetectableAutoRepeat(window._x_display, 1, None)


def x_event_stamps(window: Any) -> XEventStamps | None:
    """The stamps of a window's events, or ``None`` where it does not stand on an X server.

    Raises
    ------
    ServerTimeUnusable
        Where the server's clock is not this computer's.
    """
    if not hasattr(window, "_x_display"):
        return None
    return XEventStamps(window, measure_server_time())
