"""`stimulus_set.json`: how a stimulus set was made."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from stimuli.appearance_free import Fill, Generator, Method
from stimuli.clip import Clip
from stimuli.durable import write_durably
from stimuli.errors import StimulusError, reason_of
from stimuli.flow import RAFT_ITERATIONS, FlowName, FlowRecipe, Iterations, Upsample
from stimuli.installed import installed_version
from stimuli.noise import NoiseKind, NoiseLevels
from stimuli.validation import first_problem
from stimuli.whole_file import read_whole

DESCRIPTION_NAME = "stimulus_set.json"

SourceName = Literal["synthetic", "clips", "ucf101"]
AsPublished = Literal["as published, not made here"]
AS_PUBLISHED: AsPublished = get_args(AsPublished)[0]

# What follows from the source clips and the rest of the recipe, and where a file happened to lie.
_NO_CHOICE = {"levels", "weights"}


class Record(BaseModel):
    """What is kept as JSON beside clips: it does not change, and a field that it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Recipe(Record):
    """All that decides what the clips of a set look like, besides the source material itself.

    `per_class` is None for clips that were not drawn; `split`, of UCF101, and `actions` for those of another
    source. `weights` to `iterations` are about RAFT flow. The versions are those of the code that draws
    (None where nothing was drawn) and of the code that makes noise. `flow`, `method`, `fill` and `noise` of
    appearance-free clips that were taken as published say that. `levels` are measured in the source clips,
    for `matched` noise.
    """

    source: SourceName
    per_class: int | None = None
    split: Literal[1, 2, 3] | None = None
    actions: tuple[str, ...] | None = None
    seed: int
    flow: FlowName | AsPublished
    weights: str | None = None
    weights_sha256: str | None = None
    upsample: Upsample = 1
    iterations: Iterations = RAFT_ITERATIONS
    method: Method | AsPublished
    fill: Fill | AsPublished
    noise: NoiseKind | AsPublished
    dots: int = 1
    levels: NoiseLevels | None = None
    renderer_version: int | None = None
    generator_version: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _first_versions(cls, fields: Any) -> Any:
        """Sets made before versions were kept are of the first ones."""
        if not isinstance(fields, dict):
            return fields
        drawn = fields.get("source") == "synthetic"
        return {"renderer_version": 1 if drawn else None, "generator_version": 1} | fields

    @property
    def afd101(self) -> bool:
        """Whether the appearance-free clips are the published ones."""
        return self.method == AS_PUBLISHED

    @property
    def generator(self) -> Generator:
        """Raises StimulusError for a set of published appearance-free clips, ValueError for `matched` noise
        whose levels are not measured yet.
        """
        if self.method == AS_PUBLISHED or self.fill == AS_PUBLISHED or self.noise == AS_PUBLISHED:
            raise StimulusError("The appearance-free clips of this set were not made here but published.")
        return Generator(self.method, self.fill, self.noise, self.dots, self.levels)

    @property
    def flow_recipe(self) -> FlowRecipe:
        """The flow the set was made with; of published clips, whose flow is nowhere kept, DIS stands in."""
        return FlowRecipe(
            "dis" if self.flow == AS_PUBLISHED else self.flow,
            None if self.weights is None else Path(self.weights),
            self.weights_sha256,
            self.upsample,
            self.iterations,
        )

    def as_published(self) -> Recipe:
        """The same source, with the published appearance-free clips instead of ones made here."""
        return Recipe(
            source=self.source,
            per_class=self.per_class,
            split=self.split,
            actions=self.actions,
            seed=self.seed,
            flow=AS_PUBLISHED,
            method=AS_PUBLISHED,
            fill=AS_PUBLISHED,
            noise=AS_PUBLISHED,
            generator_version=None,
        )

    def difference_of(self, other: Recipe) -> str:
        """What `other` has instead of this, such as "per_class 60 instead of 8, seed 1 instead of 0".

        Empty when a set of one is as good as a set of the other.
        """
        wanted, found = (recipe.model_dump(exclude=_NO_CHOICE) for recipe in (self, other))
        return ", ".join(
            f"{name} {_said(found[name])} instead of {_said(wanted[name])}"
            for name in wanted
            if found[name] != wanted[name]
        )


class Software(Record):
    """Versions of what made the set; another one may give other bytes."""

    appearance_free_actions: str
    python: str
    numpy: str
    opencv: str
    pyav: str


class FailedClip(Record):
    """A clip that is in neither condition of the set because it could not be made, and why."""

    name: str
    reason: str


class SetDescription(Recipe):
    """The recipe with the format of the file, the software that followed it, and the clips left out."""

    format: Literal[1, 2] = 2
    software: Software
    failed: tuple[FailedClip, ...] = ()

    @property
    def recipe(self) -> Recipe:
        """How the set was made, without the rest."""
        return Recipe.model_validate(self.model_dump(include=set(Recipe.model_fields)))

    def frames_ahead(self, clip: Clip, source: Clip) -> int:
        """At which frame of its source an appearance-free clip begins: published noise may lack a frame, and
        begins at the second one then.
        """
        return int(self.afd101 and clip.frames == source.frames - 1)


def installed_software() -> Software:
    """What is installed here."""
    return Software(
        appearance_free_actions=installed_version("appearance-free-actions", "unknown"),
        python=platform.python_version(),
        numpy=installed_version("numpy", "unknown"),
        opencv=installed_version("opencv-python", "unknown"),
        pyav=installed_version("av", "unknown"),
    )


def write_description(root: Path, recipe: Recipe, failed: tuple[FailedClip, ...] = ()) -> None:
    """Write `root/stimulus_set.json` with the versions installed here. Raises OSError."""
    description = SetDescription(**recipe.model_dump(), software=installed_software(), failed=failed)
    write_durably(root / DESCRIPTION_NAME, (description.model_dump_json(indent=2) + "\n").encode())


def read_description(root: Path) -> SetDescription:
    """Raises StimulusError, naming file and field, when there is none or it cannot be understood."""
    path = root / DESCRIPTION_NAME
    try:
        return SetDescription.model_validate_json(read_whole(path))
    except OSError as error:
        raise StimulusError(f"{path} cannot be read: {reason_of(error)}.") from error
    except ValidationError as error:
        raise StimulusError(f"{path}: {first_problem(error)}.") from None


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return "+".join(str(each) for each in value)
    return "none" if value is None else str(value)
