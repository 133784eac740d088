"""The figures over all conditions: drop, course of a test, speed and accuracy, questionnaire, timing."""

from __future__ import annotations

import pandas as pd

from analysis.figures import (
    accuracy_drop_lines,
    learning_curves,
    questionnaire_bars,
    speed_and_accuracy,
    timing_quality,
    within_participants,
)
from analysis.figures.within_participants import MOST_JOINED
from analysis.report.exhibits import Exhibit, file_name
from analysis.report.page_tables import methods_of, percent, points, seconds

_FEWEST_FOR_COUNTS = 3
"""As in an export: of fewer, a count is an answer of somebody."""


def drop_exhibit(
    first: str, second: str, drops: pd.DataFrame, whole: pd.DataFrame, data_kind: str
) -> Exhibit:
    """The drop of each participant; columns as in ``accuracy_drop_lines``, and ``method``."""
    row = whole.iloc[0]
    more = int((drops["drop"] > 0).sum())
    return Exhibit(
        name=file_name("drop", first, second),
        title=f"From {first} to {second}, participant by participant",
        section="drop",
        caption=(
            "(a) Accuracy of each participant in both conditions. (b) Their difference with its 95 % "
            "interval "
            f"({methods_of(drops)}); the line is the difference over all participants, the band its "
            "95 % "
            f"interval ({methods_of(whole)}). Participants stand in the order of their drop."
        ),
        alt=(
            f"Drop in accuracy from {first} to {second}: {points(row['drop'])} percentage points over all, "
            "95 % "
            f"interval {points(row['low'])} to {points(row['high'])}. Single participants: from "
            f"{points(drops['drop'].min())} to {points(drops['drop'].max())}; {more} of {len(drops)} are "
            "less "
            f"accurate in {second}."
        ),
        figure=accuracy_drop_lines(first, second, drops, whole, data_kind),
        data={"participants": drops, "all": whole},
    )


def within_exhibit(scores: pd.DataFrame, means: pd.DataFrame, data_kind: str) -> Exhibit:
    """Conditions compared within participants; ``means`` is the table of ``within_participant_intervals``."""
    name, title = "within_participants", "Conditions compared within participants"
    if not means["low"].notna().any():
        return Exhibit(
            name, title, "drop", why_not=f"{means['method'].iloc[0].removeprefix('not computed: ')}."
        )
    observers = int(means["observers"].iloc[0])
    words = "; ".join(
        f"{row['condition']} {percent(row['mean'])} ({percent(row['low'])} to {percent(row['high'])})"
        for row in means.to_dict("records")
    )
    lines = "A grey line is a participant. " if observers <= MOST_JOINED else ""
    beyond = means["high"].max() > 1 or means["low"].min() < 0
    scale = " They are not cut at 0 and at 100 %." if beyond else ""
    return Exhibit(
        name=name,
        title=title,
        section="drop",
        caption=(
            f"{lines}The marks are means over the {observers:,} participants who answered in all conditions, "
            f"with 95 % intervals {methods_of(means)}: differences between participants are taken out. They "
            f"show how well the conditions are told apart, and not how well a mean is known.{scale}"
        ),
        alt=f"Mean accuracy with intervals within participants: {words}.",
        figure=within_participants(scores, means, data_kind),
        data={"means": means, "participants": scores[["observer", "condition", "accuracy"]]},
    )


def learning_exhibit(blocks: pd.DataFrame, observers: int, data_kind: str) -> Exhibit:
    """Accuracy and times by block of trials; columns as in ``learning_curves``, and ``method``."""
    words = []
    for condition, rows in blocks.groupby("condition", sort=False):
        # With one block the first is the last, and is told once.
        told = [rows.iloc[place] for place in dict.fromkeys([0, len(rows) - 1])]
        accuracies = (
            f"{percent(row['accuracy'])} in trials {row['first_trial']}-{row['last_trial']}" for row in told
        )
        medians = (f"{seconds(row['median'])} s" for row in told)
        words.append(f"{condition}: accuracy {' and '.join(accuracies)}, median time {' and '.join(medians)}")
    return Exhibit(
        name="learning",
        title="Over the trials of a test",
        section="course",
        caption=(
            "(a) Accuracy and (b) median time-to-choose by block of test trials in the order they were "
            "shown, "
            f"all participants together, with 95 % intervals ({methods_of(blocks)}). Test clips come "
            "in an "
            "order drawn for each participant, so that blocks do not differ in their clips beyond chance."
        ),
        alt=f"{'. '.join(words)}.",
        figure=learning_curves(blocks, observers, data_kind),
        data={"blocks": blocks},
    )


def speed_exhibit(points_of_people: pd.DataFrame, relation: str, data_kind: str) -> Exhibit:
    """Accuracy over median time; ``relation`` says in a sentence how they go together."""
    words = []
    for condition, rows in points_of_people.groupby("condition", sort=False):
        words.append(
            f"{condition}: median times from {seconds(rows['median_time'].min())} to "
            f"{seconds(rows['median_time'].max())} s, "
            f"accuracy from {percent(rows['accuracy'].min())} to {percent(rows['accuracy'].max())}"
        )
    return Exhibit(
        name="speed_accuracy",
        title="Speed and accuracy",
        section="course",
        caption=(
            "One mark a participant and condition: accuracy over the median time-to-choose of all test "
            "trials; thin lines join a participant's conditions where there are at most 60, and names stand "
            f"where there is room for them. {relation}".strip()
        ),
        alt=f"{'. '.join(words)}. {relation}".strip(),
        figure=speed_and_accuracy(points_of_people, data_kind),
        data={"participants": points_of_people},
    )


def questionnaire_exhibit(answers: pd.DataFrame, sessions: int, without: int, data_kind: str) -> Exhibit:
    """Counts of answers; ``without`` of ``sessions`` came without their folder and so without answers."""
    name, title = "questionnaire", "Questionnaire"
    if answers.empty or not int(answers["answered"].max()):
        why = (
            "the data came as trial tables, and answers stand in session folders alone."
            if without == sessions
            else "no session has answers to questions with options."
        )
        return Exhibit(name, title, "questionnaire", why_not=why)
    words = []
    for _, options in answers.groupby("item", sort=False):
        counts = ", ".join(f"{row.label} {row.chosen}" for row in options.itertuples())
        words.append(f"{options['question'].iloc[0]} {counts}")
    note = f" {without} of {sessions} sessions came as tables, without answers." if without else ""
    if int(answers["asked"].max()) < _FEWEST_FOR_COUNTS:
        note += " Of so few participants counts tell who answered what: keep this figure to yourself."
    return Exhibit(
        name=name,
        title=title,
        section="questionnaire",
        caption=(
            "How often each answer was given, as parts of those who answered the question; darker is further "
            "down the list of options. Only counts are kept here, since combinations of answers can single a "
            f"person out, and free texts are never shown.{note}"
        ),
        alt=f"{'; '.join(words)}.",
        figure=questionnaire_bars(answers, data_kind),
        data={"answers": answers},
    )


def timing_exhibit(sessions: pd.DataFrame, data_kind: str) -> Exhibit:
    """Timing of the display per session; columns as in ``timing_quality``."""
    name, title = "timing", "Timing of the display"
    if not sessions["late_per_trial"].notna().any():
        return Exhibit(name, title, "quality", why_not="the data say nothing of late flips.")
    intervals = sessions.dropna(subset=["interval_ms"])
    if len(intervals):
        between = (
            f" Time between flips on average from {seconds(intervals['interval_ms'].min())} to "
            f"{seconds(intervals['interval_ms'].max())} ms, its standard deviation within a trial up to "
            f"{seconds(intervals['interval_sd_ms'].max())} ms."
        )
        second = (
            " (b) Mean time between flips, and on both sides of it the standard deviation within a trial, "
            "averaged over the trials of the session."
        )
    else:
        between, second = "", " The data have no times between flips."
    return Exhibit(
        name=name,
        title=title,
        section="quality",
        caption=(
            "(a) Late flips per trial, training included. A flip is late when it came more than 1.5 frame "
            f"periods of the display after the one before; a stall of any length counts once.{second}"
        ),
        alt=(
            f"{len(sessions):,} sessions: late flips per trial from "
            f"{seconds(sessions['late_per_trial'].min())} "
            f"to {seconds(sessions['late_per_trial'].max())}.{between}"
        ),
        figure=timing_quality(sessions, data_kind),
        data={"sessions": sessions},
    )
