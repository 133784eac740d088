"""All that is computed of choice and time together, for tables and figures alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.collection import Collection
from analysis.comparison.answers import first_answers
from analysis.decisions.ez_diffusion import ez_table
from analysis.decisions.network_times import CLIP_COLUMNS, MEASURE_COLUMNS, network_times
from analysis.decisions.race_tables import (
    EVERYBODY,
    FittedRace,
    fitted_races,
    predicted_quantiles,
    race_parameters,
)
from analysis.decisions.race_trials import answered
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

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables that have rows, by the names of their files."""
        named = {
            "ez_diffusion": self.ez,
            "races": self.races,
            "race_quantiles": self.quantiles,
            "network_times": self.measures,
            "network_times_by_clip": self.clips,
        }
        return {name: table for name, table in named.items() if len(table)}


def offered_actions(collection: Collection, tests: pd.DataFrame) -> tuple[OfferedActions, ...]:
    """The conditions of ``tests`` in the order of the ``collection``, with the actions of each."""
    return tuple(
        OfferedActions(condition, collection.actions_in(condition))
        for condition in collection.conditions
        if (tests["condition"] == condition).any()
    )


def decision_findings(
    tests: pd.DataFrame, models: pd.DataFrame, offered: Sequence[OfferedActions], rng: np.random.Generator
) -> DecisionFindings:
    """The findings on test trials of people, and on answers of models to the same clips (perhaps none).

    Of several answers of a participant to a clip the first counts. Remarks tell that, answers that are in no
    race, models without probabilities, and where nothing could be fitted.
    """
    tests, repetitions = first_answers(tests)
    tests = tests.reset_index(drop=True)
    races = [race for of in offered for race in fitted_races(tests, of.condition, of.actions)]
    ez = ez_table(tests, rng)
    remarks, clips, measures = list(repetitions), [], []
    for of in offered:
        people = tests[tests["condition"] == of.condition]
        remarks += _unanswered(of.condition, people)
        remarks += _not_fitted(of.condition, [race for race in races if race.condition == of.condition])
        remarks += _not_computed(of.condition, ez[ez["condition"] == of.condition])
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
        ez=ez,
        races=race_parameters(races),
        quantiles=predicted_quantiles(tests, races),
        clips=pd.concat(clips, ignore_index=True) if clips else pd.DataFrame(columns=CLIP_COLUMNS),
        measures=pd.concat(measures, ignore_index=True) if clips else pd.DataFrame(columns=MEASURE_COLUMNS),
        remarks=tuple(dict.fromkeys(remarks)),
    )


def _unanswered(condition: str, people: pd.DataFrame) -> Iterator[str]:
    """How many trials are in no race, as they have no response or no time."""
    empty = people[people["response"].isna()]
    if len(empty):
        yield (
            f"{condition}: trials without a response: {len(empty)} (observers: "
            f"{empty['observer'].nunique()}); they are in no race, and wrong answers in EZ-diffusion"
        )
    untimed = len(people) - len(empty) - len(answered(people))
    if untimed:
        yield f"{condition}: answers without a time: {untimed}; they are in no race"


def _not_fitted(condition: str, races: Sequence[FittedRace]) -> Iterator[str]:
    people = [race for race in races if race.observer != EVERYBODY]
    reasons = dict.fromkeys(race.why for race in people if race.fit is None)
    if reasons:
        without = sum(race.fit is None for race in people)
        yield f"{condition}: {without} of {len(people)} participants have no race: {_told(reasons)}"
    if not people:
        yield f"{condition}: no race is fitted, since no answer has a time"


def _not_computed(condition: str, ez: pd.DataFrame) -> Iterator[str]:
    rows = ez[ez["quantity"] == "drift"]
    without = rows[rows["value"].isna()]
    if len(without):
        told = _told(dict.fromkeys(str(why).removeprefix("not computed: ") for why in without["method"]))
        yield f"{condition}: {len(without)} of {len(rows)} participants have no EZ-diffusion: {told}"


def _told(reasons: Iterable[str]) -> str:
    """The first of them: numbers of answers make as many reasons as there are participants."""
    first, *others = reasons
    return f"{first}; and for {len(others)} other reasons" if len(others) > 1 else "; ".join((first, *others))
