"""What stands on the screen, read back from the X server's own picture of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageGrab

from experiment.backends.clock import SessionClock
from experiment.backends.psychopy import PsychopyBackend, open_psychopy
from experiment.scene import Box, Footage, Rect, Scene, Text, VideoFrame

GREY = (128, 128, 128)
RNG = np.random.default_rng(7)
NOISE = Footage("noise", RNG.integers(0, 256, (3, 240, 320, 3), dtype=np.uint8), 25.0)
RAMP = Footage(
    "ramp",
    np.stack(np.broadcast_arrays(*np.ogrid[0:1, 0:240, 0:161], 9)[1:], axis=-1).astype(np.uint8),
    25.0,
)
"""An RGB clip whose rows are 483 bytes long, which is no multiple of 4."""


def on_screen(backend: PsychopyBackend, display: str) -> NDArray[np.uint8]:
    """The window as the X server shows it."""
    from Xlib.display import Display

    server = Display(display)
    handle = backend.display._window.winHandle
    corner = server.screen().root.translate_coords(
        server.create_resource_object("window", handle._window), 0, 0
    )
    server.close()
    picture = np.asarray(ImageGrab.grab(xdisplay=display).convert("RGB"))
    width, height = backend.display.record.size_px
    return picture[corner.y : corner.y + height, corner.x : corner.x + width]


def saved(backend: PsychopyBackend, path: Path) -> NDArray[np.uint8]:
    backend.screenshot(path)
    with Image.open(path) as picture:
        return np.asarray(picture)


def enlarged(frame: NDArray[np.uint8], scale: int) -> NDArray[np.uint8]:
    return frame.repeat(scale, axis=0).repeat(scale, axis=1)


@pytest.fixture(scope="module", params=[(1280, 800), (1281, 803)], ids=["even", "odd"])
def windowed(display: str, request: pytest.FixtureRequest) -> Iterator[PsychopyBackend]:
    clock = SessionClock()
    with open_psychopy(clock, full_screen=False, size_px=request.param, background=GREY) as opened:
        yield opened


@pytest.mark.parametrize("scale", [1, 2, 3])
@pytest.mark.parametrize("footage", [NOISE, RAMP], ids=lambda footage: footage.clip_id)
def test_a_shown_frame_is_the_decoded_frame_repeated(
    windowed: PsychopyBackend, display: str, tmp_path: Path, footage: Footage, scale: int
) -> None:
    _, rows, columns, _ = footage.pixels.shape
    width, height = windowed.display.record.size_px
    for index, frame in enumerate(footage.pixels[:3]):
        windowed.display.show(
            Scene("trial", (), (VideoFrame(footage, index, Rect(100, -20, columns * scale, rows * scale)),))
        )
        left = int(np.floor(width / 2 + 100 - columns * scale / 2 + 0.5))
        top = height - int(np.floor(height / 2 - 20 - rows * scale / 2 + 0.5)) - rows * scale
        inside = np.s_[top : top + rows * scale, left : left + columns * scale]
        screen = on_screen(windowed, display)
        np.testing.assert_array_equal(screen[inside], enlarged(frame, scale))
        np.testing.assert_array_equal(saved(windowed, tmp_path / "shot.png"), screen)
        around = screen.copy()
        around[inside] = GREY
        assert (around == GREY).all(), "nothing is drawn beside the frame"


def test_fifteen_clips_stand_side_by_side(windowed: PsychopyBackend, display: str) -> None:
    clips = [Footage(f"c{n}", RNG.integers(0, 256, (1, 60, 80, 3), dtype=np.uint8), 25.0) for n in range(15)]
    width, height = windowed.display.record.size_px
    places = [
        Rect(-width / 2 + 20 + 200 * (n % 5) + 80, height / 2 - 20 - 140 * (n // 5) - 60, 160, 120)
        for n in range(15)
    ]
    windowed.display.show(
        Scene(
            "slide", (), tuple(VideoFrame(clip, 0, place) for clip, place in zip(clips, places, strict=True))
        )
    )
    screen = on_screen(windowed, display)
    for n, clip in enumerate(clips):
        top, left = 20 + 140 * (n // 5), 20 + 200 * (n % 5)
        np.testing.assert_array_equal(screen[top : top + 120, left : left + 160], enlarged(clip.pixels[0], 2))


def test_another_clip_in_the_same_place_is_really_shown(windowed: PsychopyBackend, display: str) -> None:
    """The texture of a place is kept; the same frame number of a new clip must not pass for the old one."""
    for value in (10, 200):
        clip = Footage("clip", np.full((1, 240, 320, 3), value, dtype=np.uint8), 25.0)
        windowed.display.show(Scene("trial", (), (VideoFrame(clip, 0, Rect(0, 0, 320, 240)),)))
        height, width, _ = (screen := on_screen(windowed, display)).shape
        assert (screen[height // 2, width // 2] == value).all()


def test_boxes_have_their_colours_and_sizes_to_the_pixel(windowed: PsychopyBackend, display: str) -> None:
    windowed.display.show(Scene("menu", (Box(Rect(0, 0, 200, 100), (1, 2, 3), (250, 128, 7), 3),)))
    screen = on_screen(windowed, display)
    assert (screen == (1, 2, 3)).all(axis=-1).sum() == 194 * 94
    assert (screen == (250, 128, 7)).all(axis=-1).sum() == 200 * 100 - 194 * 94
    assert (screen == GREY).all(axis=-1).sum() == screen.shape[0] * screen.shape[1] - 200 * 100


def test_an_outline_leaves_its_inside_alone(windowed: PsychopyBackend, display: str) -> None:
    windowed.display.show(Scene("menu", (Box(Rect(0, 0, 200, 100), None, (0, 0, 0), 2),)))
    screen = on_screen(windowed, display)
    assert (screen == 0).all(axis=-1).sum() == 2 * 200 * 2 + 2 * 96 * 2
    assert (screen[screen.shape[0] // 2, screen.shape[1] // 2] == GREY).all()


def test_later_elements_cover_earlier_ones_and_letters_keep_their_colour(
    windowed: PsychopyBackend, display: str
) -> None:
    windowed.display.show(
        Scene(
            "menu",
            (
                Box(Rect(0, 0, 400, 100), (255, 255, 255)),
                Text("Übung – fertig ✓", 0, 0, 32, (0, 84, 166)),
            ),
        )
    )
    screen = on_screen(windowed, display).astype(int)
    assert (screen == (0, 84, 166)).all(axis=-1).sum() > 100, "strokes are as dark as their colour"
    # Between paper and ink there are only mixtures of the two: grey levels of smoothing, no coloured fringes.
    height, width, _ = screen.shape
    box = screen[height // 2 - 45 : height // 2 + 45, width // 2 - 190 : width // 2 + 190]
    ink = (255 - box[..., 0]) / 255
    np.testing.assert_allclose(box[..., 2], 255 - ink * (255 - 166), atol=1.5)


def test_a_scene_leaves_nothing_of_the_one_before(windowed: PsychopyBackend, display: str) -> None:
    windowed.display.show(
        Scene("menu", (Box(Rect(0, 0, 400, 400), (9, 9, 9)), Text("x", 0, 0, 99, (0, 0, 0))))
    )
    windowed.display.show(Scene("blank", ()))
    assert (on_screen(windowed, display) == GREY).all()
