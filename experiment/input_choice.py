"""The names of the sources of response times that can be asked for."""

from __future__ import annotations

from typing import Literal

InputChoice = Literal["auto", "x11", "iohub", "ptb", "pyglet"]
"""``auto`` takes the first of the others that works here; docs/timing.md says how good each is."""
