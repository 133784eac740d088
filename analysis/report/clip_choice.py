"""Which way the test clips were chosen, and what that does to the comparison of conditions."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.report.findings import ConditionPair, Findings


@dataclass(frozen=True)
class ClipChoice:
    """``name`` is the protocol's word; ``what`` was done and what it ``confounds``, in sentences."""

    name: str
    what: str
    confounds: str


_CHOICES = {
    "fewest-shared": ClipChoice(
        "fewest-shared",
        "Everyone saw the same fixed test clips. Where there are several conditions, theirs come from "
        "different source clips as far as the material allows.",
        "The drop is confounded with clip difficulty: the conditions differ in the clips as well as in "
        "what the clips show, so easier or harder source clips move the drop up or down.",
    ),
    "same": ClipChoice(
        "same",
        "Everyone saw the same fixed test clips, made from the same source clips in every condition.",
        "Clip difficulty does not confound the drop, but memory may: having seen a clip in one condition can "
        "help with the same clip in a later one.",
    ),
    "independent": ClipChoice(
        "independent",
        "Test clips were drawn anew for every participant and condition, as in the published study.",
        "People cannot be compared clip by clip, differences between participants contain differences "
        "between their clips, and some clips recur in several conditions, where memory may help.",
    ),
    "swapped": ClipChoice(
        "swapped",
        "There are as many fixed lists of source clips as test phases, and they change places from "
        "participant to participant by order number.",
        "Where each assignment of lists comes equally often, every source clip counts equally in every "
        "condition, so that the drop is not confounded with clip difficulty.",
    ),
}


def clip_choices(findings: Findings) -> tuple[ClipChoice, ...]:
    """The ways in which the sessions' protocols chose the test clips; empty where that is not on record."""
    choices = []
    for name in findings.test_items:
        choice = _CHOICES.get(
            name, ClipChoice(name, "The protocol names a choice that is not described here.", "")
        )
        if name == "swapped" and len(set(findings.turns)) > 1:
            counts = ", ".join(map(str, findings.turns))
            unequal = f" Here they come in {counts} sessions, so that some of the confound remains."
            choice = ClipChoice(choice.name, choice.what, choice.confounds + unequal)
        choices.append(choice)
    return tuple(choices)


def overlap_sentence(pair: ConditionPair) -> str:
    """How many source clips people met in both conditions, as the trials themselves show it."""
    shared, clips = pair.overlap["shared"], pair.overlap["clips_second"]
    among = f"{clips.min()}" if clips.min() == clips.max() else f"{clips.min()}–{clips.max()}"
    number = f"{shared.min()}" if shared.min() == shared.max() else f"{shared.min()}–{shared.max()}"
    return (
        f"Of the {among} source clips of the {pair.second} test, a participant met {number} "
        f"in that of {pair.first}."
    )
