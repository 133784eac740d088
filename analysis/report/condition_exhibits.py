"""The figures of one condition: overview, participants, times as distributions, clips."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.figures import (
    clip_ranking,
    hardest_clips,
    overview,
    participants,
    shares_by_time,
    time_quantiles,
)
from analysis.figures.condition_overview import MOST_ACTIONS_WITH_NUMBERS
from analysis.figures.participant_panels import MOST_NAMED
from analysis.figures.time_quantiles import MOST_COUNTED_APART
from analysis.figures.times import MOST_MARKS, five_numbers, outlines
from analysis.measures.choice_times import QUANTILES
from analysis.measures.crossing import sources
from analysis.report.beside_published import published_accuracy
from analysis.report.exhibits import Exhibit, file_name
from analysis.report.page_tables import methods_of, percent, seconds
from analysis.summary import ConditionSummary

_FEW_CLIPS = 3
"""Up to so many, the quantile of t of an interval over clips is above 4, twice that of many."""
_MARKED = "one mark a trial"
_IN_LOOPS = "(c) The same over loops of the clip, on a logarithmic axis that holds every trial."
_OUTLINED = "the outline beside a box is the distribution of all trials"
_BOXES = (
    "boxes span the quartiles with the median inside, whiskers reach the fastest and the slowest trial, and "
    "groups of fewer than five trials have no box"
)


def overview_exhibit(summary: ConditionSummary) -> Exhibit:
    """Accuracy, confusion matrix, time-to-choose and numbers of trials per action."""
    reference = published_accuracy(summary)
    unanswered = bool(summary.trials["response"].isna().any())
    method = methods_of(summary.accuracy)
    whole = summary.accuracy.assign(action="all")
    caption = (
        f"(a) Right answers over trials with 95 % intervals ({method}); the dashed line is chance"
        f"{', diamonds are the published values' if reference is not None else ''}. {_few_clips(summary)}"
        "(b) Of the trials that showed the action of a row, the share answered with the action of a column"
        f"{_in_cells(summary)}{'; trials without a response are in no column' if unanswered else ''}. "
        "(c) From the first frame to the choice, on a logarithmic axis that holds every time: "
        f"{_marks(summary.trials)}, {_BOXES}. "
        f"(d) Trials answered right and wrong{' or not at all' if unanswered else ''}. "
        "A trial that was interrupted and shown again counts once."
    )
    return Exhibit(
        name=file_name("overview", summary.condition),
        title=f"{summary.heading}: accuracy, choices and times by action",
        section="conditions",
        caption=caption,
        alt=_overview_words(summary),
        figure=overview(summary, reference),
        data={
            "accuracy": pd.concat([whole, summary.accuracy_by_action], ignore_index=True),
            "choices": summary.confusion,
            "times": five_numbers(summary.trials, ["action", "correct"]),
            **_every_trial(summary.trials, {"outlines": ["action", "correct"]}),
        },
    )


def _in_cells(summary: ConditionSummary) -> str:
    """What the cells of the confusion matrix show of the shares, which depends on the room in them."""
    if len(summary.actions) <= MOST_ACTIONS_WITH_NUMBERS:
        return ", and in brackets the number"
    return ": the darker, the larger"


def _few_clips(summary: ConditionSummary) -> str:
    """Why the intervals of single actions are wide, where clips are so few that they are."""
    trials = summary.trials
    clips = int(sources(trials).groupby(trials["action"]).nunique().min())
    over_clips = summary.accuracy_by_action["method"].str.contains("and clip").any()
    if summary.observers < 2 or clips > _FEW_CLIPS or not over_clips:
        return ""
    seen = "one clip group" if clips == 1 else f"{clips} clip groups"
    return (
        f"Actions were seen in as few as {seen}, and others may be easier or harder: that is why the "
        f"intervals of single actions are so wide. "
    )


def participants_exhibit(summary: ConditionSummary, training: pd.DataFrame) -> Exhibit:
    """Participants side by side."""
    few = summary.observers <= MOST_NAMED
    caption = (
        "(a) Time-to-choose of training (pale) and test trials by action. (b) Test trials answered right and "
        "wrong. (c) "
        f"{'The same for each participant.' if few else 'Median and quartiles of each participant.'} "
        "(d) Accuracy of each participant with Wilson's 95 % interval over trials; the line is the mean "
        "over "
        f"all trials{'' if few else '. Participants stand in the order of their accuracy'}. "
        f"In (a) and (b) {_marks(pd.concat([summary.trials, training]))}, and {_BOXES}. Axes of time are "
        "logarithmic and hold every time."
    )
    both = pd.concat([training, summary.trials], ignore_index=True)
    return Exhibit(
        name=file_name("participants", summary.condition),
        title=f"{summary.heading}: participants side by side",
        section="people",
        caption=caption,
        alt=_participants_words(summary, training),
        figure=participants(summary, training),
        data={
            "by phase": five_numbers(both, ["phase", "action"]),
            "by outcome": five_numbers(summary.trials, ["action", "correct"]),
            "by participant": five_numbers(summary.trials, ["observer", "correct"]),
            "accuracy": summary.accuracy_by_observer,
            **_every_trial(
                both, {"outlines by phase": ["phase", "action"], "outlines by outcome": ["action", "correct"]}
            ),
        },
    )


def quantiles_exhibit(summary: ConditionSummary, training: pd.DataFrame, quantiles: pd.DataFrame) -> Exhibit:
    """Times as distributions. ``quantiles`` is the table that goes with the figure."""
    name, title = file_name("quantiles", summary.condition), f"{summary.heading}: times as distributions"
    if summary.trials["time_to_choose"].notna().sum() == 0:
        return Exhibit(name, title, "times", why_not="no test trial has a time.")
    *first, last = (f"{100 * quantile:g}" for quantile in QUANTILES)
    shares = f"{', '.join(first)} and {last} %"
    apart = "action by action" if len(summary.actions) <= MOST_COUNTED_APART else "all actions together"
    caption = (
        f"(a) Times by which {shares} of the answers were given, in training and in the test for right and "
        "wrong answers, on a logarithmic axis. (b) The share of test trials answered by each time, on a "
        f"linear axis; how many lie beyond its end is counted at its right edge, {apart}. "
        f"{_IN_LOOPS if summary.trials['loops'].notna().any() else 'These data have no loops.'}"
    )
    words = []
    for action in summary.actions:
        times = summary.trials.loc[summary.trials["action"] == action, "time_to_choose"].dropna()
        if len(times):
            low, median, high = np.percentile(times.to_numpy(dtype=float), (10, 50, 90))
            words.append(
                f"{action} median {seconds(median)} s, 10 % by {seconds(low)} s and 90 % by {seconds(high)} s"
            )
    return Exhibit(
        name=name,
        title=title,
        section="times",
        caption=caption,
        alt=f"Time-to-choose in {summary.condition}, test: {'; '.join(words)}.",
        figure=time_quantiles(summary, training, QUANTILES),
        data={
            "quantiles": quantiles,
            **{
                f"shares by {word}": shares_by_time(summary.trials, summary.actions, column)
                for word, column in (("time", "time_to_choose"), ("loops", "loops"))
                if summary.trials[column].notna().any()
            },
        },
    )


def clips_exhibit(
    summary: ConditionSummary,
    clips: pd.DataFrame,
    pictures: Mapping[str, NDArray[np.uint8]],
    no_pictures: str,
) -> Exhibit:
    """Clips by accuracy; ``no_pictures`` says why there are no frames of the hardest, where there are "
    "none."""
    hardest = hardest_clips(clips)
    if hardest.empty:
        pictures, no_pictures = {}, "no clip was answered wrong."
    frames = (
        "The frames are from the middle of the ordinary videos that these clips are or were made from."
        if pictures
        else f"There are no frames here: {no_pictures}"
    )
    worst = "; ".join(
        f"{row.clip_id} {percent(row.accuracy)} ({row.correct} of {row.trials})"
        for row in hardest.itertuples()
    )
    caption = (
        "(a) Accuracy of each clip over the participants who saw it, with its 95 % interval "
        f"({methods_of(clips)}), from the hardest to the easiest; with few answers a clip the order is "
        f"mostly chance. (b) The hardest {len(hardest)}. {frames}"
    )
    return Exhibit(
        name=file_name("clips", summary.condition),
        title=f"{summary.heading}: difficulty of clips",
        section="clips",
        caption=caption,
        alt=(
            f"{len(clips):,} clips of {summary.condition}; accuracy from {percent(clips['accuracy'].min())} "
            "to "
            f"{percent(clips['accuracy'].max())}, {int((clips['accuracy'] == 1).sum()):,} of them always "
            "answered "
            f"right. The hardest: {worst or 'none, all were always answered right'}."
        ),
        figure=clip_ranking(
            summary.heading, clips, summary.actions, summary.observers, summary.data_kind, pictures
        ),
        data={"clips": clips},
    )


def _marks(trials: pd.DataFrame) -> str:
    return _OUTLINED if int(trials["time_to_choose"].notna().sum()) > MOST_MARKS else _MARKED


def _every_trial(trials: pd.DataFrame, groups: Mapping[str, list[str]]) -> dict[str, pd.DataFrame]:
    """The trials themselves where each has a mark; of more the outlines of their ``groups``."""
    if int(trials["time_to_choose"].notna().sum()) > MOST_MARKS:
        return {
            label: outlines(trials if "phase" in by else trials[trials["phase"] == "test"], by)
            for label, by in groups.items()
        }
    columns = ["observer", "phase", "action", "response", "correct", "time_to_choose", "loops"]
    return {"every trial": trials[columns]}


def _overview_words(summary: ConditionSummary) -> str:
    row = summary.accuracy.iloc[0]
    by_action = "; ".join(
        f"{one.action} {percent(one.accuracy)} ({one.correct} of {one.trials})"
        for one in summary.accuracy_by_action.itertuples()
    )
    wrong = summary.confusion[summary.confusion["action"] != summary.confusion["response"]]
    most = wrong[wrong["count"] > 0].nlargest(3, "count")
    taken = "; ".join(
        f"{one['action']} taken for {one['response']} {one['count']} times ({percent(one['share'])})"
        for one in most.to_dict("records")
    )
    return (
        f"{summary.condition}, {summary.observers:,} participants, {len(summary.trials):,} test trials: "
        "accuracy "
        f"{percent(row['accuracy'])}, 95 % interval {percent(row['low'])} to {percent(row['high'])}. By "
        "action: "
        f"{by_action}. Most frequent errors: {taken or 'none'}. Median time-to-choose "
        f"{_median(summary.trials)}; "
        f"right answers {_median(summary.trials[summary.trials['correct'] == 1])}, wrong answers "
        f"{_median(summary.trials[summary.trials['correct'] == 0])}."
    )


def _participants_words(summary: ConditionSummary, training: pd.DataFrame) -> str:
    people = summary.accuracy_by_observer
    spread = (
        f"accuracy from {percent(people['accuracy'].min())} to {percent(people['accuracy'].max())}"
        if len(people) > 1
        else f"accuracy {percent(people['accuracy'].iloc[0])}"
    )
    named = (
        "; ".join(f"{row.observer} {percent(row.accuracy)}" for row in people.itertuples())
        if len(people) <= MOST_NAMED
        else f"median {percent(people['accuracy'].median())}"
    )
    return (
        f"{summary.condition}: median time-to-choose in training {_median(training)}, in the test "
        f"{_median(summary.trials)}; participants' {spread}: {named}."
    )


def _median(trials: pd.DataFrame) -> str:
    times = trials["time_to_choose"].dropna()
    return f"{seconds(float(times.median()))} s" if len(times) else "not known (no trial)"
