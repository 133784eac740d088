"""What goes wrong with stimuli.

StimulusError       one sentence for the person who can mend it; commands print it and end with status 2
└── DiskFull        ends a build, which can go on when there is room
"""

from __future__ import annotations


class StimulusError(Exception):
    """A clip or stimulus set that cannot be used.

    The message is one sentence for the person who can mend it: which folder, file or row; what was found;
    what is allowed.
    """


class DiskFull(StimulusError):
    """Nothing more can be written: unlike a clip that fails, this ends a build."""


def reason_of(error: Exception) -> str:
    """What the system says of an error, as in "No space left on device", or else the error itself."""
    return str(getattr(error, "strerror", None) or error)


def on_one_line(sentence: object, most_letters: int = 2000) -> str:
    """A sentence as a terminal may show it: what a file has put into it neither breaks the line nor reaches
    the terminal as a command.
    """
    shown = "".join(letter if letter.isprintable() else " " for letter in str(sentence))
    return shown if len(shown) <= most_letters else shown[:most_letters] + "..."
