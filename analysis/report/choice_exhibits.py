"""The figure of which action each participant took for which."""

from __future__ import annotations

import pandas as pd

from analysis.figures import choices_per_participant, spread_of_choices
from analysis.figures.choices_per_participant import MOST_MATRICES
from analysis.measures.sensitivity import d_prime
from analysis.report.exhibits import Exhibit, file_name
from analysis.report.page_tables import decimal, methods_of
from analysis.study_measures import StudyMeasures
from analysis.summary import ConditionSummary


def choices_exhibit(summary: ConditionSummary, study: StudyMeasures) -> Exhibit:
    """Sensitivity and confusions of each participant in one condition."""
    name, title = file_name("choices", summary.condition), f"{summary.heading}: choices of each participant"
    told, together, choices = (
        table[table["condition"] == summary.condition].reset_index(drop=True)
        for table in (study.sensitivity_by_observer, study.sensitivity, study.confusion_by_observer)
    )
    together = together[together["measure"] == "d_prime"].reset_index(drop=True)
    if not together["value"].notna().any():
        why = "where a single action was shown there is nothing to tell it from."
        return Exhibit(name, title, "choices", why_not=why)
    few = summary.observers <= MOST_MATRICES
    lower = (
        "(b) For each participant, of the trials that showed the action of a row, the share answered with "
        "the action of a column: white is none, dark blue is all. Rows and columns are in the order of (a)"
        if few
        else "(b) Of the trials that showed the action of a row, the share answered with the action of a "
        "column: median over participants, below it the 10th and the 90th percentile of participants"
    )
    caption = (
        "(a) d′ of each action against all others, with the log-linear correction: a mark a participant, the "
        f"square for all trials together with its 95 % interval ({methods_of(together)}). 0 is chance. With "
        f"so many trials a participant who is always right has a d′ of {decimal(_highest(told))}, all "
        f"together {decimal(_highest(together))}: near the ceiling the two cannot be compared. {lower}."
    )
    return Exhibit(
        name=name,
        title=title,
        section="choices",
        caption=caption,
        alt=_words(summary, told, together),
        figure=choices_per_participant(
            summary.heading, summary.actions, told, together, choices, summary.data_kind
        ),
        data={
            "d′ together": together,
            "d′ of each": told[["observer", "action", "d_prime", "low", "high"]],
            **({"choices": _counts(choices)} if few else {"spread of choices": spread_of_choices(choices)}),
        },
    )


def _highest(told: pd.DataFrame) -> float:
    """d' of somebody with as many signals and noises, all of them answered right."""
    signals, noises = (told[name].to_numpy(dtype=float).max(keepdims=True) for name in ("signals", "noises"))
    return float(d_prime(signals, signals, 0.0 * noises, noises)[0][0])


def _counts(choices: pd.DataFrame) -> pd.DataFrame:
    counts: pd.DataFrame = choices[["observer", "action", "response", "count", "share", "low", "high"]]
    return counts


def _words(summary: ConditionSummary, told: pd.DataFrame, together: pd.DataFrame) -> str:
    words = []
    for row in together.dropna(subset=["value"]).to_dict("records"):
        of_action = told.loc[told["action"] == row["action"], "d_prime"].dropna()
        spread = (
            f", participants {decimal(of_action.min())} to {decimal(of_action.max())}"
            if len(of_action) > 1
            else ""
        )
        interval = f"{decimal(row['low'])} to {decimal(row['high'])}"
        words.append(f"{row['action']} {decimal(row['value'])} ({interval}{spread})")
    return f"{summary.condition}, d′ of all trials together with 95 % intervals: {'; '.join(words)}."
