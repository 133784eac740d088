"""How much accuracy people and models lose from one condition to another, and who loses more.

The drop of people and of a model are both taken over the same clips and the same participants, who answered
in both conditions. Participants and clip groups are drawn together, a clip with the one made from it, so that
the difference of the two drops knows what they share. The published rows are printed numbers without an
interval: they are for reference, and nothing is tested against them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.comparison.model_accuracy import METHOD, drop_of_answers
from analysis.comparison.paired_answers import PairedAnswers, pair_answers
from analysis.measures.accuracy import drop_interval, recover
from analysis.measures.intervals import Floats, Spread, ratio
from analysis.measures.resampling import DRAWS, resample
from analysis.reference import SOURCE, published

PEOPLE = "People"
MEASURED = "measured"
PUBLISHED = "published, not measured here"
COLUMNS = (
    "observer",
    "source",
    "first",
    "second",
    "observers",
    "clips",
    "left_out",
    "accuracy_people_first",
    "accuracy_people_second",
    "drop_people",
    "drop_people_low",
    "drop_people_high",
    "drop_people_method",
    "accuracy_first",
    "accuracy_second",
    "drop",
    "low",
    "high",
    "drop_method",
    "difference",
    "difference_low",
    "difference_high",
    "method",
)


def drops(
    people: pd.DataFrame,
    models: pd.DataFrame,
    first: str,
    second: str,
    rng: np.random.Generator,
    draws: int = DRAWS,
    of_people: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The drop from ``first`` to ``second`` of every model beside that of people on the same clips.

    Parameters
    ----------
    people, models
        Trial tables; only test trials count. Passed over are models that, in one of the two, answered no clip
        of those people who answered in both.
    of_people
        Tables of ``accuracy_drop``, where drops of all these people are computed already: two draws of one
        interval would differ in their last digit.

    Returns
    -------
    DataFrame
        One row a model: ``observer`` (its name), ``source`` (``MEASURED``), ``first``, ``second``, the number
        of ``observers`` (people) and ``clips``, trials of people ``left_out`` because the model lacks their
        clips; ``drop_people`` with its 95 % interval and ``drop_people_method``, as of ``accuracy_drop``;
        ``drop`` (the model's) with ``low``, ``high`` and ``drop_method``, as of ``model_drop``: a clip counts
        as often as people saw it, so it is the very same where everybody met the same clips; and
        ``difference``, people minus model (-2 to 2, above 0 where people lose more), with its interval and
        ``method``. No row where nobody answered in both conditions.

    Raises
    ------
    AnalysisError
        As ``pair_answers``.
    """
    ours = _of_both(people, first, second, by="observer")
    told = _told(of_people, first, second)
    rows = []
    for name, answers in models.groupby("observer", sort=False):
        tests = [
            (ours[ours["condition"] == place], answers[answers["condition"] == place])
            for place in (first, second)
        ]
        if not all(met["clip_id"].isin(known["clip_id"]).any() for met, known in tests):
            continue
        parts = [pair_answers(met, known, str(name)) for met, known in tests]
        answers_of_each = [
            int(known["clip_id"].isin(part.trials["clip_id"]).sum())
            for (_, known), part in zip(tests, parts, strict=True)
        ]
        rows.append((name, MEASURED, first, second, *_row(parts, answers_of_each, told, rng, draws)))
    table: pd.DataFrame = pd.DataFrame(rows, columns=list(COLUMNS))
    return table


def published_drops() -> pd.DataFrame:
    """The drops from UCF5 to AFD5 of table 4.1: the people's first, then every network's, as printed.

    Returns
    -------
    DataFrame
        ``observer``, ``source`` (``PUBLISHED``), ``first``, ``second``, ``accuracy_first``,
        ``accuracy_second``, ``drop`` (0 to 1), ``reference`` (how the study is cited).
    """
    study = published()
    printed = [(PEOPLE, study.humans["UCF5"].top1, study.humans["AFD5"].top1)]
    printed += [(model.name, model.ucf5, model.afd5) for model in study.models]
    table: pd.DataFrame = pd.DataFrame(printed, columns=["observer", "accuracy_first", "accuracy_second"])
    table.insert(1, "source", PUBLISHED)
    table.insert(2, "first", "UCF5")
    table.insert(3, "second", "AFD5")
    shares = table[["accuracy_first", "accuracy_second"]] / 100
    table[["accuracy_first", "accuracy_second"]] = shares
    # Printed with one decimal in percent: so are the differences.
    table["drop"] = (shares["accuracy_first"] - shares["accuracy_second"]).round(3)
    table["reference"] = f"{SOURCE}, table 4.1"
    return table


def _of_both(trials: pd.DataFrame, first: str, second: str, by: str) -> pd.DataFrame:
    tests = trials[trials["phase"] == "test"]
    names = [set(tests.loc[tests["condition"] == place, by]) for place in (first, second)]
    chosen: pd.DataFrame = tests[
        tests["condition"].isin([first, second]) & tests[by].isin(names[0] & names[1])
    ]
    return chosen


def _told(of_people: pd.DataFrame | None, first: str, second: str) -> tuple[float, float, str] | None:
    """The interval of the drop of all people, and its method, where it is known."""
    if of_people is None or of_people.empty:
        return None
    rows = of_people[(of_people["first"] == first) & (of_people["second"] == second)]
    return (
        (float(rows["low"].iloc[0]), float(rows["high"].iloc[0]), str(rows["method"].iloc[0]))
        if len(rows)
        else None
    )


def _row(
    parts: Sequence[PairedAnswers],
    answers: Sequence[int],
    told: tuple[float, float, str] | None,
    rng: np.random.Generator,
    draws: int,
) -> tuple[object, ...]:
    """``parts`` are of both conditions, and so are the numbers of ``answers`` of the model over its runs.

    ``told`` is the interval of the drop of people over all their trials.
    """
    first, second = parts
    trials = pd.concat([first.trials, second.trials], ignore_index=True)
    is_first = np.arange(len(trials)) < len(first.trials)
    people, model = (
        np.concatenate([first.people, second.people]),
        np.concatenate([first.model, second.model]),
    )
    whole = np.ones(len(trials))
    columns = [
        column * (is_first if place == 0 else ~is_first)
        for column in (people, model, whole)
        for place in (0, 1)
    ]
    drawn = resample(trials, rng, draws=draws)
    spread = drawn.spread(np.column_stack(columns), _drops)
    of_people, of_drops = _part(spread, 0), _part(spread, 6)
    of_model = drop_of_answers(drawn.crossing, model, is_first)
    observers = int(trials["observer"].nunique())
    shown = np.array([len(first.people), len(second.people)], dtype=np.float64)
    left_out = first.left_out + second.left_out
    ours = (
        drop_interval(of_people, shown, drawn.method, told=observers > 1)
        if told is None or left_out
        else told
    )
    theirs = drop_interval(of_model, np.array(answers, dtype=np.float64), METHOD)
    return (
        observers,
        first.clips + second.clips,
        left_out,
        *(float(value) for value in of_people.estimate),
        *ours,
        *(float(value) for value in of_model.estimate),
        *theirs,
        float(of_drops.estimate[2]),
        *recover(of_drops, ours[:2], theirs[:2]),
        f"{drawn.method}, the model fixed",
    )


def _drops(sums: Floats) -> Floats:
    """Both accuracies and the drop of people, then of the model; then both drops and their difference."""
    shares = ratio(sums[..., :4], sums[..., [4, 5, 4, 5]])
    people, model = shares[..., 0] - shares[..., 1], shares[..., 2] - shares[..., 3]
    return np.stack(
        [
            shares[..., 0],
            shares[..., 1],
            people,
            shares[..., 2],
            shares[..., 3],
            model,
            people,
            model,
            people - model,
        ],
        axis=-1,
    )


def _part(spread: Spread, start: int) -> Spread:
    part = slice(start, start + 3)
    return Spread(spread.estimate[part], spread.variance[part], spread.df[part])
