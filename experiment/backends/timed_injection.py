"""Presses at known times for measurements: real X events from a process of their own.

In the process of the session an injector would wait for the interpreter like everything else there, and the
time it notes would not be that of the press. On Linux ``time.perf_counter`` is one clock for all processes.

The process reads lines from its standard input, ``key NAME AT_S``, ``press X Y AT_S`` or ``end``, and answers
``end`` with a line of JSON: ``[before_s, after_s]`` of every press since the last, by ``time.perf_counter``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any

from experiment.backends.clock import SessionClock
from experiment.errors import InputRefused
from experiment.project import PROJECT
from experiment.timing_check.played import Injected

_KEY_DOWN, _KEY_UP, _BUTTON_DOWN, _BUTTON_UP, _MOTION = 2, 3, 4, 5, 6
_LEFT_BUTTON = 1
# The last stretch before a press is waited out without sleeping.
_AWAKE_S = 0.002


class ProcessInjector:
    """``TimedInjector`` in a process of its own; usable in a ``with`` statement, which ends it.

    Parameters
    ----------
    window_id
        X id of the window, in which pointer positions are understood.
    size_px
        Its size.
    clock
        The session's clock.

    Raises
    ------
    InputRefused
        Where the X server has no XTEST extension or cannot be reached.
    """

    def __init__(self, window_id: int, size_px: tuple[int, int], clock: SessionClock) -> None:
        self._size_px = size_px
        self._clock = clock
        self._process = subprocess.Popen(
            [sys.executable, "-m", "experiment.backends.timed_injection", str(window_id)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
        )
        if not self._read():
            raise InputRefused("Presses cannot be injected: the X server has no XTEST extension.")

    def press_key(self, key: str, at_s: float) -> None:
        """Press and release a key that needs no shift, named as in ``ports.KeyPress``."""
        self._write(f"key {key} {self._clock.real_time_of(at_s)!r}")

    def press_pointer(self, x: float, y: float, at_s: float) -> None:
        """Press and release the left button at ``(x, y)`` px from the middle, y upwards."""
        column, row = int(self._size_px[0] / 2 + x), int(self._size_px[1] / 2 - y)
        self._write(f"press {column} {row} {self._clock.real_time_of(at_s)!r}")

    def happened(self) -> tuple[Injected, ...]:
        """The presses since the last call; waits for those that are still to come."""
        self._write("end")
        told: list[tuple[float, float]] = json.loads(self._read())
        return tuple(
            Injected(self._clock.session_time_of(before_s), after_s - before_s) for before_s, after_s in told
        )

    def close(self) -> None:
        """End the process; safe to call twice."""
        if self._process.poll() is None:
            self._process.communicate()

    def __enter__(self) -> ProcessInjector:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def _inject(server: Any, window: Any, words: list[str]) -> tuple[float, float]:
    """Do what a line says at its time; returns when the press was sent and when the server had done it."""
    from Xlib import XK

    if words[0] == "key":
        code = server.keysym_to_keycode(XK.string_to_keysym(words[1]))
        down, up = (_KEY_DOWN, code), (_KEY_UP, code)
    else:
        place = server.screen().root.translate_coords(window, int(words[1]), int(words[2]))
        server.xtest_fake_input(_MOTION, x=place.x, y=place.y)
        server.sync()
        down, up = (_BUTTON_DOWN, _LEFT_BUTTON), (_BUTTON_UP, _LEFT_BUTTON)
    at_s = float(words[-1])
    time.sleep(max(0.0, at_s - time.perf_counter() - _AWAKE_S))
    while time.perf_counter() < at_s:
        pass
    server.xtest_fake_input(*down)
    before_s = time.perf_counter()
    server.sync()
    after_s = time.perf_counter()
    server.xtest_fake_input(*up)
    server.sync()
    return before_s, after_s


def main() -> int:
    """The process: see the module."""
    from Xlib import display

    server: Any = display.Display(os.environ.get("DISPLAY"))
    if not server.has_extension("XTEST"):
        return 1
    window = server.create_resource_object("window", int(sys.argv[1]))
    print("ready", flush=True)
    done: list[tuple[float, float]] = []
    for line in sys.stdin:
        words = line.split()
        if words == ["end"]:
            print(json.dumps(done), flush=True)
            done.clear()
        else:
            done.append(_inject(server, window, words))
    return 0


if __name__ == "__main__":
    sys.exit(main())
