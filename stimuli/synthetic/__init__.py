"""Drawn actors: procedural clips of five actions with exact optical flow, where no video is at hand."""

from __future__ import annotations

from stimuli.synthetic.actions import ACTIONS
from stimuli.synthetic.camera import FRAME_SHAPE
from stimuli.synthetic.clip import (
    FPS,
    RENDERER_VERSION,
    RenderedClip,
    RenderedFrame,
    prepare,
    render_clip,
    render_flow,
    render_frames,
    render_pictures,
)

__all__ = [
    "ACTIONS",
    "FPS",
    "FRAME_SHAPE",
    "RENDERER_VERSION",
    "RenderedClip",
    "RenderedFrame",
    "prepare",
    "render_clip",
    "render_flow",
    "render_frames",
    "render_pictures",
]
