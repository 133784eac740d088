"""What can go wrong in running a session.

SessionError            one sentence for the person at the keyboard; the command line prints it
├── InputRefused        something given was wrong; nothing has been written (exit code 2)
├── SessionStopped      the experimenter stopped it; it can be resumed (exit code 3)
├── NotKept             what a check or a calibration measured cannot be written (exit code 1)
└── SessionBroken       a running session cannot go on; the journal is intact (exit code 1)
    └── NotWritten      a file took no more; the session waits for room where somebody can make it

Others never reach a user: whoever calls catches them and does something else, or says one of these. They
stand where they are raised: ``phases.stage.StopRequested``, ``selection.TooFewClips``,
``trial_order.NoSuchOrder``, ``participants.SeatTaken``, ``backends.gamma_ramp.RampRefused``,
``backends.press_times.SourceUnavailable``, ``backends.x_server_time.ServerTimeUnusable``.
"""

from __future__ import annotations

from pathlib import Path


class SessionError(Exception):
    """Base of all errors of this package; its text is one sentence for the person who can mend it."""


class InputRefused(SessionError):
    """Bad input, found before the first screen and before anything was written."""


class SessionStopped(SessionError):
    """The experimenter stopped a session; its text says how to go on with it."""


class NotKept(SessionError):
    """What was measured cannot be written; the sentence says where to."""


class SessionBroken(SessionError):
    """A session that had begun cannot go on; what the journal holds is intact."""


class NotWritten(SessionBroken):
    """A piece of a file could not be written, for this ``reason``; the file is as it was before."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: it could not be written ({reason}); make room on the disk and --resume")
        self.path = path
        self.reason = reason
