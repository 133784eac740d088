"""A square in the lower right corner for a light sensor: white from the first frame of a clip to its last.

A sensor taped over it sees the moment at which the clip appears on the glass, which no program can know.
"""

from __future__ import annotations

from dataclasses import replace

from experiment.scene import Box, Colour, Rect, Scene

_WHITE: Colour = (255, 255, 255)
_BLACK: Colour = (0, 0, 0)
_SIDE = 0.05
_TIMED_SCENES = ("training", "test")


def patch_side_px(size_px: tuple[int, int]) -> int:
    """Side of the square on a display of this size: a twentieth of its height, 54 px of 1080."""
    return round(_SIDE * size_px[1])


def with_patch(scene: Scene, size_px: tuple[int, int], side_px: int) -> Scene:
    """The scene with the square in its corner: white where it shows the clip of a trial, black elsewhere.

    The elements of the scene stay the same objects, so that nothing of them is drawn anew.
    """
    shows_clip = bool(scene.videos) and scene.name in _TIMED_SCENES
    x, y = (size_px[0] - side_px) / 2, (side_px - size_px[1]) / 2
    patch = Box(Rect(x, y, side_px, side_px), _WHITE if shows_clip else _BLACK)
    return replace(scene, elements=(*scene.elements, patch))
