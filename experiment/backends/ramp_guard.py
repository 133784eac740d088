"""Puts a monitor's ramp back when the session is over, however it ended: a process of its own.

It is given the ramp on its standard input and waits for that to close, which a killed program does too.
Run as ``python -m experiment.backends.ramp_guard DISPLAY CRTC``.
"""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
from numpy.typing import NDArray

from experiment.backends.x_screens import XMonitors
from experiment.project import PROJECT

_READY = b"ready\n"


class RampGuard:
    """The guard's process, as the session sees it. Raises OSError where it does not start."""

    def __init__(self, display_name: str, crtc: int, ramp: NDArray[np.uint16]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "experiment.backends.ramp_guard", display_name, str(crtc)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # An interrupt at the terminal goes to all of its group, and the guard is needed just then.
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(ramp.tolist()).encode() + b"\n")
        self._process.stdin.flush()
        if self._process.stdout.readline() != _READY:
            self._process.kill()
            self._process.wait()
            raise OSError("the process that would put the ramp back does not start")

    def close(self) -> None:
        """Let it put the ramp back, and wait until it has."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if not self._process.stdin.closed:
            self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def main() -> None:
    """Wait for the end of the standard input, then put back the ramp that came as its first line."""
    display_name, crtc = sys.argv[1], int(sys.argv[2])
    ramp = np.array(json.loads(sys.stdin.readline()), dtype=np.uint16)
    monitors = XMonitors(display_name)
    sys.stdout.buffer.write(_READY)
    sys.stdout.buffer.flush()
    sys.stdin.read()
    monitors.set_ramp(crtc, ramp)
    monitors.close()


if __name__ == "__main__":
    main()
