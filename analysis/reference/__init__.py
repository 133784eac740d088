"""Published numbers of the study, read from ``ilic2022.yaml``; the file names the source of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from pydantic import TypeAdapter

SOURCE = "Ilic, Pock, Wildes: Is Appearance Free Action Recognition Possible? ECCV 2022"
"""How the study is cited beside its numbers."""

PARTICIPANTS = 10
"""How many volunteers the human results come from."""


@dataclass(frozen=True)
class PublishedAccuracy:
    """Top-1 accuracy in percent, as printed."""

    top1: float


@dataclass(frozen=True)
class PublishedCounts:
    """Test trials per action, and how many of them were answered right; read off the published figures."""

    total: dict[str, int]
    correct: dict[str, int]


@dataclass(frozen=True)
class PublishedStudy:
    """The human results of the study, by condition (UCF5, AFD5) and action.

    ``human_confusion`` has a row per true and a column per chosen action, in the order of ``actions``, as
    shares printed with two decimals (a row may add up to 0.99-1.01). ``human_time_to_choose_s`` holds
    (median, lower quartile, upper quartile) in seconds, read by eye to about 0.3 s.
    """

    actions: tuple[str, ...]
    humans: dict[str, PublishedAccuracy]
    human_counts: dict[str, PublishedCounts]
    human_confusion: dict[str, tuple[tuple[float, ...], ...]]
    human_time_to_choose_s: dict[str, dict[str, tuple[float, float, float]]]


@cache
def published() -> PublishedStudy:
    """The published human results."""
    text = files(__package__).joinpath("ilic2022.yaml").read_text(encoding="utf-8")
    return TypeAdapter(PublishedStudy).validate_python(yaml.safe_load(text))
