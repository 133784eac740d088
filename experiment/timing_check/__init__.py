"""How good the timing of a display, its input and this program is, measured in running trials.

Everything is measured through a session's own trials, journal and frame log; only the participant is
replaced.

figures      what is reported: errors and intervals, computed from what was recorded
material     clips to show
played       trials of a session with somebody who answers at known times
measure      the three measurements: responses, frames, onsets
report       one page of it, for the terminal and as a file
"""

from __future__ import annotations
