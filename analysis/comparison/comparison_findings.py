"""All that a report says of observers beside each other: agreement, equivalence, ranking, drops, clips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pandas as pd

from analysis.comparison.agreement import COLUMNS as PAIR_COLUMNS
from analysis.comparison.agreement import pair_agreement
from analysis.comparison.answers import Answers, answers_of
from analysis.comparison.certainty import certainty
from analysis.comparison.clip_findings import ClipFindings, clip_findings
from analysis.comparison.clip_motion import ClipMotion
from analysis.comparison.confusion_agreement import COLUMNS as CONFUSION_COLUMNS
from analysis.comparison.confusion_agreement import confusion_agreement
from analysis.comparison.drops import drops, published_drops
from analysis.comparison.equivalence import COLUMNS as EQUIVALENCE_COLUMNS
from analysis.comparison.equivalence import equivalence
from analysis.comparison.independent_band import COLUMNS as BAND_COLUMNS
from analysis.comparison.independent_band import independent_band
from analysis.comparison.item_draws import draw
from analysis.comparison.margin import MARGIN
from analysis.comparison.mean_agreement import COLUMNS as MEAN_COLUMNS
from analysis.comparison.mean_agreement import mean_agreement
from analysis.comparison.model_runs import kappa_remarks
from analysis.comparison.ranking import Ranking, rank_models
from analysis.comparison.remarks import item_remarks, pair_remarks, simulated_remark
from analysis.errors import AnalysisError
from analysis.summary import named

MOST_PEOPLE = 40
"""Of more people so many, drawn at random, are compared pair by pair: pairs grow with their square."""
DRAWS = 1_000
"""An interval from so many draws is off by 2.2 % of its width (one standard error)."""
_COPY_COLUMNS = ("copied", "copy_low", "copy_high")


@dataclass(frozen=True)
class ComparisonFindings:
    """People beside each other and, where there are predictions, beside models; each condition by itself.

    ``pairs`` and ``means`` are the tables of ``pair_agreement`` (without the columns of the copy model) and
    ``mean_agreement``; ``bands`` those of ``independent_band`` with a column ``condition`` and ``items``.
    ``answers`` holds the answers by condition. ``people`` are in the study, ``compared`` of them in pairs and
    clips. ``confusions`` (the table of ``confusion_agreement``), ``equivalence``, ``drops`` (measured rows,
    then published ones) and ``rankings`` need models, and so does ``clips``. ``why_not`` says what could not
    be told, by ``agreement``, ``drops`` and ``clips``; ``remarks`` are further sentences.
    """

    people: int
    compared: int
    pairs: pd.DataFrame
    means: pd.DataFrame
    bands: pd.DataFrame
    confusions: pd.DataFrame
    answers: Mapping[str, Answers]
    equivalence: pd.DataFrame
    drops: pd.DataFrame
    rankings: tuple[Ranking, ...]
    clips: ClipFindings | None
    why_not: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def compare(
    people: pd.DataFrame,
    models: pd.DataFrame | None,
    rng: np.random.Generator,
    motions: Sequence[ClipMotion] = (),
    margin: float = MARGIN,
    drops_of_people: pd.DataFrame | None = None,
) -> ComparisonFindings | None:
    """Compare the test trials of ``people`` with each other and with those of ``models``, if there are any.

    ``motions`` are those of ``clip_motions``, for the properties of clips; ``margin`` is that of
    ``equivalence``; ``drops_of_people`` are computed already, as for ``drops``. None where there is nobody to
    compare with: one participant, and no model.
    """
    names = people["observer"].unique()
    with_models = models is not None and len(models) > 0
    if len(names) < 2 and not with_models:
        return None
    chosen = people
    if len(names) > MOST_PEOPLE:
        drawn = rng.choice(len(names), MOST_PEOPLE, replace=False)
        chosen = people[people["observer"].isin(names[drawn])]
    whole = pd.concat([chosen, models], ignore_index=True) if with_models else chosen
    answers = answers_of(whole)
    parts = {name: part for name, part in _parts(answers) if len(part.observers) > 1}
    agreement = [_agreement(part, name, rng) for name, part in parts.items()]
    why_not = {}
    if not any(len(part.pairs) for part in agreement):
        why_not["agreement"] = "no two observers answered the same clip."
    remarks = [*answers.remarks, *kappa_remarks(answers.several_runs), *simulated_remark(answers)]
    remarks += [remark for part in agreement for remark in part.remarks]
    rankings: list[Ranking] = []
    on_a_par, of_drops = pd.DataFrame(columns=list(EQUIVALENCE_COLUMNS)), pd.DataFrame()
    clips = None
    if models is not None and with_models:
        on_a_par = equivalence(people, models, margin)
        rankings, unranked = _rankings(parts, rng)
        of_drops, why_not["drops"] = _drops(people, models, rng, drops_of_people)
        clips, why_not["clips"] = _clips(answers, certainty(models), rng, motions)
        remarks += [*unranked, *(remark for ranking in rankings for remark in ranking.remarks)]
        remarks += clips.remarks if clips is not None else ()
    return ComparisonFindings(
        people=len(names),
        compared=int(chosen["observer"].nunique()),
        pairs=_joined([part.pairs for part in agreement], PAIR_COLUMNS).drop(columns=list(_COPY_COLUMNS)),
        means=_joined([part.means for part in agreement], MEAN_COLUMNS),
        bands=_joined([part.band for part in agreement], ("condition", "items", *BAND_COLUMNS)),
        confusions=_joined([part.confusions for part in agreement], CONFUSION_COLUMNS),
        answers=parts,
        equivalence=on_a_par,
        drops=of_drops,
        rankings=tuple(rankings),
        clips=clips,
        why_not={name: why for name, why in why_not.items() if why},
        remarks=tuple(dict.fromkeys(remarks)),
    )


@dataclass(frozen=True)
class _Agreement:
    """The tables of one condition; pairs without a shared item are not among ``pairs``."""

    pairs: pd.DataFrame
    means: pd.DataFrame
    band: pd.DataFrame
    confusions: pd.DataFrame
    remarks: tuple[str, ...]


def _parts(answers: Answers) -> Iterator[tuple[str, Answers]]:
    conditions = np.array(answers.conditions, dtype=object)
    for name in answers.present_conditions:
        yield name, answers.at(np.equal(conditions, name).astype(np.bool_))


def _agreement(answers: Answers, condition: str, rng: np.random.Generator) -> _Agreement:
    drawn = draw(answers, rng, DRAWS)
    # The intervals of the copy model are not shown here, and no draw is spent on them.
    pairs = pair_agreement(answers, condition, drawn, rng, copy_draws=1)
    shared = pairs.table[pairs.table["items"] > 0].reset_index(drop=True)
    said = (*pair_remarks(answers, pairs.table), *item_remarks(answers))
    remarks = tuple(f"{named(condition)}: {remark}" for remark in said)
    none = pd.DataFrame()
    if shared.empty:
        return _Agreement(shared, none, none, none, remarks)
    items = int(shared["items"].median())
    accuracies = shared[["accuracy_a", "accuracy_b"]].mean(axis=1)
    band = independent_band(max(items, 1), max(float(accuracies.min()) - 0.05, 0.0), rng)
    return _Agreement(
        shared,
        mean_agreement(answers, pairs, drawn),
        band.assign(condition=condition, items=items),
        confusion_agreement(answers, condition, drawn, rng) if answers.is_model.any() else none,
        remarks,
    )


def _rankings(parts: Mapping[str, Answers], rng: np.random.Generator) -> tuple[list[Ranking], list[str]]:
    found, unranked = [], []
    for name, part in parts.items():
        if not part.is_model.any() or part.is_model.all():
            continue
        try:
            found.append(rank_models(part, name, rng, DRAWS))
        except AnalysisError as error:
            unranked.append(str(error))
    return found, unranked


def _drops(
    people: pd.DataFrame, models: pd.DataFrame, rng: np.random.Generator, of_people: pd.DataFrame | None
) -> tuple[pd.DataFrame, str]:
    """Measured drops of models, and those that were published where the conditions are the same."""
    conditions = list(dict.fromkeys(str(name) for name in people["condition"]))
    tables = [drops(people, models, *pair, rng, of_people=of_people) for pair in combinations(conditions, 2)]
    measured = [table for table in tables if len(table)]
    why_not = "" if measured else "no model answered in two conditions that the same people answered in."
    known = published_drops()
    if set(conditions) >= {*known["first"], *known["second"]}:
        measured.append(known)
    return pd.concat(measured, ignore_index=True) if measured else pd.DataFrame(), why_not


def _clips(
    answers: Answers, of_models: pd.DataFrame, rng: np.random.Generator, motions: Sequence[ClipMotion]
) -> tuple[ClipFindings | None, str]:
    try:
        return clip_findings(answers, of_models, rng, motions), ""
    except AnalysisError as error:
        return None, f"{error}."


def _joined(tables: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    known = [table for table in tables if len(table)]
    joined: pd.DataFrame = (
        pd.concat(known, ignore_index=True)[list(columns)] if known else pd.DataFrame(columns=list(columns))
    )
    return joined
