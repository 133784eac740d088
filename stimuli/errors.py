"""What goes wrong with stimuli."""

from __future__ import annotations


class StimulusError(Exception):
    """A clip or stimulus set that cannot be used.

    The message is one sentence for the person who can mend it: which folder, file or row; what was found;
    what is allowed.
    """


class DiskFull(StimulusError):
    """Nothing more can be written: unlike a clip that fails, this ends a build."""
