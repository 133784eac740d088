"""The five actions by name, with the range of periods and viewpoints in which each can be told from the
others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stimuli.errors import StimulusError
from stimuli.synthetic.body import Proportions
from stimuli.synthetic.exercises import jumping_jack, lunges, push_ups
from stimuli.synthetic.kinematics import Array
from stimuli.synthetic.motion import Motion, Style
from stimuli.synthetic.suspended import pull_ups, swing

ACTIONS = ("JumpingJack", "Lunges", "PullUps", "PushUps", "Swing")
TRAITS = 8


@dataclass(frozen=True)
class Action:
    """An action and the limits within which it is nameable.

    `azimuths_deg` are ranges of the camera's direction around the actor, 0 in front and 90 on the actor's
    left; from elsewhere the movement collapses (a jumping jack from the side is a line). `fill` is the
    share of the picture's width or height, whichever is reached first, that the whole cycle takes up.
    """

    name: str
    perform: Callable[[Proportions, Style, Array], Motion]
    period_s: tuple[float, float]
    azimuths_deg: tuple[tuple[float, float], ...]
    fill: tuple[float, float]

    def draw_style(self, rng: np.random.Generator) -> Style:
        """A period, an amplitude, traits and a viewpoint for one actor."""
        low, high = self.azimuths_deg[int(rng.integers(len(self.azimuths_deg)))]
        return Style(
            period_s=float(rng.uniform(*self.period_s)),
            amplitude=float(rng.uniform(0.88, 1.0)),
            traits=tuple(float(trait) for trait in rng.uniform(size=TRAITS)),
            azimuth_rad=float(np.radians(rng.uniform(low, high))),
        )


_BY_NAME = {
    action.name: action
    for action in (
        Action("JumpingJack", jumping_jack, (0.95, 1.45), ((-35, 35), (150, 210)), (0.80, 0.90)),
        Action("Lunges", lunges, (1.7, 2.6), ((62, 118), (242, 298)), (0.80, 0.90)),
        Action("PullUps", pull_ups, (1.6, 2.8), ((-40, 40), (142, 218)), (0.82, 0.90)),
        Action("PushUps", push_ups, (1.0, 2.1), ((52, 120), (240, 308)), (0.62, 0.84)),
        Action("Swing", swing, (2.05, 2.5), ((50, 118), (242, 310)), (0.84, 0.90)),
    )
}


def action_named(name: str) -> Action:
    """The action of that name. Raises StimulusError where there is none, and lists those there are."""
    if name not in _BY_NAME:
        raise StimulusError(f'There is no drawn action "{name}"; there are {", ".join(ACTIONS)}.')
    return _BY_NAME[name]
