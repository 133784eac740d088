"""A file of rules -> checked rules."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis.errors import AnalysisError
from analysis.exclusions.people import (
    AtChance,
    AttentionChecks,
    MinimumTrials,
    MonotoneResponding,
    TrainingMissed,
)
from analysis.exclusions.trials import AccidentalClick, DroppedFrames, EarlyPresses, TooFast, TooSlow
from stimuli.errors import reason_of
from stimuli.plain_yaml import load_plain_yaml
from stimuli.utf8 import utf8_text
from stimuli.whole_file import read_whole

AnyRule = Annotated[
    TooFast
    | TooSlow
    | DroppedFrames
    | EarlyPresses
    | AccidentalClick
    | AtChance
    | TrainingMissed
    | AttentionChecks
    | MonotoneResponding
    | MinimumTrials,
    Field(discriminator="rule"),
]
BUILT_IN = ("recommended", "none")
"""The rule files that come with the program."""


@dataclass(frozen=True)
class RuleSet:
    """Rules in the order in which they are applied; ``sha256`` is that of the file called ``name``.

    ``name`` is without the folder, which may tell who analysed where and is no one else's.
    """

    name: str
    sha256: str
    rules: tuple[AnyRule, ...]


class _RuleFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1]
    rules: tuple[AnyRule, ...]


def built_in_rules(name: str) -> RuleSet:
    """One of ``BUILT_IN``."""
    return _parse(files(__package__).joinpath(f"{name}.yaml").read_bytes(), name, name)


def read_rules(path: Path) -> RuleSet:
    """Read a file of rules; ``recommended`` and ``none`` are those that come with the program.

    Raises
    ------
    AnalysisError
        Where the file cannot be read or a rule is wrong: names the file, the rule, the field, what was found
        and what is allowed.
    """
    if str(path) in BUILT_IN:
        return built_in_rules(str(path))
    try:
        return _parse(read_whole(path), str(path), path.name)
    except OSError as error:
        raise AnalysisError(
            f"{path} cannot be read ({reason_of(error)}); --exclusions takes a file of rules, or one of "
            f"{', '.join(BUILT_IN)}"
        ) from error


def _parse(content: bytes, origin: str, name: str) -> RuleSet:
    try:
        read = load_plain_yaml(utf8_text(content))
    except ValueError as error:
        raise AnalysisError(f"{origin}, {' '.join(str(error).split())}") from error
    if not isinstance(read, dict):
        raise AnalysisError(f"{origin}: a file of rules has the fields format and rules; found {read!r:.80}")
    try:
        rules = _RuleFile.model_validate(read).rules
    except ValidationError as error:
        raise AnalysisError(f"{origin}: {_sentence(error)}") from error
    return RuleSet(name, hashlib.sha256(content).hexdigest(), rules)


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place, message = list(first["loc"]), first["msg"].removeprefix("Value error, ")
    said = []
    if place[:1] == ["rules"] and len(place) > 1:
        # Rules are counted from 1; what stands behind the number is the name that told which rule it is.
        said = [f"rule {int(place[1]) + 1}", *([f"({place[2]})"] if len(place) > 2 else [])]
        place = place[3:]
    field = ".".join(str(part) for part in place)
    where = " ".join([*said, *([f"field {field}"] if field else [])])
    if first["type"] == "missing":
        return f"{where}: the field is missing"
    if first["type"] == "extra_forbidden":
        return f"{where}: unknown field; remove it or correct its name"
    if first["type"] == "union_tag_invalid":
        context = first.get("ctx", {})
        return f"{where}: found rule {context.get('tag')!r}; allowed: {context.get('expected_tags')}"
    if first["type"] == "union_tag_not_found":
        return f"{where}: the field rule is missing, the name of the rule"
    if first["type"] == "value_error":
        return f"{where}: {message}"
    # Tuples hold what a person writes as a list.
    said_of_it = f"{message[0].lower()}{message[1:]}".replace("tuple", "list")
    return f"{where}: found {first['input']!r:.80}; {said_of_it}"
