"""Clips in memory are what their files hold."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from experiment.errors import SessionBroken
from experiment.footage import DecodedFootage, UndecodedFootage
from stimuli.clip import Clip
from stimuli.manifest import StimulusSet, read_stimulus_set, write_manifest
from stimuli.video import encode_lossless
from tests.experiment.material import counted_clips, stimulus_set


@pytest.fixture
def one_clip(tmp_path) -> tuple[StimulusSet, np.ndarray]:
    """A set of one clip of twenty frames, and its frames."""
    pixels = np.random.default_rng(1).integers(0, 256, (20, 48, 64, 3), dtype=np.uint8)
    return written(tmp_path, pixels, 20), pixels


def written(root, pixels: np.ndarray, frames: int) -> StimulusSet:
    """A set of one clip that its manifest says to hold ``frames`` frames."""
    path = root / "ucf5" / "Swing" / "v_Swing_g08_c01.mkv"
    path.parent.mkdir(parents=True)
    encode_lossless(path, pixels, 25.0)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    relative = path.relative_to(root).as_posix()
    write_manifest(
        root,
        [
            Clip(
                "UCF5/v_Swing_g08_c01",
                "UCF5",
                "Swing",
                8,
                "train",
                relative,
                digest,
                frames,
                25.0,
                64,
                48,
                None,
            )
        ],
    )
    return read_stimulus_set(root)


def test_a_clip_is_decoded_whole_and_its_beginning_is_its_beginning(one_clip):
    stimuli, pixels = one_clip
    footage = DecodedFootage(stimuli)
    footage.prefetch("UCF5/v_Swing_g08_c01")
    whole = footage.get("UCF5/v_Swing_g08_c01")
    np.testing.assert_array_equal(whole.pixels, pixels)
    assert (whole.frames, whole.duration_s) == (20, 0.8)
    np.testing.assert_array_equal(footage.beginning("UCF5/v_Swing_g08_c01", 0.2).pixels, pixels[:5])
    np.testing.assert_array_equal(footage.beginning("UCF5/v_Swing_g08_c01", 9).pixels, pixels)
    footage.close()


@pytest.mark.parametrize("said", [19, 21])
def test_a_clip_of_another_length_than_its_manifest_says_is_not_shown(tmp_path, said):
    pixels = np.zeros((20, 48, 64, 3), np.uint8)
    footage = DecodedFootage(written(tmp_path, pixels, said))
    with pytest.raises(SessionBroken, match=f"does not hold what its manifest says: {said} frames of 64x48"):
        footage.get("UCF5/v_Swing_g08_c01")
    footage.close()


def test_footage_that_is_not_shown_takes_no_memory():
    clips = counted_clips(1, 1, frames=100_000)
    footage = UndecodedFootage(stimulus_set(clips)).get(clips[0].clip_id)
    assert footage.frames == 100_000
    assert footage.pixels.base is not None
    assert footage.pixels.strides == (0, 0, 0, 0)
