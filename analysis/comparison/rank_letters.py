"""An order of models that claims no more than is known: letters, and a sentence.

Models that cannot be told apart share a letter (Piepho 2004, Journal of Computational and Graphical
Statistics 13, 456).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import ascii_lowercase

import numpy as np
import numpy.typing as npt


def shared_letters(ahead: npt.NDArray[np.bool_]) -> list[str]:
    """Letters such that two models share one just where neither is ``ahead`` of the other.

    ``ahead`` is (models, models): whether the model of the row is known to stand before that of the column.
    Of three models whose first is ahead of the last alone: ``a``, ``ab``, ``b``.
    """
    count = len(ahead)
    groups = [frozenset(range(count))]
    for one, other in np.argwhere(ahead | ahead.T):
        split = []
        for group in groups:
            split += [group - {one}, group - {other}] if {one, other} <= group else [group]
        groups = [group for group in dict.fromkeys(split) if not any(group < larger for larger in split)]
    groups.sort(key=sorted)
    return [
        "".join(_letter(place) for place, group in enumerate(groups) if model in group)
        for model in range(count)
    ]


def _letter(place: int) -> str:
    return ascii_lowercase[place] if place < 26 else f"({place + 1})"


def order_sentence(
    names: Sequence[str], condition: str, ahead: npt.NDArray[np.bool_], letters: Sequence[str]
) -> str:
    """What may be said of the order of ``names``, the most human-like first; see ``shared_letters``."""
    if len(names) == 1:
        return f"{condition}: there is one model, {names[0]}, and nothing to rank"
    if not ahead.any():
        return (
            f"{condition}: by how human-like their errors are, no two of the {len(names)} models can be told "
            f"apart, so there is no ranking"
        )
    if len(set(letters)) == len(names) and all(len(letter) == 1 for letter in letters):
        return f"{condition}: from most to least human-like, {', '.join(names)}"
    said = "; ".join(_ahead_of(names, ahead))
    return f"{condition}: {said}; no other two models can be told apart"


def _ahead_of(names: Sequence[str], ahead: npt.NDArray[np.bool_]) -> Iterator[str]:
    for place, name in enumerate(names):
        behind = [names[other] for other in np.flatnonzero(ahead[place])]
        if behind:
            yield f"{name} errs more like people than {', '.join(behind)}"
