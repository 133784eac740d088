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
        "Everyone saw the same fixed test clips, and the clips of the two conditions come from different "
        "source clips as far as the material allows.",
        "The drop is confounded with clip difficulty: the conditions differ in the clips as well as in "
        "what the clips show, so easier or harder source clips move the drop up or down.",
    ),
    "same": ClipChoice(
        "same",
        "Everyone saw the same fixed test clips, and the appearance-free clips were made from the very "
        "clips shown in colour before.",
        "Clip difficulty does not confound the drop, but memory may: having seen a clip in colour can "
        "help with its noise twin, which makes the drop too small.",
    ),
    "independent": ClipChoice(
        "independent",
        "Test clips were drawn anew for every participant and condition, as in the published study.",
        "People cannot be compared clip by clip, differences between participants contain differences "
        "between their clips, and some clips recur in both conditions, where memory may help.",
    ),
    "swapped": ClipChoice(
        "swapped",
        "There are two fixed lists of source clips; participants with odd order numbers saw one in colour "
        "and the other without appearance, those with even numbers the reverse.",
        "Over an even number of participants every source clip counts equally in both conditions, so that "
        "the drop is not confounded with clip difficulty.",
    ),
}


def clip_choices(findings: Findings) -> tuple[ClipChoice, ...]:
    """The ways in which the sessions' protocols chose the test clips; empty where that is not on record."""
    choices = []
    for name in findings.test_items:
        choice = _CHOICES.get(
            name, ClipChoice(name, "The protocol names a choice that is not described here.", "")
        )
        odd, even = findings.orders
        if name == "swapped" and odd != even:
            unequal = f" Here {odd} sessions are odd and {even} even, so that some of the confound remains."
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
