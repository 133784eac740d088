"""Psychtoolbox' input queues as a source of time stamps: threads of its own that read keyboards and mice."""

from __future__ import annotations

import contextlib
import time
from typing import Any

from experiment.backends.press_times import PressKind, ReportedPress, SourceUnavailable

_SLOTS = 1000
_MOUSE_CLASS, _KEYBOARD_CLASS = 3, 4
_LEFT = 1


class QueueTimes:
    """``PressTimes`` from one queue for each keyboard and mouse that is there at the start.

    Raises
    ------
    SourceUnavailable
        Where psychtoolbox is not there, or finds no device that gives it events.
    """

    name = "psychtoolbox queues"

    def __init__(self) -> None:
        try:
            from psychtoolbox import GetSecs, PsychHID
        except (ImportError, OSError) as error:
            raise SourceUnavailable(f"psychtoolbox cannot be loaded ({error})") from error
        self._hid: Any = PsychHID
        self._get_secs: Any = GetSecs
        self._failure = ""
        self._queues: list[tuple[int, bool]] = []
        for device_class in (_MOUSE_CLASS, _KEYBOARD_CLASS):
            for device in self._devices(device_class):
                # Some devices cannot be listened to (in use, or no right to read them); the others can.
                with contextlib.suppress(Exception):
                    self._hid("KbQueueCreate", device, None, 0, _SLOTS)
                    self._hid("KbQueueStart", device)
                    self._queues.append((device, device_class == _MOUSE_CLASS))
        if not self._queues:
            raise SourceUnavailable("psychtoolbox finds no keyboard and no mouse that it may read")

    @property
    def lost(self) -> str:
        """Why it reports nothing any more."""
        return self._failure

    def reported(self) -> tuple[ReportedPress, ...]:
        """Presses since the last call."""
        presses = []
        try:
            for device, is_mouse in self._queues:
                while isinstance(event := self._hid("KbQueueGetEvent", device)[0], dict):
                    if event["Pressed"] and (not is_mouse or int(event["Keycode"]) == _LEFT):
                        # Its clock may be the wall clock, which is set now and then: compared at each press.
                        offset_s = time.perf_counter() - self._get_secs()
                        kind: PressKind = "button" if is_mouse else "key"
                        presses.append(ReportedPress(kind, float(event["Time"]) + offset_s))
        except Exception as error:  # noqa: BLE001 - a device that was unplugged; the session goes on without
            self._failure = f"the psychtoolbox queues failed ({error})"
        return tuple(sorted(presses, key=lambda press: press.real_s))

    def close(self) -> None:
        """Release the queues."""
        for device, _ in self._queues:
            with contextlib.suppress(Exception):
                self._hid("KbQueueRelease", device)
        self._queues.clear()

    def _devices(self, device_class: int) -> list[int]:
        try:
            return [int(device["index"]) for device in self._hid("Devices", device_class)]
        except Exception:  # noqa: BLE001 - psychtoolbox raises its own errors where there is none of a kind
            return []
