"""How bright and how varied the sources of a set are: measured in a first pass, for `matched` noise."""

from __future__ import annotations

from dataclasses import dataclass

from stimuli.errors import StimulusError
from stimuli.noise import ChannelSums, channel_sums
from stimuli.sources import DrawnClip, Source
from stimuli.synthetic import prepare, render_pictures
from stimuli.video import decode

DRAWN_FRAMES_STEP = 25
"""Of a drawn clip every 25th frame is measured, from its first: a second apart, little else has changed."""


@dataclass(frozen=True)
class LevelsOfSource:
    """Measures one source; `seed` is that of the drawings."""

    seed: int

    def __call__(self, source: Source) -> ChannelSums:
        """Sums over all frames of a video, over every 25th of a drawn clip; nothing of a video that fails."""
        if isinstance(source, DrawnClip):
            take = prepare(source.action, source.group, source.number, self.seed)
            return channel_sums(render_pictures(take, range(0, take.frames, DRAWN_FRAMES_STEP)))
        try:
            return channel_sums(decode(source.file))
        except StimulusError:
            return ChannelSums()  # the build comes to it again, and names it
