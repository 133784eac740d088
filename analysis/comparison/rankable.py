"""Which models can be ranked by their likeness to people, and why others cannot."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.comparison.answers import Answers
from analysis.comparison.kappa import Numbers
from analysis.summary import named


def ever_both(outcome: int, people: Numbers, models: Numbers) -> npt.NDArray[np.bool_]:
    """Which models are right (``outcome`` 1) or wrong (0) at an item where one of the people is so, too.

    ``people`` and ``models`` are (observers, items) of 1, 0 and NaN; the result is (models,). Draws never
    hold what no pair shows: without a shared error (or right answer) the spread of a mean kappa is far too
    small.
    """
    shared = (models == outcome).astype(int) @ (people == outcome).T.astype(int)
    return np.asarray(shared.any(axis=1), dtype=np.bool_)


def rankable(
    answers: Answers,
    people: npt.NDArray[np.int64],
    models: npt.NDArray[np.int64],
    defined: npt.NDArray[np.bool_],
    condition: str,
) -> tuple[npt.NDArray[np.bool_], tuple[str, ...]]:
    """Which of ``models`` can be ranked, (models,), and a sentence on each of the others."""
    theirs, of_people = answers.right[models], answers.right[people]
    both_wrong, both_right = (ever_both(outcome, of_people, theirs) for outcome in (0, 1))
    reasons = []
    for place in range(len(models)):
        if not defined[place]:
            reasons.append("its kappa is undefined with everybody")
        elif not both_wrong[place]:
            reasons.append("it and people are never wrong at the same clip, so its kappa tells too little")
        elif not both_right[place]:
            reasons.append("it and people are never right at the same clip, so its kappa tells too little")
        else:
            reasons.append("")
    kept = np.array([not reason for reason in reasons], dtype=np.bool_)
    remarks = tuple(
        f"{answers.observers[model]} is in no ranking of {named(condition)}: {reason}"
        for model, reason in zip(models, reasons, strict=True)
        if reason
    )
    return kept, remarks
