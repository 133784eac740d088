"""What a stimulus set can be made of: drawn actors, a folder of videos, or UCF101."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from stimuli.appearance_free import DEFAULT, FILLS, GENERATOR_VERSION, Fill, Generator, Method
from stimuli.assembly import BuiltSet, Plan, Work, assemble
from stimuli.description import Recipe, SourceName
from stimuli.errors import StimulusError
from stimuli.flow import RAFT_NAMES, FlowName, FlowRecipe
from stimuli.noise import NoiseKind
from stimuli.size_estimate import bytes_of_drawn, bytes_of_found
from stimuli.sources import drawn_clips, found_clips
from stimuli.synthetic import ACTIONS, RENDERER_VERSION
from stimuli.ucf101 import Ucf101, select_ucf101

__all__ = ["BuiltSet", "Making", "Work", "build_clips", "build_synthetic", "build_ucf101"]


@dataclass(frozen=True)
class Making:
    """How noise is made of sources. `flow`: None is exact for drawn clips and DIS for all others.

    The other fields are those of `Generator`, whose levels are measured in the sources. Raises ValueError as
    that does.
    """

    flow: FlowRecipe | None = None
    method: Method = DEFAULT.method
    fill: Fill | None = None
    noise: NoiseKind = DEFAULT.noise
    dots: int = 1

    def __post_init__(self) -> None:
        Generator(self.method, self.fill or FILLS[self.method][0], dots=self.dots)


USUAL, QUIET = Making(), Work()


def build_synthetic(
    out: Path, per_class: int, seed: int, making: Making = USUAL, work: Work = QUIET
) -> BuiltSet:
    """Draw `per_class` clips of each of the five actions and write the set to the folder `out`.

    A finished set of the same recipe is left as it is, but for clips that failed, which are tried again.
    Raises StimulusError, and changes nothing that was there, when `out` holds anything else or is being
    built, the disk is too small or fills up, no clip can be made, or `per_class` is below 2.
    """
    sources = drawn_clips(ACTIONS, per_class)
    recipe = _recipe(making, "exact", source="synthetic", seed=seed)
    recipe = recipe.model_copy(update={"per_class": per_class, "renderer_version": RENDERER_VERSION})
    return assemble(Plan(out, recipe, sources, partial(bytes_of_drawn, recipe)), work)


def build_clips(folder: Path, out: Path, seed: int, making: Making = USUAL, work: Work = QUIET) -> BuiltSet:
    """Make a set of the videos in `folder`, laid out as `stimuli.sources.found_clips` says, copied byte by
    byte.

    Otherwise as `build_synthetic`; raises StimulusError also for what `found_clips` refuses.
    """
    _check_outside(out, folder)
    sources = found_clips(folder)
    recipe = _recipe(making, "dis", source="clips", seed=seed)
    return assemble(Plan(out, recipe, sources, partial(bytes_of_found, recipe, refer=False)), work)


def build_ucf101(
    wanted: Ucf101,
    out: Path,
    seed: int,
    making: Making = USUAL,
    work: Work = QUIET,
    *,
    copy: bool = False,
) -> BuiltSet:
    """Make a set of clips of UCF101 in the split that an official list says, linked to unless `copy`.

    Appearance-free clips that are published and named in `wanted` are taken instead of made; then `making`
    says nothing. Otherwise as `build_synthetic`; raises StimulusError also for what `select_ucf101` refuses.
    """
    for folder in (wanted.folder, wanted.splits, wanted.published):
        if folder is not None:
            _check_outside(out, folder)
    selection = select_ucf101(wanted)
    recipe = _recipe(making, "dis", source="ucf101", seed=seed)
    recipe = recipe.model_copy(update={"split": wanted.split, "actions": tuple(sorted(wanted.actions))})
    if wanted.published is not None:
        recipe = recipe.as_published()
    built = assemble(
        Plan(out, recipe, selection.clips, partial(bytes_of_found, recipe, refer=not copy), refer=not copy),
        work,
    )
    return replace(built, remarks=(*selection.remarks, *built.remarks))


def _recipe(making: Making, default_flow: FlowName, source: SourceName, seed: int) -> Recipe:
    flow = making.flow or FlowRecipe(default_flow)
    if flow.name == "exact" and source != "synthetic":
        raise StimulusError(
            "Exact flow is known for drawn clips only; choose dis, farneback, raft-small or raft-large."
        )
    if flow.name in RAFT_NAMES:
        # Before anything is written, and not by every worker at once: torch is there and its weights fit.
        from stimuli.raft import usable_weights

        flow = replace(flow, weights_sha256=usable_weights(flow))
    return Recipe(
        source=source,
        seed=seed,
        flow=flow.name,
        weights=None if flow.weights is None else str(flow.weights.resolve()),
        weights_sha256=flow.weights_sha256,
        upsample=flow.upsample,
        iterations=flow.iterations,
        method=making.method,
        fill=making.fill or FILLS[making.method][0],
        noise=making.noise,
        dots=making.dots,
        generator_version=GENERATOR_VERSION,
    )


def _check_outside(out: Path, folder: Path) -> None:
    if out.resolve().is_relative_to(folder.resolve()):
        raise StimulusError(f"{out} lies inside the folder of clips {folder}; name a folder outside it.")
