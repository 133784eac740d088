"""How training clips are varied, and how that weakens in stages as in the study.

Sizes and flips are shared by all streams: a flow that is turned round beside pictures that are not would be
of another clip. Colours vary in pictures alone. Every number is drawn from the seed, the epoch and the clip,
so that a training that was interrupted goes on with what it would have drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from analysis.models.inputs import (
    Array,
    Picture,
    centre_crop,
    largest_short_side,
    normalised,
    resized_to,
    shown_flow,
)
from analysis.models.spec import StreamSpec

COLOUR = 0.1
"""Brightness, contrast and saturation by up to a tenth, hue by up to a tenth of the circle (study's code)."""
STAGE_EPOCHS, STAGES = 20, 4
"""Weaker every 20 epochs up to 80 (study)."""


def strength_at(epoch: int, stage_epochs: int = STAGE_EPOCHS) -> float:
    """Strength of the augmentation in an epoch, from 0: 1 in the first stage, then 0.75, 0.5, 0.25, then 0.

    By how much it weakens, the study does not say.
    """
    return max(0.0, 1 - (epoch // stage_epochs) / STAGES)


@dataclass(frozen=True)
class Variation:
    """How one clip is shown this time. `position`, 0..1: where in the clip the span begins; `size`, 0..1:
    from the smallest to the largest; `brightness`, `contrast`, `saturation` are factors, `hue` a share of the
    circle. `strength` 0 is what is shown at test time.
    """

    position: float = 0.5
    strength: float = 0.0
    size: float = 0.5
    flipped: bool = False
    brightness: float = 1.0
    contrast: float = 1.0
    saturation: float = 1.0
    hue: float = 0.0

    def short_side_px(self, stream: StreamSpec) -> int:
        """The shorter side before the crop: drawn around that of the tests, nearer the weaker it is."""
        drawn = stream.crop_px + self.size * (largest_short_side(stream) - stream.crop_px)
        side = stream.short_side_px + self.strength * (drawn - stream.short_side_px)
        return max(stream.crop_px, round(side))


AS_TESTED = Variation()


def drawn_variation(rng: np.random.Generator, strength: float) -> Variation:
    """A variation of that strength, 0..1. The position is always drawn; at 0 nothing is flipped."""
    position, size = rng.uniform(size=2)
    flipped = bool(rng.uniform() < 0.5)
    brightness, contrast, saturation = 1 + strength * rng.uniform(-COLOUR, COLOUR, 3)
    hue = strength * rng.uniform(-COLOUR, COLOUR)
    return Variation(
        position=float(position),
        strength=strength,
        size=float(size),
        flipped=flipped and strength > 0,
        brightness=float(brightness),
        contrast=float(contrast),
        saturation=float(saturation),
        hue=float(hue),
    )


def shown_pictures(pictures: Picture, stream: StreamSpec, variation: Variation) -> Array:
    """Pictures (T, H, W, 3), uint8, of any size, as the stream sees them varied: (3, T, crop, crop)."""
    cropped = _geometry(pictures, stream, variation)
    return normalised(jittered(np.asarray(cropped, dtype=np.uint8), variation), stream)


def shown_fields(flow: Picture, stream: StreamSpec, variation: Variation) -> Array:
    """Flow (T, H, W, 2), in shorter sides per second, as the stream sees it varied: (2 or 3, T, crop, crop).

    Flipped, what went to the right goes to the left; shown larger, it goes faster.
    """
    cropped = _geometry(flow.astype(np.float32), stream, variation)
    if variation.flipped:
        cropped = cropped * np.array([-1, 1], dtype=np.float32)
    return normalised(shown_flow(cropped, variation.short_side_px(stream), stream), stream)


def jittered(pictures: npt.NDArray[np.uint8], variation: Variation) -> npt.NDArray[np.uint8]:
    """Brightness, contrast, saturation and hue of RGB pictures (T, H, W, 3), all changed alike.

    Contrast is about the mean grey of all pictures, saturation about each pixel's own grey.
    """
    if (variation.brightness, variation.contrast, variation.saturation, variation.hue) == (1, 1, 1, 0):
        return pictures
    values = pictures.astype(np.float32) * np.float32(variation.brightness)
    grey = values @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    values = grey.mean() + np.float32(variation.contrast) * (values - grey.mean())
    grey = values @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    values = grey[..., None] + np.float32(variation.saturation) * (values - grey[..., None])
    changed: npt.NDArray[np.uint8] = np.clip(values, 0, 255).astype(np.uint8)
    if variation.hue == 0:
        return changed
    count, height, width = changed.shape[:3]
    hsv = cv2.cvtColor(changed.reshape(count * height, width, 3), cv2.COLOR_RGB2HSV_FULL)
    # The circle of hues has 256 steps, so bytes that run over come round by themselves.
    hsv[..., 0] = hsv[..., 0] + np.uint8(round(variation.hue * 256) % 256)
    turned = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB_FULL)
    return np.asarray(turned.reshape(changed.shape), dtype=np.uint8)


def _geometry(pictures: Picture, stream: StreamSpec, variation: Variation) -> Picture:
    side = variation.short_side_px(stream)
    cropped = np.stack([centre_crop(resized_to(each, side), stream.crop_px) for each in pictures])
    return cropped[:, :, ::-1] if variation.flipped else cropped
