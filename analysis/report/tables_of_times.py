"""The page's tables of times, of learning, and of speed and accuracy."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.report.columns import (
    ACTION,
    CONDITION,
    METHOD,
    PARTICIPANT,
    PARTICIPANTS,
    PHASE,
    TRIALS,
    interval,
    table_named,
)
from analysis.report.page_tables import Column, PageTable, decimal, page_table, plain, seconds


def time_tables(tables: Mapping[str, pd.DataFrame]) -> tuple[PageTable, ...]:
    """Medians, differences within participants, and fits where they were asked for."""
    return (
        page_table(
            "Median time-to-choose in the test, seconds",
            table_named(tables, "choice_times"),
            (
                CONDITION,
                ACTION,
                Column("outcome", "Answers", plain, numeric=False),
                TRIALS,
                Column("median", "Median", seconds),
                interval(seconds),
                Column("q1", "Quartiles", seconds, high="q3"),
            ),
            "tables/choice_times.tsv",
        ),
        page_table(
            "Differences of median times within participants, seconds",
            _ordered_differences(tables),
            (
                Column("contrast", "Difference", plain, numeric=False),
                CONDITION,
                PHASE,
                ACTION,
                PARTICIPANTS,
                Column("difference", "Mean", seconds),
                interval(seconds),
                METHOD,
            ),
            "tables/time_differences.tsv",
        ),
        *_fits(tables),
    )


def course_tables(tables: Mapping[str, pd.DataFrame]) -> tuple[PageTable, ...]:
    """Learning over the trials, and how speed goes with accuracy."""
    return (
        page_table(
            "Change of the log-odds of a right answer over 10 trials",
            table_named(tables, "learning_slopes"),
            (
                CONDITION,
                PHASE,
                TRIALS,
                Column("slope", "Slope", decimal),
                interval(decimal),
                METHOD,
            ),
            "tables/learning_slopes.tsv",
        ),
        page_table(
            "Rank correlation of median time and accuracy over participants",
            table_named(tables, "speed_accuracy_correlation"),
            (
                CONDITION,
                PARTICIPANTS,
                Column("correlation", "Spearman's correlation", decimal),
                interval(decimal),
                METHOD,
            ),
            "tables/speed_accuracy_correlation.tsv",
        ),
    )


def _ordered_differences(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """In the order of conditions and actions, each contrast by itself."""
    differences = table_named(tables, "time_differences")
    if differences.empty:
        return differences
    conditions = list(dict.fromkeys(tables["choice_times"]["condition"]))
    actions = list(dict.fromkeys(tables["choice_times"]["action"]))
    places = [differences["condition"].map(conditions.index), differences["action"].map(actions.index)]
    keyed = differences.assign(condition_place=places[0], action_place=places[1])
    ordered: pd.DataFrame = keyed.sort_values(
        ["contrast", "condition_place", "phase", "action_place"], kind="stable"
    )
    return ordered


def _fits(tables: Mapping[str, pd.DataFrame]) -> tuple[PageTable, ...]:
    if "time_fits" not in tables:
        return ()
    columns = (
        CONDITION,
        PARTICIPANT,
        Column("distribution", "Distribution", plain, numeric=False),
        TRIALS,
        *(
            column
            for name, letter in (("mu", "μ"), ("sigma", "σ"), ("tau", "τ"))
            for column in (
                Column(name, letter, decimal),
                Column(f"{name}_low", f"{letter}, 95 % interval", decimal, high=f"{name}_high"),
            )
        ),
        Column("aic", "AIC", decimal),
        Column("distance", "Distance", decimal),
        Column("p", "p of the fit", decimal),
    )
    title = "Distributions fitted to the times of each participant"
    return (page_table(title, tables["time_fits"], columns, "tables/time_fits.tsv"),)
