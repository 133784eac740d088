"""What the page shows of choice and time together: races beside people, and times that networks foretell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.decisions.findings import DecisionFindings
from analysis.figures.decision_quantiles import decision_quantiles
from analysis.figures.network_times import network_times
from analysis.report.columns import CONDITION, METHOD, PARTICIPANT, TRIALS, interval
from analysis.report.exhibits import Exhibit, file_name
from analysis.report.findings import Findings
from analysis.report.page_tables import Column, PageTable, decimal, page_table, percent, plain, seconds


def decision_exhibits(findings: Findings) -> Iterator[Exhibit]:
    """None unless decisions were asked for."""
    found = findings.decisions
    if found is None:
        return
    for summary in findings.conditions:
        name, kind = summary.condition, findings.data_kind
        quantiles = found.quantiles[found.quantiles["condition"] == name]
        if quantiles.empty:
            yield Exhibit(
                file_name("race_quantiles", name),
                f"Choice and time together in {summary.named}",
                "times",
                why_not="no participant has enough answers with a time for a race.",
            )
            continue
        yield Exhibit(
            name=file_name("race_quantiles", name),
            title=f"Choice and time together in {summary.named}",
            section="times",
            caption=(
                "A race of one accumulator per action, fitted to each participant: the first to arrive is "
                "the answer. Marks are people, bars what the same people's races predict; where they part, "
                "the race is no account of these answers. (a) Quantiles of right and wrong answers. (b) "
                "Right answers."
            ),
            alt=_shares_in_words(quantiles),
            figure=decision_quantiles(summary.heading, quantiles, summary.actions, summary.observers, kind),
            data={"quantiles": quantiles},
        )
        of_condition = found.measures[found.measures["condition"] == name]
        for model, measures in of_condition.groupby("model", sort=False):
            clips = found.clips[(found.clips["condition"] == name) & (found.clips["model"] == model)]
            yield Exhibit(
                name=file_name("network_times", name, str(model)),
                title=f"Times that {model} foretells in {summary.named}",
                section="times",
                caption=(
                    "A race that the network's evidence drives, asked about clips it was not fitted to. "
                    "(a) Median time of each clip, people's over the predicted one. (b) What races gain "
                    "that know the network's evidence, the right action, or both; only the last row says "
                    "what the network knows of single clips beyond the right action."
                ),
                alt=_measures_in_words(measures),
                figure=network_times(clips, measures, summary.actions, summary.observers, kind),
                data={"clips": clips, "measures": measures},
            )


def decision_page_tables(found: DecisionFindings | None) -> tuple[PageTable, ...]:
    """EZ-diffusion of every participant, and what networks foretell; none without decisions."""
    if found is None:
        return ()
    value = (Column("value", "Value", decimal), interval(decimal), METHOD)
    shown = [
        page_table(
            "EZ-diffusion of each participant: drift and boundary with s = 0.1, non-decision time in seconds",
            found.ez.assign(quantity=found.ez["quantity"].map(_EZ_WORDS)),
            (
                CONDITION,
                PARTICIPANT,
                TRIALS,
                Column("accuracy", "Right", percent),
                Column("quantity", "Parameter", plain, numeric=False),
                *value,
            ),
            "tables/ez_diffusion.tsv",
        )
    ]
    if len(found.measures):
        shown.append(
            page_table(
                "What networks foretell of choices and times on held-out clips",
                found.measures.assign(
                    quantity=found.measures["quantity"].map(_MEASURE_WORDS),
                    race=found.measures["race"].map(_RACE_WORDS),
                    over=found.measures["over"].map(_RACE_WORDS),
                ),
                (
                    CONDITION,
                    Column("model", "Model", plain, numeric=False),
                    Column("quantity", "Measure", plain, numeric=False),
                    Column("race", "Race that knows", plain, numeric=False),
                    Column("over", "over one that knows", plain, numeric=False),
                    *value,
                ),
                "tables/network_times.tsv",
            )
        )
    return tuple(shown)


_EZ_WORDS: Mapping[str, str] = {
    "drift": "drift",
    "boundary": "boundary",
    "non_decision_s": "non-decision time, s",
}
_MEASURE_WORDS: Mapping[str, str] = {
    "gain": "log-likelihood per trial, nats",
    "time": "rank correlation of median times",
    "time_within_actions": "the same within actions",
    "choice": "rank correlation of right answers",
}
_RACE_WORDS: Mapping[str, str] = {
    "none": "neither",
    "evidence": "the evidence",
    "shown": "the right action",
    "both": "both",
}


def _shares_in_words(quantiles: pd.DataFrame) -> str:
    right = quantiles[quantiles["answer"] == "right"]
    middle = right[right["quantile"] == 0.5]
    return (
        ". ".join(
            f"{row['action']}: right {percent(row['share'])}, predicted {percent(row['predicted_share'])}; "
            f"median {seconds(row['time_s'])} s, predicted {seconds(row['predicted_s'])} s"
            for row in middle.to_dict("records")
        )
        + "."
    )


def _measures_in_words(measures: pd.DataFrame) -> str:
    rows = measures.set_index(["quantity", "race", "over"])
    told = {
        "Log-likelihood gained per trial by evidence over the right action": ("gain", "both", "shown"),
        "Rank correlation of median times": ("time", "evidence", "none"),
        "Within actions": ("time_within_actions", "evidence", "none"),
    }
    return (
        ". ".join(
            f"{words}: {decimal(rows.loc[key, 'value'])} ({decimal(rows.loc[key, 'low'])} to "
            f"{decimal(rows.loc[key, 'high'])})"
            for words, key in told.items()
        )
        + "."
    )
