"""Clips are reproducible, groups hang together, and the flow says where the pixels go."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stimuli.errors import StimulusError
from stimuli.synthetic import ACTIONS, FPS, FRAME_SHAPE, prepare, render_clip, render_flow, render_frames
from stimuli.synthetic.backdrop import picture_shape
from stimuli.synthetic.render import surface_map, trace
from stimuli.synthetic.visibility import sample_along, seen_twice

# Actions filmed from several sides, indoors and outdoors.
VIEWS = [(action, group) for action in ACTIONS for group in (2, 5)]


@pytest.fixture
def unpainted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Backdrops stay black: painting them takes nearly all the time of a clip that nobody looks at."""
    black = np.zeros((*picture_shape(), 3), dtype=np.uint8)
    monkeypatch.setattr("stimuli.synthetic.clip.paint_backdrop", lambda *_: black)


def test_the_same_numbers_give_the_same_clip_and_others_do_not() -> None:
    first, again = (render_clip("JumpingJack", 3, 1, 7) for _ in range(2))
    np.testing.assert_array_equal(first.frames, again.frames)
    np.testing.assert_array_equal(first.flow, again.flow)
    assert first.flow.tobytes() != render_clip("JumpingJack", 3, 1, 8).flow.tobytes()
    np.testing.assert_array_equal(render_flow("JumpingJack", 3, 1, 7), first.flow)


@pytest.mark.usefixtures("unpainted")
@pytest.mark.parametrize("action", ACTIONS)
def test_a_clip_lasts_two_to_six_seconds_and_two_periods(action: str) -> None:
    for clip in range(4):
        take = prepare(action, 4, clip, 0)
        assert 2 * FPS <= take.frames <= 6 * FPS
        assert take.phase[-1] - take.phase[0] > 1.95


@pytest.mark.parametrize("action", ACTIONS)
def test_a_group_shares_actor_scene_and_camera_but_not_timing(
    monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    # Painting takes nearly all the time of a clip, and paints the same picture of the same things.
    black = np.zeros((*picture_shape(), 3), dtype=np.uint8)
    painted: list[object] = []

    def paint(*things: object) -> np.ndarray:
        painted.append(as_values(things))
        return black

    monkeypatch.setattr("stimuli.synthetic.clip.paint_backdrop", paint)
    one, two = prepare(action, 6, 0, 11), prepare(action, 6, 1, 11)
    assert one.cast.body == two.cast.body
    assert one.cast.outfit == two.cast.outfit
    assert one.cast.handling == two.cast.handling
    np.testing.assert_equal(painted[0], painted[1])
    np.testing.assert_array_equal(one.cast.view.position, two.cast.view.position)
    assert one.phase[0] != two.phase[0]
    other = prepare(action, 7, 0, 11)
    assert other.cast.body != one.cast.body
    assert other.cast.scene.indoor != one.cast.scene.indoor
    with pytest.raises(AssertionError):
        np.testing.assert_equal(painted[0], painted[2])


def as_values(things: object) -> object:
    """Dataclasses as mappings, whose arrays can be compared."""
    if isinstance(things, list | tuple):
        return [as_values(thing) for thing in things]
    if is_dataclass(things):
        return {field.name: as_values(getattr(things, field.name)) for field in fields(things)}
    return things


@pytest.mark.usefixtures("unpainted")
@pytest.mark.parametrize("action", ACTIONS)
def test_places_are_shared_out_alike_over_the_groups_of_an_action(action: str) -> None:
    indoor = sum(prepare(action, group, 0, 0).cast.scene.indoor for group in range(1, 5))
    assert indoor == 2


@settings(max_examples=8)
@given(st.sampled_from(ACTIONS), st.integers(0, 99), st.integers(0, 9), st.integers(0, 2**40))
def test_any_clip_is_whole(action: str, group: int, clip: int, seed: int) -> None:
    take = prepare(action, group, clip, seed)
    for _, frame in zip(range(3), render_frames(take), strict=False):
        assert frame.picture.shape == (*FRAME_SHAPE, 3)
        assert frame.picture.dtype == np.uint8
        assert frame.flow is not None
        assert frame.flow.dtype == np.float32
        assert frame.flow.shape == (*FRAME_SHAPE, 2)
        assert np.isfinite(frame.flow).all()
        assert np.abs(frame.flow).max() < 60
    # The actor is in the picture, and wholly so, from the first frame to the last, however the camera moves.
    for i in (0, take.frames // 2, take.frames - 1):
        surface = surface_map(trace(take.tracks, i)[0])
        body = (surface >= 0) & (surface < take.actor_parts)
        assert 0.02 < body.mean() < 0.2
        assert not np.concatenate([body[0], body[-1], body[:, 0], body[:, -1]]).any()


@pytest.mark.parametrize(("action", "group"), VIEWS)
def test_exact_flow_explains_the_pixels_better_than_estimated_flow(action: str, group: int) -> None:
    take = prepare(action, group, 0, 1)
    estimator = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    exact, estimated, still = [], [], []
    frames = render_frames(take)
    for first, second in [(next(frames), next(frames)) for _ in range(6)]:
        assert first.flow is not None
        seen = seen_twice(first, second, take.actor_parts)
        here, there = (cv2.cvtColor(one.picture, cv2.COLOR_RGB2GRAY) for one in (first, second))
        guess = estimator.calc(here, there, np.zeros((*FRAME_SHAPE, 2), np.float32))
        for flow, errors in ((first.flow, exact), (guess, estimated), (np.zeros_like(guess), still)):
            errors.append(np.abs(sample_along(there.astype(np.float32), flow) - here)[seen])
    means = [float(np.concatenate(errors).mean()) for errors in (exact, estimated, still)]
    assert means[0] < means[1]
    assert means[0] < 0.5 * means[2]


@pytest.mark.parametrize(("action", "group"), VIEWS)
def test_going_there_and_back_ends_where_it_began(action: str, group: int) -> None:
    take = prepare(action, group, 1, 1)
    frames = render_frames(take)
    misses = []
    for first, second in [(next(frames), next(frames)) for _ in range(6)]:
        assert first.flow is not None
        assert second.backward is not None
        back = first.flow + sample_along(second.backward, first.flow)
        misses.append(np.hypot(back[..., 0], back[..., 1])[seen_twice(first, second, take.actor_parts)])
    assert np.percentile(np.concatenate(misses), 99) < 0.01


@pytest.mark.parametrize(("group", "clip", "seed"), [(-1, 0, 0), (0, -1, 0), (0, 0, -1)])
def test_negative_numbers_are_refused(group: int, clip: int, seed: int) -> None:
    with pytest.raises(StimulusError, match="must be 0 or more"):
        render_clip("Swing", group, clip, seed)
