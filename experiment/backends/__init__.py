"""Where the ports meet the outside: a PsychoPy window with its input, and a display that is only a clock.

Nothing outside this folder imports it but ``experiment.start``, which chooses one for the command line.
"""

from __future__ import annotations
