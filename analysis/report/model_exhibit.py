"""The figure of people and models beside each other."""

from __future__ import annotations

from analysis.comparison.model_findings import ModelFindings
from analysis.figures.models import people_and_models
from analysis.report.exhibits import Exhibit
from analysis.report.findings import Findings
from analysis.report.model_tables import compared_accuracy, compared_drops
from analysis.report.page_tables import methods_of, percent, points


def model_exhibit(findings: Findings, models: ModelFindings) -> Exhibit:
    """Accuracy of people and models in each condition, and the drop between the first two of people."""
    accuracy, drops = compared_accuracy(findings, models), compared_drops(findings, models)
    shown = drops.iloc[:0]
    for pair in findings.pairs[:1]:
        shown = drops[(drops["first"] == pair.first) & (drops["second"] == pair.second)]
    chance = 1 / max(len(summary.actions) for summary in findings.conditions)
    words = [
        f"{row['observer']}, {row['condition']}: {percent(row['accuracy'])} ({percent(row['low'])} to "
        f"{percent(row['high'])})"
        for row in accuracy.to_dict("records")
    ]
    words += [
        f"{row['observer']} drops by {points(row['drop'])} percentage points ({points(row['low'])} to "
        f"{points(row['high'])})"
        for row in shown.to_dict("records")
    ]
    second = " (b) How much accuracy each loses, in percentage points." if len(shown) else ""
    clips = "these very clips" if findings.items == "fixed" else "new clips"
    whom = (
        f"they speak of {f'new people and {clips}' if findings.observers > 1 else 'this participant alone'}"
    )
    of_models = accuracy["observer_kind"] == "model"
    ours, theirs = accuracy[~of_models], accuracy[of_models]
    return Exhibit(
        name="models",
        title="Accuracy of people and models",
        section="models",
        caption=(
            f"{'(a) ' if second else ''}Right answers over trials on the clips that people answered, with "
            f"95 % intervals. Of people: {methods_of(ours)}; they speak of {whom}. Of models: "
            f"{methods_of(theirs)}; they speak of this trained network on new clips, not of the same network "
            f"trained once more.{second}"
        ),
        alt=f"{'. '.join(words)}.",
        figure=people_and_models(accuracy, shown, chance, findings.observers, findings.data_kind),
        data={"accuracy": accuracy, "drops": drops},
    )
