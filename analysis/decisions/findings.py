"""All that is computed of choice and time together, for tables and figures alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.decisions.ez_diffusion import ez_table
from analysis.decisions.network_times import CLIP_COLUMNS, MEASURE_COLUMNS, network_times
from analysis.decisions.race_tables import fitted_races, predicted_quantiles, race_parameters
from analysis.errors import AnalysisError


@dataclass(frozen=True)
class OfferedActions:
    """The actions that a condition offers, in the order of tables and figures."""

    condition: str
    actions: tuple[str, ...]


@dataclass(frozen=True)
class DecisionFindings:
    """Tables over all conditions; columns are those of ``ez_table``, ``race_parameters``,
    ``predicted_quantiles`` and ``NetworkTimes``. ``remarks`` are sentences on what could not be computed."""

    ez: pd.DataFrame
    races: pd.DataFrame
    quantiles: pd.DataFrame
    clips: pd.DataFrame
    measures: pd.DataFrame
    remarks: tuple[str, ...]


def decision_findings(
    tests: pd.DataFrame, models: pd.DataFrame, offered: Sequence[OfferedActions], rng: np.random.Generator
) -> DecisionFindings:
    """The findings on test trials of people, and on answers of models to the same clips (perhaps none).

    A model without probabilities, or a condition with too few answers, is named in a remark.
    """
    races = [race for of in offered for race in fitted_races(tests, of.condition, of.actions)]
    remarks, clips, measures = [], [], []
    for of in offered:
        people = tests[tests["condition"] == of.condition]
        for name, answers in models[models["condition"] == of.condition].groupby("observer", sort=False):
            try:
                found = network_times(people, answers, of.actions, rng)
            except AnalysisError as error:
                remarks.append(f"{name}, {of.condition}: no times are predicted: {error}")
                continue
            remarks += found.remarks
            clips.append(found.clips)
            measures.append(found.measures)
    return DecisionFindings(
        ez=ez_table(tests, rng),
        races=race_parameters(races),
        quantiles=predicted_quantiles(tests, races),
        clips=pd.concat(clips, ignore_index=True) if clips else pd.DataFrame(columns=CLIP_COLUMNS),
        measures=pd.concat(measures, ignore_index=True) if clips else pd.DataFrame(columns=MEASURE_COLUMNS),
        remarks=tuple(dict.fromkeys(remarks)),
    )
