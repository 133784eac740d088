"""All that is said of clips, people and models, gathered once for the command and the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.comparison.answers import Answers
from analysis.comparison.clip_motion import ClipMotion
from analysis.comparison.clip_properties import COLUMNS as PROPERTY_COLUMNS
from analysis.comparison.clip_properties import PROPERTIES, property_correlations, property_table
from analysis.comparison.gallery import parting_clips
from analysis.comparison.item_draws import draw
from analysis.comparison.items import (
    ceiling_remarks,
    ceilings,
    clip_scores,
    item_correlations,
    item_table,
)
from analysis.comparison.model_runs import clip_remarks
from analysis.comparison.noise_ceiling import Ceiling
from analysis.comparison.remarks import item_remarks, people_remarks, simulated_remark
from analysis.errors import AnalysisError
from analysis.summary import named

DRAWS = 1_000
"""An interval from so many draws is off by 2.2 % of its width (one standard error)."""
CEILING_COLUMNS = (
    "condition",
    "human",
    "people",
    "clips",
    "splits",
    "half_rho",
    "reliability",
    "reliability_low",
    "reliability_high",
    "ceiling",
    "ceiling_low",
    "ceiling_high",
    "single_lower",
    "single_upper",
    "remark",
)


TABLES = ("items", "correlations", "ceilings", "parting", "properties", "property_correlations")


@dataclass(frozen=True)
class ClipFindings:
    """``items``, ``correlations``, ``parting`` and ``property_correlations`` are the tables of
    ``item_table``, ``item_correlations``, ``parting_clips`` and ``property_correlations``, ``properties``
    that of ``property_table`` (no row without motions), of all conditions. ``ceilings`` has the columns
    ``CEILING_COLUMNS``. ``remarks`` are sentences.
    """

    items: pd.DataFrame
    correlations: pd.DataFrame
    ceilings: pd.DataFrame
    parting: pd.DataFrame
    properties: pd.DataFrame
    property_correlations: pd.DataFrame
    remarks: tuple[str, ...]


def clip_findings(
    answers: Answers,
    of_models: pd.DataFrame,
    rng: np.random.Generator,
    motions: Sequence[ClipMotion] = (),
    draws: int = DRAWS,
) -> ClipFindings:
    """Clips of people and models in each condition that people answered in.

    ``of_models`` is the table of ``certainty``; ``motions`` those of ``clip_motions``, of any clips.

    Raises
    ------
    AnalysisError
        Where there is no answer of people, or models answered none of their clips.
    """
    people = ~answers.is_model
    if not people.any():
        raise AnalysisError(
            f"there are answers of models only ({', '.join(answers.observers)}); clips are compared with "
            f"those of people"
        )
    seen = np.asarray(answers.answered[people].any(axis=0), dtype=np.bool_)
    names = answers.models
    if names and not answers.answered[answers.is_model][:, seen].any():
        of_people, of_model = (answers.items[int(np.flatnonzero(items)[0])] for items in (seen, ~seen))
        raise AnalysisError(
            f"no model answered a clip that people answered (people: {of_people}; {names[0]}: {of_model}); "
            f"clips are told by clip_id"
        )
    parts = [_part(part, of_models, motions, rng, draws) for part in _parts(answers, seen)]
    tables = {name: pd.concat([getattr(part, name) for part in parts], ignore_index=True) for name in TABLES}
    remarks = (
        *answers.remarks,
        *simulated_remark(answers),
        *(remark for part in parts for remark in part.remarks),
    )
    return ClipFindings(**tables, remarks=remarks)


def _parts(answers: Answers, seen: npt.NDArray[np.bool_]) -> Iterator[Answers]:
    conditions = np.array(answers.conditions, dtype=object)
    for name in answers.present_conditions:
        chosen = seen & np.equal(conditions, name).astype(np.bool_)
        if chosen.any():
            yield answers.at(chosen)


def _part(
    answers: Answers,
    of_models: pd.DataFrame,
    motions: Sequence[ClipMotion],
    rng: np.random.Generator,
    draws: int,
) -> ClipFindings:
    drawn = draw(answers, rng, draws)
    scores = clip_scores(answers, drawn)
    of_people = ceilings(drawn, scores, rng)
    condition = answers.conditions[0]
    items = item_table(answers, of_models, scores)
    properties = property_table(motions, answers)
    known = bool(properties[list(PROPERTIES)].notna().any(axis=None))
    of_properties = pd.DataFrame(columns=list(PROPERTY_COLUMNS))
    if known:
        of_properties = property_correlations(answers, of_models, properties, drawn, scores)
    return ClipFindings(
        items=items,
        correlations=item_correlations(answers, of_models, drawn, scores, of_people),
        ceilings=pd.DataFrame(
            [(condition, name, *_told(ceiling)) for name, ceiling in of_people.items()],
            columns=list(CEILING_COLUMNS),
        ),
        parting=parting_clips(items),
        properties=properties if known else properties.iloc[:0],
        property_correlations=of_properties,
        remarks=tuple(
            f"{named(condition)}: {remark}"
            for remark in (
                *people_remarks(answers),
                *item_remarks(answers),
                *clip_remarks(answers.several_runs, condition),
                *ceiling_remarks(of_people),
            )
        ),
    )


def _told(ceiling: Ceiling) -> tuple[object, ...]:
    return (
        ceiling.people,
        ceiling.items,
        ceiling.splits,
        ceiling.half,
        ceiling.reliability,
        ceiling.reliability_low,
        ceiling.reliability_high,
        ceiling.correlation,
        ceiling.correlation_low,
        ceiling.correlation_high,
        ceiling.lower,
        ceiling.upper,
        ceiling.too_low or None,
    )
