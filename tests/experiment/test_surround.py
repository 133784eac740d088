"""The surround is as bright as the noise is on average: checked on noise itself, gun by gun."""

from __future__ import annotations

import numpy as np
import pytest

from experiment.gamma_table import GammaTable
from experiment.phases.layout import INK
from experiment.surround import ASSUMED_GAMMA, ink_contrast, luminance_record, noise_values
from stimuli.description import Recipe, write_description
from stimuli.manifest import StimulusSet
from stimuli.noise import NoiseLevels, fresh_dots, picture

LEVELS = NoiseLevels((90.0, 120.0, 60.0), (50.0, 40.0, 30.0))


def set_with(folder, noise, levels=None) -> StimulusSet:
    recipe = Recipe(
        source="synthetic",
        per_class=1,
        seed=0,
        flow="exact",
        method="recursive",
        fill="fresh",
        noise=noise,
        levels=levels,
    )
    write_description(folder, recipe)
    return StimulusSet(folder, (), "0" * 64)


@pytest.mark.parametrize("noise", ["rgb", "gray", "binary", "matched"])
@pytest.mark.parametrize("gamma", [(1.0, 1.0, 1.0), (2.2, 2.2, 2.2), (1.8, 2.2, 2.6)])
def test_the_surround_gives_the_light_that_noise_gives_on_average(tmp_path, noise, gamma):
    levels = LEVELS if noise == "matched" else None
    frame = picture(fresh_dots((1000, 1000), noise, np.random.default_rng(1), levels)) / 255
    light = (frame ** np.array(gamma)).mean(axis=(0, 1))
    surround = np.array(noise_values(set_with(tmp_path, noise, levels)).mean_level(gamma))
    shown = light ** (1 / np.array(gamma)) * 255
    np.testing.assert_allclose(surround, shown, atol=0.8)


def test_uniform_noise_is_as_bright_as_150_at_the_assumed_gamma_and_black_and_white_as_186(tmp_path):
    assert ASSUMED_GAMMA == (2.2, 2.2, 2.2)
    assert noise_values(set_with(tmp_path, "rgb")).mean_level(ASSUMED_GAMMA) == (150, 150, 150)
    assert noise_values(set_with(tmp_path, "binary")).mean_level(ASSUMED_GAMMA) == (186, 186, 186)


def test_what_is_known_of_the_display_decides(tmp_path):
    noise = noise_values(set_with(tmp_path, "rgb"))
    table = GammaTable(tmp_path / "g.csv", (1.8, 1.8, 1.8), "ab")
    unmeasured = luminance_record(noise, None, "there is no gamma table")
    applied = luminance_record(noise, table, None)
    refused = luminance_record(noise, table, "Wayland")
    assert (unmeasured.state, unmeasured.surround, unmeasured.gamma) == ("unmeasured", (150,) * 3, (2.2,) * 3)
    assert (applied.state, applied.surround, applied.gamma) == ("applied", (128,) * 3, (1.8,) * 3)
    assert (refused.state, refused.surround) == ("not applied", noise.mean_level(table.gamma))
    assert "unmeasured and assumed to be 2.2" in unmeasured.reason
    assert "Wayland" in refused.reason
    assert (applied.table_sha256, unmeasured.table_sha256) == ("ab", "")


def test_a_set_without_a_description_is_taken_for_uniform_noise_and_the_record_says_so(tmp_path):
    record = luminance_record(noise_values(StimulusSet(tmp_path, (), "")), None, None)
    assert record.surround == (150, 150, 150)
    assert "the set has no description" in record.reason


def test_letters_can_be_read_on_the_surround_of_every_kind_of_uniform_noise():
    assert ink_contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert [round(ink_contrast((level,) * 3, INK), 1) for level in (128, 150, 186)] == [5.0, 6.6, 10.1]
    assert ink_contrast((60, 60, 60), INK) < 3
