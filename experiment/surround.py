"""The colour around the clips: the one whose luminance is the noise's mean, so that a clip's edge does not
flash.

An eye adds up light, not pixel values. The mean value of uniform 8-bit noise is 127.5, but on a display
that shows a level v as v^2.2 its mean light is that of level 150, and that of black-and-white noise the light
of level 186. Only where a gamma table makes the display linear is it the mean value itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiment.gamma_table import GammaTable, GammaTriple
from experiment.records import GammaState, LuminanceRecord
from experiment.scene import Colour
from stimuli.description import read_description
from stimuli.errors import StimulusError
from stimuli.manifest import StimulusSet

ASSUMED_GAMMA: GammaTriple = (2.2, 2.2, 2.2)
"""Of a display that nobody has measured: displays are made to follow sRGB (IEC 61966-2-1), whose curve lies
nearest to this power.
"""

_LINEAR: GammaTriple = (1.0, 1.0, 1.0)


@dataclass(frozen=True, eq=False)
class NoiseValues:
    """How often each level occurs in the noise: ``odds`` float64 ``(3, 256)`` for R, G and B, each adding up
    to 1, and its ``name`` for the record.
    """

    name: str
    odds: NDArray[np.float64]

    def mean_level(self, gamma: GammaTriple) -> Colour:
        """The level of each gun that is as bright as the noise on average; 150 for uniform noise at 2.2."""
        levels = np.linspace(0.0, 1.0, 256)
        red, green, blue = (
            round(255 * float(odds @ levels**exponent) ** (1 / exponent))
            for odds, exponent in zip(self.odds, gamma, strict=True)
        )
        return red, green, blue


def noise_values(stimuli: StimulusSet) -> NoiseValues:
    """What the description of a stimulus set says of its noise; published clips are uniform R, G, B noise.

    A set without a description that can be read is taken to be of that kind too, and is named so.
    """
    try:
        recipe = read_description(stimuli.root).recipe
    except StimulusError:
        return NoiseValues("uniform rgb noise (taken to be so, the set has no description)", _uniform())
    if recipe.noise == "matched" and recipe.levels is not None:
        return NoiseValues("noise matched to the clips", _within(recipe.levels.ranges))
    if recipe.noise == "binary":
        return NoiseValues("binary noise", _of_levels(((0, 255),) * 3))
    return NoiseValues(f"uniform {'gray' if recipe.noise == 'gray' else 'rgb'} noise", _uniform())


def luminance_record(
    noise: NoiseValues, table: GammaTable | None, not_applied: str | None
) -> LuminanceRecord:
    """The surround of a session.

    ``not_applied`` says why the ramp of the table could not be set, ``None`` where it was.
    """
    state: GammaState
    if table is None:
        state, gamma, shown = "unmeasured", ASSUMED_GAMMA, ASSUMED_GAMMA
        known = f"the display's gamma is unmeasured and assumed to be {gamma[0]:g}"
    elif not_applied is None:
        state, gamma, shown = "applied", table.gamma, _LINEAR
        known = "a measured gamma table makes the display linear"
    else:
        state, gamma, shown = "not applied", table.gamma, table.gamma
        known = f"the display's gamma is measured but not corrected ({not_applied})"
    return LuminanceRecord(
        surround=noise.mean_level(shown),
        reason=f"mean luminance of {noise.name}; {known}",
        state=state,
        gamma=gamma,
        table_sha256="" if table is None else table.sha256,
    )


def ink_contrast(surround: Colour, ink: Colour) -> float:
    """Contrast ratio of letters on the surround, 1..21 (WCAG 2.2, "contrast ratio"): at least 3 is asked of
    large letters. 5.0 for ink of 12 on 128, 6.6 on 150.
    """
    darker, brighter = sorted((_relative_luminance(surround), _relative_luminance(ink)))
    return (brighter + 0.05) / (darker + 0.05)


def _relative_luminance(colour: Colour) -> float:
    levels = np.array(colour) / 255
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def _uniform() -> NDArray[np.float64]:
    return np.full((3, 256), 1 / 256)


def _within(ranges: tuple[tuple[int, int], ...]) -> NDArray[np.float64]:
    return _of_levels(tuple(tuple(range(low, high + 1)) for low, high in ranges))


def _of_levels(levels: tuple[tuple[int, ...], ...]) -> NDArray[np.float64]:
    odds = np.zeros((3, 256))
    for gun, of_gun in enumerate(levels):
        odds[gun, list(of_gun)] = 1 / len(of_gun)
    return odds
