"""A model of one number, as an example of `--entry-point`: how much of the motion in a clip is up and down.

python -m analysis predict "Vertical motion" --entry-point docs.examples.vertical_motion:answer ...
"""

from __future__ import annotations

import cv2
import numpy as np

# Of the training clips of a drawn set, both conditions.
USUAL_SHARE = {"JumpingJack": 0.63, "Lunges": 0.45, "PullUps": 0.75, "PushUps": 0.61, "Swing": 0.30}
SPREAD = 0.07
EVERY = 4


def answer(frames: np.ndarray, fps: float, actions: tuple[str, ...]) -> list[float]:  # noqa: ARG001  # every answer gets fps
    """`frames`: uint8 (T, H, W, 3) RGB; one probability for each of `actions`, which add up to 1."""
    grey = [cv2.GaussianBlur(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), (0, 0), 2.0) for frame in frames]
    estimator = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    flows = [estimator.calc(grey[i], grey[i + 1], None) for i in range(0, len(grey) - 1, EVERY)]
    across, along = np.abs(flows).mean(axis=(0, 1, 2))
    share = along / (across + along + 1e-9)
    fits = [np.exp(-(((share - USUAL_SHARE[action]) / SPREAD) ** 2) / 2) + 1e-6 for action in actions]
    return [float(fit / sum(fits)) for fit in fits]
