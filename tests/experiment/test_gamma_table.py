"""A lab's measurement of its display, and what is refused of it."""

from __future__ import annotations

import numpy as np
import pytest

from experiment.errors import InputRefused
from experiment.gamma_table import read_gamma_table

LEVELS = np.linspace(0, 255, 17)


def written(path, head, *columns):
    rows = "\n".join(",".join(f"{value:.5f}" for value in row) for row in zip(*columns, strict=True))
    path.write_text(f"{head}\n{rows}\n", encoding="utf-8")
    return path


def luminance(gamma, darkest=0.3, brightest=120.0):
    return darkest + (brightest - darkest) * (LEVELS / 255) ** gamma


def test_the_gamma_of_each_gun_is_found_through_the_noise_of_a_photometer(tmp_path):
    rng = np.random.default_rng(0)
    guns = [luminance(gamma) + rng.normal(0, 0.3, LEVELS.size) for gamma in (2.4, 2.2, 1.9)]
    table = read_gamma_table(written(tmp_path / "g.csv", "level,red,green,blue", LEVELS, *guns))
    assert table.gamma == pytest.approx((2.4, 2.2, 1.9), abs=0.03)
    assert len(table.sha256) == 64


def test_one_column_stands_for_all_guns_and_the_ramp_makes_light_even(tmp_path):
    table = read_gamma_table(written(tmp_path / "g.csv", "level,luminance", LEVELS, luminance(2.2)))
    assert table.gamma == pytest.approx((2.2,) * 3, abs=1e-3)
    light = table.ramp(1024) ** 2.2
    np.testing.assert_allclose(light, np.tile(np.linspace(0, 1, 1024), (3, 1)), atol=1e-3)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: found 'nothing'"),
        ("level,lum\n0,1\n", "allowed is level,luminance or level,red,green,blue"),
        ("level,luminance\n0,1\n255,high\n", "line 3: found '255,high'"),
        ("level,luminance\n0,1\n255,-4\n", "line 3"),
        ("level,luminance\n0,1\n255,100\n", "found 2 levels, at least 5"),
        ("level,luminance\n0,1\n9,2\n99,3\n88,4\n255,5\n", "allowed are rising levels from 0 to 255"),
        ("level,luminance\n0,9\n64,8\n128,7\n192,6\n255,5\n", "a display is brighter at 255"),
        ("level,luminance\n0,0\n64,90\n128,5\n192,80\n255,100\n", "no gamma describes what was measured"),
    ],
)
def test_what_cannot_be_a_measurement_is_refused_with_its_place(tmp_path, text, told):
    path = tmp_path / "measured.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused, match=r"measured\.csv") as refused:
        read_gamma_table(path)
    assert told in str(refused.value)


def test_a_field_of_endless_length_is_refused(tmp_path):
    path = tmp_path / "measured.csv"
    path.write_text("level,luminance\n0," + "1" * 200_000, encoding="utf-8")
    with pytest.raises(InputRefused, match=r"measured\.csv: cannot be read as CSV .*field larger"):
        read_gamma_table(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputRefused, match=r"nowhere\.csv"):
        read_gamma_table(tmp_path / "nowhere.csv")
