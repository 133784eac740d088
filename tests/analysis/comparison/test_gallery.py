from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.gallery import FRAME_PX, FRAMES, parting_clips, strips
from stimuli.manifest import StimulusSet
from tests.analysis.models.small_set import small_set


def items(apart: list[float], observer: str = "m0") -> pd.DataFrame:
    table: pd.DataFrame = pd.DataFrame(
        {
            "condition": "AFD5",
            "clip_id": [f"AFD5/{place}" for place in range(len(apart))],
            "observer": observer,
            "apart": apart,
        }
    )
    return table


def test_the_clips_furthest_apart_come_first_in_each_direction() -> None:
    found = parting_clips(items([0.1, -0.2, 0.9, np.nan, 0.0, -0.8, 0.4]), number=2)
    assert found["clip_id"].tolist() == ["AFD5/2", "AFD5/6", "AFD5/5", "AFD5/1"]
    assert found["told_by"].tolist() == ["people", "people", "model", "model"]


def test_each_model_has_its_own() -> None:
    found = parting_clips(pd.concat([items([0.5, -0.5]), items([-0.3, 0.3], "m1")], ignore_index=True))
    assert found.query("observer == 'm1' and told_by == 'people'")["clip_id"].tolist() == ["AFD5/1"]


def test_equal_clips_do_not_depend_on_the_order_of_the_data() -> None:
    table = items([0.5, 0.5, 0.5, 0.5])
    assert parting_clips(table.iloc[::-1])["clip_id"].tolist() == ["AFD5/0", "AFD5/1", "AFD5/2"]


def test_without_models_nobody_parts() -> None:
    assert parting_clips(items([np.nan]).assign(observer=None)).empty


@pytest.fixture(scope="module")
def stimuli(tmp_path_factory: pytest.TempPathFactory) -> StimulusSet:
    return small_set(tmp_path_factory.mktemp("set"))


def test_a_strip_shows_frames_of_the_ordinary_clip(stimuli: StimulusSet) -> None:
    found = strips(stimuli, ["AFD5/v_Swing_g01_c01", "UCF5/v_Swing_g01_c01"])
    noise, ordinary = found.pictures.values()
    assert (noise == ordinary).all()
    height, width = noise.shape[:2]
    assert height == FRAME_PX[0]
    assert width >= FRAMES * FRAME_PX[1]
    # The stripes move, so that no two frames are alike.
    assert (noise[:, : FRAME_PX[1]] != noise[:, -FRAME_PX[1] :]).any()


def test_without_footage_clips_are_only_named(stimuli: StimulusSet, tmp_path: Path) -> None:
    assert strips("the sessions do not say where.", ["AFD5/a"]).why_not == "the sessions do not say where."
    assert not strips(stimuli, ["AFD5/another"]).pictures
    gone = small_set(tmp_path / "gone")
    gone.path_of(gone.by_id("UCF5/v_Swing_g01_c01")).unlink()
    found = strips(gone, ["AFD5/v_Swing_g01_c01", "AFD5/v_Swing_g02_c01"])
    assert list(found.pictures) == ["AFD5/v_Swing_g02_c01"]
