"""The streams that networks share: pictures, flow vectors and flow colours, with their normalisation."""

from __future__ import annotations

from analysis.models.spec import StreamSpec

# Means and standard deviations per channel. The X3D family was published with one value for all colours;
# torchvision states its own for networks trained on Kinetics and on ImageNet.
PYTORCHVIDEO_RGB = ((0.45, 0.45, 0.45), (0.225, 0.225, 0.225))
TORCHVISION_VIDEO_RGB = ((0.43216, 0.394666, 0.37645), (0.22803, 0.22145, 0.216989))
IMAGENET_RGB = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
# Colours of flow: those of the study's published code.
STUDY_FLOW_COLOURS = ((0.9678, 0.9637, 0.9713), (0.0770, 0.0773, 0.0691))

Normalisation = tuple[tuple[float, ...], tuple[float, ...]]


def rgb(
    frames: int, rate: int, crop_px: int, short_side_px: int, normalised: Normalisation = PYTORCHVIDEO_RGB
) -> StreamSpec:
    """A stream of pictures."""
    mean, std = normalised
    return StreamSpec("rgb", frames, rate, crop_px, short_side_px, mean, std)


def flow(frames: int, rate: int, crop_px: int, short_side_px: int) -> StreamSpec:
    """A stream of flow vectors (u, v), in the scale that the inputs give them."""
    return StreamSpec("flow", frames, rate, crop_px, short_side_px, (0.0, 0.0), (1.0, 1.0))


def flow_colours(frames: int, rate: int, crop_px: int, short_side_px: int) -> StreamSpec:
    """A stream of flows drawn in Middlebury's colours, as the study's published code has it."""
    mean, std = STUDY_FLOW_COLOURS
    return StreamSpec("flow-colours", frames, rate, crop_px, short_side_px, mean, std)
