"""Where a session's sizes come from, and what is kept of a machine's screens."""

from __future__ import annotations

import platform
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from experiment.display_store import (
    STORE_NAME,
    KnownScreen,
    KnownScreens,
    read_known_screens,
    store_path,
    write_known_screens,
)
from experiment.errors import InputRefused
from experiment.records import DisplayRecord
from experiment.viewing import ScreenOptions, Viewing
from stimuli.manifest import Clip, StimulusSet

HD = (1920, 1080)
DISPLAY = DisplayRecord("psychopy", HD, 60.0, "vsync", True, "none", "none", screen_name="DP-1", screen_px=HD)


def clip(condition, size_px, source=None) -> Clip:
    clip_id = f"{condition}/a"
    width, height = size_px
    return Clip(clip_id, condition, "Swing", 1, "test", f"{clip_id}.avi", "", 50, 25.0, width, height, source)


def known(size_px=HD, width_cm=52.0, **fields) -> KnownScreen:
    given = {
        "host": platform.node(),
        "screen": "DP-1",
        "size_px": size_px,
        "width_cm": width_cm,
        "distance_cm": 57.0,
        "calibrated_at": datetime(2026, 1, 2, tzinfo=timezone.utc),
    }
    return KnownScreen.model_validate(given | fields)


def viewing(*screens, dots=1, **options) -> Viewing:
    clips = (clip("UCF5", (320, 240)), clip("AFD5", (320 * dots, 240 * dots), "UCF5/a"))
    stimuli = StimulusSet(Path("nowhere"), clips, "")
    return Viewing(stimuli, ("UCF5/a", "AFD5/a"), ScreenOptions(**options), KnownScreens(screens=screens))


def test_the_width_given_goes_before_the_calibrated_before_the_reported():
    found = [
        viewing(known(), width_cm=48.0).record(DISPLAY, 51.0),
        viewing(known()).record(DISPLAY, 51.0),
        viewing().record(DISPLAY, 51.0),
        viewing().record(DISPLAY, None),
    ]
    assert [(seen.width_source, seen.width_cm) for seen in found] == [
        ("given", 48.0),
        ("calibrated", 52.0),
        ("reported", 51.0),
        ("unmeasured", None),
    ]
    assert [(seen.distance_source, seen.distance_cm) for seen in found[1:3]] == [
        ("calibrated", 57.0),
        ("default", 50.0),
    ]
    assert viewing(known(), distance_cm=70.0).record(DISPLAY, None).distance_source == "given"


def test_sizes_follow_from_the_width_and_can_be_checked_by_hand():
    # 1920 px on 48 cm: 0.025 cm a pixel; a clip at 4 x is 1280 px, 32 cm, 2 atan(16 / 50) = 35.489 degrees
    seen = viewing(width_cm=48.0).record(DISPLAY, None)
    assert seen.px_per_degree == 34.907
    for size in seen.sizes:
        assert (size.scale, size.size_cm, size.size_deg) == (4, (32.0, 24.0), (35.489, 26.991))
        assert size.dot_deg == 0.1146
    assert [size.condition for size in seen.sizes] == ["AFD5", "UCF5"]


def test_finer_noise_is_as_large_as_its_source_and_its_dots_are_smaller():
    noise, source = viewing(width_cm=48.0, dots=2).record(DISPLAY, None).sizes
    assert noise.size_deg == source.size_deg
    assert (noise.scale, source.scale) == (2, 4)
    assert noise.dot_deg == pytest.approx(source.dot_deg / 2, abs=1e-4)


def test_pixels_of_the_framebuffer_count_on_high_resolution_screens():
    fine = replace(DISPLAY, size_px=(3840, 2160), screen_px=(3840, 2160), window_scale=2.0)
    coarse, dense = (viewing(width_cm=48.0).record(display, None) for display in (DISPLAY, fine))
    assert dense.px_per_degree == pytest.approx(2 * coarse.px_per_degree, abs=0.01)
    assert dense.sizes[0].scale == 8
    assert dense.sizes[0].size_deg == coarse.sizes[0].size_deg


def test_a_window_smaller_than_its_screen_has_pixels_of_the_screen():
    windowed = replace(DISPLAY, size_px=(1280, 800), full_screen=False)
    assert viewing(width_cm=48.0).record(windowed, None).sizes[0].size_cm == (16.0, 12.0)


def test_a_screen_calibrated_at_another_resolution_is_unmeasured_and_says_so():
    seen = viewing(known(size_px=(2560, 1440))).record(DISPLAY, 51.0)
    assert (seen.width_cm, seen.width_source, seen.px_per_degree) == (None, "unmeasured", None)
    assert seen.note == (
        "the screen was calibrated at 2560 x 1440 px and has 1920 x 1080 px now: --calibrate again"
    )
    assert seen.sizes[0].size_deg is None
    assert seen.sizes[0].scale == 4


@pytest.mark.parametrize("other", [{"host": "elsewhere"}, {"screen": "HDMI-1"}])
def test_another_machine_or_screen_is_not_this_one(other):
    assert viewing(known(**other)).record(DISPLAY, None).width_source == "unmeasured"


def test_a_calibration_takes_the_place_of_the_one_before_and_of_no_other(tmp_path):
    path = tmp_path / "config" / STORE_NAME
    assert read_known_screens(path) == KnownScreens()
    screens = KnownScreens().with_screen(known()).with_screen(known(screen="HDMI-1"))
    later = known(width_cm=60.0, calibrated_at=datetime(2026, 2, 2, tzinfo=timezone.utc))
    write_known_screens(path, screens.with_screen(later))
    read = read_known_screens(path)
    assert [screen.width_cm for screen in read.of("DP-1")] == [60.0]
    assert len(read.of("HDMI-1")) == 1
    assert [file.name for file in path.parent.iterdir()] == [STORE_NAME]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "the file"),
        ('{"format": 2}', "format"),
        ('{"screens": [{"host": "a"}]}', "screens.0.screen"),
        (KnownScreens(screens=(known(),)).model_dump_json().replace("52.0", "-3"), "screens.0.width_cm"),
    ],
)
def test_a_damaged_file_is_named_with_its_field_and_left_as_it_is(tmp_path, text, told):
    path = tmp_path / STORE_NAME
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused) as refused:
        read_known_screens(path)
    assert str(refused.value).startswith(f"{path}: {told}: ")
    assert path.read_text(encoding="utf-8") == text


def test_the_file_is_among_the_settings_of_the_user(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    if platform.system() == "Linux":
        assert store_path() == tmp_path / "appearance-free-actions" / STORE_NAME


def test_the_table_given_goes_before_the_one_kept_for_the_screen(tmp_path):
    kept, given = tmp_path / "kept.csv", tmp_path / "given.csv"
    for path, gamma in ((kept, 2.0), (given, 2.4)):
        rows = [f"{level},{(level / 255) ** gamma * 100:.6f}" for level in range(0, 256, 15)]
        path.write_text("level,luminance\n" + "\n".join(rows) + "\n", encoding="utf-8")
    screen = known(gamma_table=kept)
    assert viewing(screen).gamma_table("DP-1").gamma == pytest.approx((2.0,) * 3, abs=1e-3)
    assert viewing(screen, gamma_table=given).gamma_table("DP-1").gamma[0] == pytest.approx(2.4, abs=1e-3)
    assert viewing(screen).gamma_table("HDMI-1") is None
