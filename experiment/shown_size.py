"""How large clips stand on the screen beside each other: those of the same footage all alike.

A noise clip with 2 x 2 dots per pixel of its source is twice as wide and high. Shown at the largest whole
multiple that fits, source and noise would often differ in size, and with it in visual angle: on 2560 x 1440
a source of 320 x 240 would be 1280 x 960 and the noise 1600 x 1200. So a source and everything made from it
take the place of the largest of them.

Clips of different footage are not made alike: each is shown at the largest whole multiple that fits, since
noise that is not scaled by a whole number is no noise of equal dots. A set whose sources have one size, such
as UCF101's, is equally large throughout.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from stimuli.clip import Clip


def standing_sizes(clips: Iterable[Clip]) -> Mapping[str, tuple[int, int]]:
    """Of every clip the width and height, px, of the largest clip made from the same footage."""
    clips = tuple(clips)
    largest: dict[str, Clip] = {}
    for clip in clips:
        footage = clip.footage_id
        if footage not in largest or _pixels(clip) > _pixels(largest[footage]):
            largest[footage] = clip
    found = {clip.clip_id: largest[clip.footage_id] for clip in clips}
    return {clip_id: (clip.width, clip.height) for clip_id, clip in found.items()}


def scales_whole(clip: Clip, standing_px: tuple[int, int]) -> bool:
    """Whether a clip fills this size by repeating each of its pixels equally often."""
    times, rest = divmod(standing_px[0], clip.width)
    return rest == 0 and standing_px[1] == times * clip.height


def _pixels(clip: Clip) -> int:
    return clip.width * clip.height
