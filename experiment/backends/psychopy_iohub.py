"""PsychoPy's ioHub as a source of time stamps: a process of its own that sees every key and button.

It answers over a socket without a time limit, so a thread asks it: where the process hangs, only that thread
waits.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from typing import Any

from experiment.backends.press_times import ReportedPress, SourceUnavailable

_ASK_EVERY_S = 0.004
_ANSWER_WITHIN_S = 0.5
# ioHub's numbers.
_BUTTON_PRESS = 32
_LEFT = 1


class IoHubTimes:
    """``PressTimes`` from ioHub; starting it takes one to three seconds.

    Raises
    ------
    SourceUnavailable
        Where ioHub does not start.
    """

    name = "ioHub"

    def __init__(self) -> None:
        # ioHub writes its warnings to the terminal itself.
        logging.getLogger("psychopy.iohub").setLevel(logging.CRITICAL)
        try:
            from psychopy.iohub import launchHubServer
            from psychopy.iohub.devices import Computer

            self._hub: Any = launchHubServer()
        except (Exception, SystemExit) as error:
            raise SourceUnavailable(f"ioHub does not start ({type(error).__name__}: {error})") from error
        self._computer = Computer
        self._process: Any = Computer.iohub_process
        if self._hub is None or self._process is None:
            raise SourceUnavailable("ioHub does not start (no process)")
        self._reported: deque[ReportedPress] = deque(maxlen=256)
        self._asked_s = time.perf_counter()
        self._answered_s = self._asked_s
        self._failure = ""
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="iohub", daemon=True)
        self._thread.start()

    @property
    def process_id(self) -> int:
        """Of ioHub's own process."""
        return int(self._process.pid)

    @property
    def lost(self) -> str:
        """Why it reports nothing any more."""
        if self._failure:
            return self._failure
        if self._asked_s > self._answered_s and time.perf_counter() - self._asked_s > _ANSWER_WITHIN_S:
            return f"ioHub's process has not answered for {_ANSWER_WITHIN_S} s"
        return ""

    def reported(self) -> tuple[ReportedPress, ...]:
        """Presses since the last call."""
        presses = []
        while self._reported:
            presses.append(self._reported.popleft())
        return tuple(presses)

    def close(self) -> None:
        """End ioHub's process; one that does not answer is killed."""
        if self._ending.is_set():
            return
        self._ending.set()
        self._thread.join(timeout=2 * _ANSWER_WITHIN_S)
        lost = self._thread.is_alive() or bool(self._failure)
        with contextlib.suppress(Exception):
            if lost:
                # It would be asked to end over the socket that nobody answers.
                self._hub._shutdown_attempted = True
                self._process.kill()
            else:
                self._hub.quit()
        type(self._hub).ACTIVE_CONNECTION = None

    def _work(self) -> None:
        keyboard, mouse = self._hub.devices.keyboard, self._hub.devices.mouse
        try:
            while not self._ending.wait(_ASK_EVERY_S):
                if not self._process.is_running():
                    self._failure = "ioHub's process has ended"
                    return
                self._asked_s = time.perf_counter()
                keys = keyboard.getPresses()
                buttons = mouse.getEvents()
                # Both clocks are monotonic; what lies between them is asked for each time.
                offset_s = time.perf_counter() - self._computer.getTime()
                self._answered_s = time.perf_counter()
                presses = [ReportedPress("key", float(key.time) + offset_s) for key in keys or ()]
                presses += [
                    ReportedPress("button", float(event.time) + offset_s)
                    for event in buttons or ()
                    if int(event.type) == _BUTTON_PRESS and int(event.button_id) == _LEFT
                ]
                self._reported.extend(sorted(presses, key=lambda press: press.real_s))
        except Exception as error:  # noqa: BLE001 - whatever its client raises, the session goes on without it
            self._failure = f"ioHub failed ({type(error).__name__}: {error})"
