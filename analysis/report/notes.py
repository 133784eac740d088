"""Sentences that stand beside tables of the page."""

from __future__ import annotations

from analysis.report.findings import Findings
from analysis.report.page_tables import count


def headline_note(findings: Findings) -> str:
    """What the two columns of the headline numbers are."""
    if findings.excluded_something:
        return (
            "Everything else on this page is computed after the exclusions, unless it says otherwise; what "
            "each "
            "rule removed stands under Exclusions and quality of the data."
        )
    if findings.excluded.rules.rules:
        return "The rules of exclusion removed nothing: the numbers with and without exclusions are the same."
    return (
        "No rule of exclusion was applied; the option --exclusions names a file of rules, and then both "
        "numbers "
        "stand here."
    )


def exclusion_notes(findings: Findings) -> tuple[str, ...]:
    """Which rules were applied, and what they could not judge."""
    rules = findings.excluded.rules
    if not rules.rules:
        return ("No rule of exclusion was applied.",)
    said = f"Rules: {rules.name}. Each sees what the ones before it left."
    return (said, *(f"{remark.capitalize()}." for remark in findings.excluded.remarks))


def mixed_notes(findings: Findings) -> tuple[str, ...]:
    """What the mixed model says beside the bootstrap, and whether they disagree."""
    table = findings.study.disagreement
    sentences = [str(sentence) for sentence in table["sentence"]]
    apart_rows = table.assign(apart=table["agree"].eq(False).fillna(False).astype(bool))
    if table["agree"].notna().any():
        apart = [str(row["condition"]) for row in apart_rows.to_dict("records") if row["apart"]]
        sentences.append(
            f"The two disagree in {' and '.join(apart)}: read that accuracy with care."
            if apart
            else "The two agree wherever there is a model."
        )
    sentences.append(
        "The model is a logistic regression with crossed random participants and clips, fitted "
        "variationally; its "
        "own intervals are known to be too narrow, and it is computed for up to 100 participants."
    )
    return tuple(sentences)


def choices_notes(findings: Findings) -> tuple[str, ...]:
    """Which actions nobody answered: their d′ is a number all the same, and looks like any other."""
    told = findings.study.sensitivity
    never = told[(told["hits"] + told["false_alarms"] == 0) & (told["signals"] > 0) & told["value"].notna()]
    return tuple(
        f"{condition}: nobody answered {', '.join(rows['action'].astype(str).unique())}; d′ and criterion "
        "there come from the correction of empty cells alone, and tell nothing of how well an action is seen."
        for condition, rows in never.groupby("condition", sort=False)
    )


def times_notes(findings: Findings) -> tuple[str, ...]:
    """What could not be computed, and why."""
    notes = []
    for summary in findings.conditions:
        times = summary.choice_times
        without = times[(times["trials"] == 0) & (times["outcome"] == "wrong") & (times["action"] != "all")]
        if len(without):
            actions = ", ".join(str(action) for action in without["action"])
            notes.append(
                f"{summary.heading}: no answer to {actions} was wrong, so that there is no time of wrong "
                "answers."
            )
        few = times[(times["trials"] > 0) & times["low"].isna()]
        if len(few):
            notes.append(
                f"{summary.heading}: of {count(len(few))} groups there are too few trials for an interval "
                "of the "
                f"median."
            )
    if findings.decisions is not None:
        notes += [f"Choice and time together: {remark}." for remark in findings.decisions.remarks]
    return tuple(notes)
