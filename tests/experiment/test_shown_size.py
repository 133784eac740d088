"""A source and the noise made from it are equally large on the screen, and no dot is larger than another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiment.errors import InputRefused
from experiment.footage import UndecodedFootage
from experiment.phases.layout import Layout
from experiment.plan import Seat, make_plan
from experiment.preflight import check_fit
from experiment.shown_size import standing_sizes
from stimuli.clip import Clip
from tests.experiment.material import counted_clips, protocol_with, stimulus_set
from tests.experiment.virtual_session import VirtualSession, short_protocol


def dotted(dots: int, clips: tuple[Clip, ...] | None = None) -> tuple[Clip, ...]:
    """The noise of each clip with so many dots a side for each pixel of its source."""
    return tuple(
        replace(clip, width=dots * clip.width, height=dots * clip.height) if clip.source_clip_id else clip
        for clip in clips or counted_clips(2, 2)
    )


@given(st.sampled_from([(1280, 800), (1920, 1080), (2560, 1440)]), st.integers(1, 2))
def test_source_and_noise_fill_the_same_rectangle_in_whole_multiples(size_px, dots):
    footage = UndecodedFootage(stimulus_set(dotted(dots)))
    layout = Layout(*size_px)
    for clip in dotted(dots):
        rect = layout.clip_rect(*footage.get(clip.clip_id).shown_as)
        source = layout.clip_rect(*footage.beginning(clip.footage_id, 1.0).shown_as)
        assert rect == source
        assert rect.width / clip.width == rect.height / clip.height == rect.width // clip.width >= 1


def test_alone_they_would_differ():
    # 320 x 240 has room for five, 640 x 480 only for two.
    layout = Layout(2560, 1440)
    assert layout.clip_rect(320, 240).width == 1600
    assert layout.clip_rect(640, 480).width == 1280


def test_clips_of_other_footage_keep_their_own_size():
    clips = dotted(1)
    other = replace(clips[0], clip_id="UCF5/v_Other_g01_c01", width=640, height=480)
    sizes = standing_sizes((*clips, other))
    assert sizes[other.clip_id] == (640, 480)
    assert {sizes[clip.clip_id] for clip in clips} == {(320, 240)}


@pytest.mark.parametrize("size_px", [(1280, 800), (1920, 1080), (2560, 1440)])
def test_in_a_session_both_conditions_are_equally_large_in_trials_and_on_slides(tmp_path, size_px):
    phases = [
        {"kind": "slides", "slides": "introduction"},
        {"kind": "test", "condition": "UCF5", "clips_per_action": 1},
        {"kind": "test", "condition": "AFD5", "clips_per_action": 1},
    ]
    session = VirtualSession(
        tmp_path, protocol_with(phases=phases), clips=dotted(2, counted_clips(4, 3)), size_px=size_px
    ).run()
    rects = {video.rect for scene, _ in session.shown("test") for video in scene.videos}
    assert len(rects) == 1
    slides = [[(v.rect.width, v.rect.height) for v in scene.videos] for scene, _ in session.shown("slide")]
    assert any(slides)
    assert all(len(set(sizes)) <= 1 for sizes in slides)


def test_noise_that_would_be_scaled_by_a_fraction_is_refused():
    clips = counted_clips(2, 2)
    plan = make_plan(short_protocol(condition="AFD5"), stimulus_set(clips), Seat("T001", 1, 1, 7))
    larger = tuple(c if c.source_clip_id else replace(c, width=480, height=360) for c in clips)
    with pytest.raises(InputRefused, match="320x240 px, but the largest clip of its footage has 480x360"):
        check_fit(stimulus_set(larger), plan, Layout(1920, 1080))


def test_a_source_is_refused_where_its_noise_has_no_room():
    clips = dotted(4)
    plan = make_plan(short_protocol(condition="UCF5"), stimulus_set(clips), Seat("T001", 1, 1, 7))
    with pytest.raises(InputRefused, match="found 1280x960 px, the largest clip of its footage"):
        check_fit(stimulus_set(clips), plan, Layout(1280, 800))


def test_a_clip_in_a_place_larger_than_its_own_is_drawn_in_all_of_it():
    footage = UndecodedFootage(stimulus_set(dotted(2))).get(dotted(2)[0].clip_id)
    assert footage.pixels.shape[1:3] == (240, 320)
    assert footage.shown_as == (640, 480)
    assert footage.pixels.dtype == np.uint8
