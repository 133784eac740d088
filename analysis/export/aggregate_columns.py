"""Every column of the tables of group figures, defined once: what is not here is not published."""

from __future__ import annotations

from analysis.export.columns import ColumnDefinition

_DEFINED = (
    ColumnDefinition("condition", "Condition", "The condition, as the protocol names it."),
    ColumnDefinition("first", "First condition", "The condition that the difference is taken from."),
    ColumnDefinition("second", "Second condition", "The condition that is taken from the first."),
    ColumnDefinition(
        "contrast", "Contrast", "Which times are compared: `correct minus wrong` or `training minus test`."
    ),
    ColumnDefinition(
        "phase", "Phase", "`test`, `training`, or `both` where the two are compared with each other."
    ),
    ColumnDefinition("action", "Action shown", "The action that the clip shows; `all` for all together."),
    ColumnDefinition("response", "Response", "The action that was chosen."),
    ColumnDefinition(
        "outcome",
        "Outcome",
        "Which answers count.",
        levels={"all": "all of them", "correct": "right ones", "wrong": "wrong ones"},
    ),
    ColumnDefinition(
        "measure",
        "Measure",
        "What the value is.",
        levels={
            "d_prime": "sensitivity to the action, in standard deviations; 0 is none",
            "criterion": "how far the observer stands from naming it too often (below 0) or seldom, likewise",
            "bias": "how often the action was named for each time that it was shown",
        },
    ),
    ColumnDefinition("observers", "Participants", "Number of participants that the row rests on."),
    ColumnDefinition("trials", "Trials", "Number of trials that the row rests on."),
    ColumnDefinition("correct", "Right answers", "Number of right answers."),
    ColumnDefinition("accuracy", "Accuracy", "Share of right answers, 0 to 1."),
    ColumnDefinition("drop", "Drop of accuracy", "Accuracy in the first condition less that in the second."),
    ColumnDefinition("count", "Count", "How often the response was given."),
    ColumnDefinition("share", "Share", "Share of the trials that showed the action, 0 to 1."),
    ColumnDefinition("hits", "Hits", "How often the action was named when it was shown."),
    ColumnDefinition("signals", "Signals", "How often the action was shown."),
    ColumnDefinition(
        "false_alarms", "False alarms", "How often the action was named when another was shown."
    ),
    ColumnDefinition("noises", "Noises", "How often another action was shown."),
    ColumnDefinition("value", "Value", "The value of the measure."),
    ColumnDefinition(
        "bits", "Transmitted information", "What answers tell of the actions shown.", units="bit"
    ),
    ColumnDefinition("possible", "Possible information", "What they could tell at most.", units="bit"),
    ColumnDefinition("median", "Median time", "Median of the time to choose.", units="s"),
    ColumnDefinition("q1", "First quartile", "First quartile of the time to choose.", units="s"),
    ColumnDefinition("q3", "Third quartile", "Third quartile of the time to choose.", units="s"),
    ColumnDefinition(
        "slope", "Slope", "Change of the log-odds of a right answer in 10 trials; above 0 is learning."
    ),
    ColumnDefinition(
        "difference", "Difference", "Mean over participants of the difference of medians.", units="s"
    ),
    ColumnDefinition("low", "Lower bound", "Lower bound of the 95 % interval, in the unit of the figure."),
    ColumnDefinition("high", "Upper bound", "Upper bound of the 95 % interval, in the unit of the figure."),
    ColumnDefinition("method", "Method", "How the interval was computed, or why there is none."),
    ColumnDefinition("item", "Item", "The question, by the name that it has in the protocol."),
    ColumnDefinition("page", "Page", "Heading of the page that the question stood on."),
    ColumnDefinition("question", "Question", "The question as it was asked."),
    ColumnDefinition("role", "Role", "What the protocol declares the question to be."),
    ColumnDefinition("option", "Option", "A possible answer, by its name."),
    ColumnDefinition("label", "Label", "What was shown for the option."),
    ColumnDefinition("chosen", "Chosen", "How many sessions gave this answer."),
    ColumnDefinition("answered", "Answered", "How many sessions answered the question."),
    ColumnDefinition("asked", "Asked", "How many sessions were asked the question."),
)
AGGREGATE_COLUMNS = {column.name: column for column in _DEFINED}
