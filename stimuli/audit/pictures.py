"""What a clip, its flow and its noise look like side by side, small enough for a page."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from stimuli.flow_colours import flow_colours

Frame = npt.NDArray[np.uint8]
Flow = npt.NDArray[np.float32]

WIDTH_PX = 160
_GAP_PX = 6


def strip(rgb: Frame, flow: Flow, noise: Frame) -> bytes:
    """A JPEG file: RGB | flow (Middlebury colours, full colour at the fastest pixel) | noise.

    Each is at most 160 px wide and high. Of the noise every n-th dot is taken: means would be grey.
    Raises ValueError where the encoder refuses.
    """
    step = math.ceil(max(noise.shape[:2]) / WIDTH_PX)
    dots = noise[step // 2 :: step, step // 2 :: step]
    size = (dots.shape[1], dots.shape[0])
    small = [cv2.resize(picture, size, interpolation=cv2.INTER_AREA) for picture in (rgb, flow_colours(flow))]
    gap = np.full((size[1], _GAP_PX, 3), 255, dtype=np.uint8)
    picture = np.concatenate([small[0], gap, small[1], gap, dots], axis=1)
    done, data = cv2.imencode(
        ".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 82]
    )
    if not done:
        raise ValueError("A strip of pictures could not be encoded.")
    return data.tobytes()
