"""`stimulus_set.json`: how a stimulus set was made."""

from __future__ import annotations

import importlib.metadata
import platform
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from stimuli.appearance_free import Fill, Generator, Method
from stimuli.errors import StimulusError
from stimuli.noise import NoiseKind

DESCRIPTION_NAME = "stimulus_set.json"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Recipe(_Record):
    """All that decides what the clips of a set look like, besides the source material itself.

    `per_class` is None for clips that were not drawn.
    """

    source: Literal["synthetic", "clips"]
    per_class: int | None
    seed: int
    flow: Literal["exact", "dis"]
    method: Method
    fill: Fill
    noise: NoiseKind

    @property
    def generator(self) -> Generator:
        return Generator(self.method, self.fill, self.noise)

    def difference_of(self, other: Recipe) -> str:
        """What `other` has instead of this, such as "per_class 60 instead of 8, seed 1 instead of 0"."""
        wanted, found = self.model_dump(), other.model_dump()
        return ", ".join(
            f"{name} {found[name]} instead of {wanted[name]}"
            for name in wanted
            if found[name] != wanted[name]
        )


class Software(_Record):
    """Versions of what made the set; another one may give other bytes."""

    appearance_free_actions: str
    python: str
    numpy: str
    opencv: str
    pyav: str


class SetDescription(Recipe):
    """The recipe with the format of the file and the software that followed it."""

    format: Literal[1] = 1
    software: Software

    @property
    def recipe(self) -> Recipe:
        return Recipe.model_validate(self.model_dump(include=set(Recipe.model_fields)))


def _installed_software() -> Software:
    return Software(
        appearance_free_actions=_version("appearance-free-actions"),
        python=platform.python_version(),
        numpy=_version("numpy"),
        opencv=_version("opencv-python"),
        pyav=_version("av"),
    )


def write_description(root: Path, recipe: Recipe) -> None:
    """Write `root/stimulus_set.json` with the versions installed here. Raises OSError."""
    description = SetDescription(**recipe.model_dump(), software=_installed_software())
    text = description.model_dump_json(indent=2) + "\n"
    (root / DESCRIPTION_NAME).write_text(text, encoding="utf-8", newline="\n")


def read_description(root: Path) -> SetDescription:
    """Raises StimulusError, naming file and field, when there is none or it cannot be understood."""
    path = root / DESCRIPTION_NAME
    try:
        return SetDescription.model_validate_json(path.read_bytes())
    except OSError as error:
        raise StimulusError(f"{path} cannot be read: {error.strerror or error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the file"
        raise StimulusError(f"{path}: {field}: {first['msg']}.") from None


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"
