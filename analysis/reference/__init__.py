"""Published numbers of the study, read from ``ilic2022.yaml``; the file names the source of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated

import yaml
from pydantic import Field, TypeAdapter

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
class PublishedModel:
    """Top-1 accuracy of a network in percent (table 4.1); ``frames`` are frames x sampling rate."""

    name: str
    frames: str
    ucf5: Annotated[float, Field(alias="UCF5")]
    afd5: Annotated[float, Field(alias="AFD5")]


@dataclass(frozen=True)
class PublishedStudy:
    """The results of the study: of people by condition (UCF5, AFD5) and action, and of networks.

    ``human_confusion`` has a row per true and a column per chosen action, in the order of ``actions``, as
    shares printed with two decimals (a row may add up to 0.99-1.01). ``human_time_to_choose_s`` holds
    (median, lower quartile, upper quartile) in seconds, read by eye to about 0.3 s.
    """

    actions: tuple[str, ...]
    humans: dict[str, PublishedAccuracy]
    human_counts: dict[str, PublishedCounts]
    human_confusion: dict[str, tuple[tuple[float, ...], ...]]
    human_time_to_choose_s: dict[str, dict[str, tuple[float, float, float]]]
    models: tuple[PublishedModel, ...]


@cache
def published() -> PublishedStudy:
    """The published results."""
    text = files(__package__).joinpath("ilic2022.yaml").read_text(encoding="utf-8")
    return TypeAdapter(PublishedStudy).validate_python(yaml.safe_load(text))
