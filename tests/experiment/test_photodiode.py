"""The square for a light sensor: white from the first frame of a clip to its last."""

from __future__ import annotations

from itertools import pairwise

from experiment.photodiode import patch_side_px, with_patch
from experiment.scene import Box, Rect, Scene, VideoFrame
from tests.experiment.virtual_session import VirtualSession, short_protocol

SIZE = (1920, 1080)


def patch_of(scene: Scene) -> Box:
    patch = with_patch(scene, SIZE, patch_side_px(SIZE)).elements[-1]
    assert isinstance(patch, Box)
    return patch


def test_it_stands_in_the_lower_right_corner() -> None:
    assert patch_of(Scene("blank", ())).rect == Rect(933, -513, 54, 54)


def test_it_is_white_exactly_while_the_clip_of_a_trial_is_on_the_screen(tmp_path) -> None:
    session = VirtualSession(tmp_path, short_protocol()).run()
    white = [(at_s, patch_of(scene).fill == (255, 255, 255)) for scene, at_s in session.flips]
    turned_white = [at_s for (_, was), (at_s, now) in pairwise(white) if now and not was]
    assert turned_white == [trial.onset_s for trial in session.trials]
    assert sum(now for _, now in white) == sum(trial.flips for trial in session.trials)


def test_a_clip_on_a_slide_leaves_it_black(tmp_path) -> None:
    session = VirtualSession(tmp_path, short_protocol()).run()
    video: VideoFrame = session.shown("test")[0][0].videos[0]
    assert patch_of(Scene("slide", (), (video,))).fill == (0, 0, 0)
