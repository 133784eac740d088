"""Random labels of participants: nothing about them says who, when or in which order."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping

_FIRST = "bcdfghjkmnpqrstvwxz"
_REST = _FIRST + "23456789"
_LENGTH = 6
"""27^5 times 19 labels; without vowels none is a word, without 0, 1, i, l, o none is misread."""


def draw_labels(codes: Iterable[str], choice: Callable[[str], str] = secrets.choice) -> Mapping[str, str]:
    """Participant code -> label of six letters and digits, by the system's random numbers.

    No label contains a code, or is part of one, whatever the case.
    """
    codes = tuple(dict.fromkeys(codes))
    forbidden = tuple({text.casefold() for text in codes if text})
    labels: dict[str, str] = {}
    taken: set[str] = set()
    for code in codes:
        label = _drawn(choice)
        while label in taken or _meets(label, forbidden):
            label = _drawn(choice)
        taken.add(label)
        labels[code] = label
    return labels


def _meets(label: str, forbidden: tuple[str, ...]) -> bool:
    # A text of one or two signs stands in many labels by chance, and tells nothing there.
    return any((len(text) > 2 and text in label) or label in text for text in forbidden)


def _drawn(choice: Callable[[str], str]) -> str:
    return choice(_FIRST) + "".join(choice(_REST) for _ in range(_LENGTH - 1))
