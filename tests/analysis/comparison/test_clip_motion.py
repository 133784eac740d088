"""Motion of flow fields that are known, and of small clips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analysis.comparison.clip_motion import clip_motions, global_motion, speeds
from analysis.errors import AnalysisError
from stimuli.flow import Flow
from tests.analysis.models.small_set import small_set

HEIGHT, WIDTH = 120, 160


def panning(x: float, y: float) -> Flow:
    return np.full((HEIGHT, WIDTH, 2), [x, y], dtype=np.float32)


def test_a_pan_is_all_camera() -> None:
    motion, camera, body = speeds(panning(3, 4), fps=24)
    # 5 pixels a frame, 24 frames a second, 120 pixels the shorter side.
    assert motion == pytest.approx(1.0)
    assert camera == pytest.approx(1.0)
    assert body == pytest.approx(0.0, abs=1e-4)


def test_a_zoom_is_all_camera() -> None:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    zoom = np.stack([0.03 * (x - 80), 0.03 * (y - 60)], axis=-1).astype(np.float32)
    assert global_motion(zoom) == pytest.approx(zoom, abs=1e-3)


def test_a_person_before_a_pan_is_taken_out() -> None:
    flow = panning(2, 0)
    flow[20:110, 50:110] = [-3, 6]  # 28 % of the picture
    assert global_motion(flow) == pytest.approx(panning(2, 0), abs=0.01)
    motion, camera, body = speeds(flow, fps=25)
    assert camera == pytest.approx(2 * 25 / 120, rel=0.01)
    share = 90 * 60 / (HEIGHT * WIDTH)
    assert body == pytest.approx(share * np.hypot(5, 6) * 25 / 120, rel=0.02)
    assert motion == pytest.approx((share * np.hypot(3, 6) + (1 - share) * 2) * 25 / 120, rel=0.01)


def test_errors_of_the_flow_do_not_hide_the_camera() -> None:
    rng = np.random.default_rng(1)
    noisy = panning(1.5, -0.5) + 0.2 * rng.normal(size=(HEIGHT, WIDTH, 2)).astype(np.float32)
    assert global_motion(noisy) == pytest.approx(panning(1.5, -0.5), abs=0.15)


def test_a_still_picture_has_no_motion() -> None:
    assert speeds(panning(0, 0), fps=25) == pytest.approx((0.0, 0.0, 0.0), abs=1e-6)


def test_noise_clips_have_the_motion_of_their_sources_and_it_is_kept(tmp_path: Path) -> None:
    stimuli = small_set(tmp_path / "set")
    names = ["AFD5/v_Swing_g01_c01", "UCF5/v_Swing_g01_c01", "UCF5/v_Lunges_g02_c01"]
    first = clip_motions(stimuli, names, tmp_path / "kept")
    assert [each.clip_id for each in first] == names
    assert first[0].motion == first[1].motion > 0
    assert first[0].flow == "dis"
    assert first[0].duration_s == pytest.approx(14 / 25)
    kept = sorted((tmp_path / "kept").iterdir())
    assert len(kept) == 2
    # What is kept is read, and what is damaged is measured again.
    for file in (tmp_path / "set").rglob("*.mkv"):
        file.unlink()
    assert clip_motions(stimuli, names, tmp_path / "kept") == first
    kept[0].write_text("{")
    kept[1].write_text("{")
    with pytest.raises(AnalysisError, match="mkv"):
        clip_motions(stimuli, names, tmp_path / "kept")


def test_the_camera_of_drawn_clips_is_found(tmp_path: Path) -> None:
    from stimuli.synthetic.clip import prepare, render_flow

    take = prepare("Swing", 3, 1, 0)
    flow = render_flow("Swing", 3, 1, 0)[::12]
    assert len(flow) > 2
    backdrop = np.asarray(take.backdrop.to_picture)
    height, width = flow.shape[1:3]
    y, x = np.mgrid[0:height:20, 0:width:20]
    points = np.stack([x.ravel(), y.ravel(), np.ones(x.size)])
    for place, field in enumerate(flow):
        frame = 12 * place
        # Where a point of the wall stands in the next frame, by the paths of the camera.
        step = np.linalg.inv(backdrop[frame + 1]) @ backdrop[frame]
        moved = step @ points
        expected = (moved[:2] / moved[2] - points[:2]).T
        found = global_motion(field)[y.ravel(), x.ravel()]
        assert found == pytest.approx(expected, abs=0.3)


def test_a_clip_that_the_set_has_not_is_named(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="UCF5/v_Swing_g77_c01"):
        clip_motions(small_set(tmp_path / "set"), ["UCF5/v_Swing_g77_c01"], tmp_path / "kept")
