"""Clips that a network cannot be shown, found before hours of work."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.errors import AnalysisError
from analysis.models.flow_sources import FlowReading, FlowSource
from analysis.models.spec import ModelSpec
from stimuli.clip import Clip
from stimuli.manifest import StimulusSet


def refuse_unfit_clips(
    clips: Sequence[Clip], stimuli: StimulusSet, spec: ModelSpec, flow: FlowSource | None
) -> None:
    """Raises AnalysisError, naming the first, for clips without the flow that the network is to see, and for
    those of a single frame, unless single frames are what it looks at. Nothing is decoded for that.
    """
    if spec.sees_flow:
        reading = FlowReading(stimuli, flow or FlowSource())
        for clip in clips:
            reading.check(clip)
    for clip in clips:
        if clip.frames == 1 and spec.most_frames > 1:
            raise AnalysisError(
                f"The clip {clip.clip_id} has a single frame, in which nothing moves, and {spec.title} is "
                f"shown {spec.most_frames}; leave the clip out, or choose a network for single frames, such "
                f"as resnet50"
            )
