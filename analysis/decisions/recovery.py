"""Whether fitted races find the parameters that answers were made with: simulate, fit, compare.

A parameter that a fit does not find again says nothing of people (Wilson & Collins 2019, eLife 8, e49547).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.decisions.race import Race, Whole, simulate
from analysis.decisions.race_fit import fit_race
from analysis.decisions.race_parameters import RaceModel
from analysis.decisions.race_trials import RaceTrials
from analysis.measures.intervals import Floats

LONGEST_S = 30.0
_SUMMARY = ["parameter", "fits", "true_sd", "mean_error", "rms_error", "correlation", "held"]


@dataclass(frozen=True)
class TrueRace:
    """What one simulated participant answers with; biases add up to 0."""

    level: float
    bias: Floats
    advantage: Floats
    race: Race

    def value(self, parameter: str, place: int) -> float:
        """The parameter as ``RaceFit.parameters`` calls it, of the action at ``place`` where it has one."""
        if parameter in ("bias", "advantage"):
            values: Floats = getattr(self, parameter)
            return float(values[place])
        return self.level if parameter == "level" else float(getattr(self.race, parameter))

    def rates(self, shown: Whole) -> Floats:
        """The rates of all accumulators where ``shown`` (trials,) are shown, (trials, actions)."""
        rates = np.tile(self.level + self.bias, (len(shown), 1))
        rates[np.arange(len(shown)), shown] += self.advantage[shown]
        return rates


def drawn_race(actions: int, rng: np.random.Generator) -> TrueRace:
    """A participant like those of the study: right in .5 to .99 of the trials, in 1 to 6 s.

    Normal: level -2.3 (standard deviation .3), biases 0 (.2), mean advantage 1.6 (.3), that of an action .25
    about it; log-normal: scale .6 (.2 log units), that of the action shown .7 of it (.2); even: shift from
    .2 to .8 s. Two in a hundred are guesses.
    """
    bias = 0.2 * rng.standard_normal(actions)
    advantage = 1.6 + 0.3 * rng.standard_normal() + 0.25 * rng.standard_normal(actions)
    scale = 0.6 * float(np.exp(0.2 * rng.standard_normal()))
    race = Race(
        scale=scale,
        shift_s=float(rng.uniform(0.2, 0.8)),
        longest_s=LONGEST_S,
        scale_shown=0.7 * scale * float(np.exp(0.2 * rng.standard_normal())),
    )
    return TrueRace(-2.3 + 0.3 * float(rng.standard_normal()), bias - bias.mean(), advantage, race)


def simulated_trials(
    truth: TrueRace, actions: Sequence[str], per_action: int, rng: np.random.Generator
) -> RaceTrials:
    """The answers of one participant to ``per_action`` clips of each action."""
    shown = np.repeat(np.arange(len(actions)), per_action)
    times, chosen = simulate(truth.race, truth.rates(shown), rng, shown)
    return RaceTrials(
        actions=tuple(actions),
        people=("P001",),
        times_s=times,
        chosen=chosen,
        shown=shown,
        person=np.zeros(len(shown), dtype=np.int64),
        evidence=np.zeros((len(shown), len(actions))),
    )


def recovered(
    participants: int, actions: Sequence[str], per_action: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Fits of simulated participants, each with a race of its own.

    Returns
    -------
    DataFrame
        ``participant``, and the columns of ``RaceFit.parameters`` with ``true`` beside them.
    """
    place, parts = {action: number for number, action in enumerate(actions)}, []
    for participant in range(participants):
        truth = drawn_race(len(actions), rng)
        found = fit_race(simulated_trials(truth, actions, per_action, rng), RaceModel()).parameters()
        true = [
            truth.value(str(name), place.get(str(action), -1))
            for name, action in zip(found["parameter"], found["action"], strict=True)
        ]
        parts.append(found.assign(participant=participant, true=true))
    table: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return table


def recovery(found: pd.DataFrame) -> pd.DataFrame:
    """How near estimates come, from a table of ``recovered``.

    Returns
    -------
    DataFrame
        One row a parameter, all actions together: ``fits``, ``true_sd`` (how far true values differ),
        ``mean_error``, ``rms_error``, ``correlation`` of true and found, ``held`` (share of 95 % intervals
        that hold the truth).
    """
    rows = []
    for name, part in found.groupby("parameter", sort=False):
        error = part["value"] - part["true"]
        held = (part["low"] <= part["true"]) & (part["true"] <= part["high"])
        rows.append(
            (
                name,
                len(part),
                float(part["true"].std()),
                float(error.mean()),
                float(np.sqrt((error**2).mean())),
                float(part["true"].corr(part["value"])),
                float(held.mean()),
            )
        )
    table: pd.DataFrame = pd.DataFrame(rows, columns=_SUMMARY)
    return table
