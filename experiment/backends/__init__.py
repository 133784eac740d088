"""Where the ports meet the outside: a PsychoPy window with its input, and a display that is only a clock.

Nothing but what opens a display, screen or input for the command line imports it from outside this folder.
"""

from __future__ import annotations
