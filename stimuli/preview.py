"""RGB, flow and noise of a clip beside one another, moment by moment.

The flow of a clip is worked out once and put on the disk, since its fastest pixels decide the colours of all:
no matter how long a clip is, few frames are in memory.
"""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from stimuli.appearance_free import Generator, appearance_free_frames, noise_seed
from stimuli.clip import Clip
from stimuli.description import DESCRIPTION_NAME, read_description
from stimuli.errors import StimulusError, reason_of
from stimuli.flow import FlowRecipe, flow_estimator
from stimuli.flow_colours import flow_colours
from stimuli.manifest import MANIFEST_NAME, StimulusSet, read_stimulus_set
from stimuli.strip import LabelledRow, Picture, at_one_scale, captioned, labelled_strip, side_by_side
from stimuli.video import decode, probe

Frame = npt.NDArray[np.uint8]
Flow = npt.NDArray[np.float32]

SHEET_COLUMNS = 8
FULL_COLOUR_PERCENTILE = 99.5
# Below this the errors of the estimate alone would fill the circle of colours.
SLOWEST_FULL_COLOUR_PX = 1.0
_SPEED_EVERY_PX = 4


@dataclass(frozen=True)
class Material:
    """What is shown of a clip: three streams, each of which can be begun again, and what they are called.

    `rgb()` yields uint8 (H, W, 3), `flow()` float32 (H, W, 2), one fewer, and `noise(flows)` as many frames
    as `rgb()`, uint8 (N H, N W, 3), made from those flows or read from a file.
    """

    fps: float
    rgb: Callable[[], Iterator[Frame]]
    flow: Callable[[], Iterator[Flow]]
    noise: Callable[[Iterable[Flow]], Iterator[Frame]]
    flow_caption: str
    noise_caption: str


@dataclass(frozen=True)
class Moment:
    """One frame of a clip, the flow from it to the next in colours, and its frame of noise."""

    time_s: float
    rgb: Frame
    flow: Frame
    noise: Frame


class Recording:
    """The first moments of a clip; `largest_px` is the speed, px per frame, of the full colours of them all.

    There is a moment for every frame but the last, which has no flow.
    """

    def __init__(self, material: Material, flows: BinaryIO, shapes: list[tuple[int, ...]], largest_px: float):
        self.largest_px = largest_px
        self._material = material
        self._flows = flows
        self._shapes = shapes

    def __len__(self) -> int:
        return len(self._shapes)

    @property
    def fps(self) -> float:
        """Moments per second, as in the clip."""
        return self._material.fps

    @property
    def captions(self) -> tuple[str, str, str]:
        """Of RGB, flow and noise."""
        flow = f"flow ({self._material.flow_caption}), full colour at {self.largest_px:.1f} px/frame"
        return "RGB", flow, f"noise ({self._material.noise_caption})"

    def moments(self) -> Iterator[Moment]:
        """All of them, in order; can be asked for again when the last has been taken."""
        material = self._material
        for_colours, for_noise = itertools.tee(self._read())
        streams = zip(material.rgb(), for_colours, material.noise(for_noise), strict=False)
        for index, (rgb, flow, noise) in enumerate(streams):
            yield Moment(index / self.fps, rgb, flow_colours(flow, self.largest_px), noise)

    def _read(self) -> Iterator[Flow]:
        self._flows.seek(0)
        for shape in self._shapes:
            values = np.frombuffer(self._flows.read(4 * int(np.prod(shape))), dtype=np.float32)
            yield values.reshape(shape)


@contextmanager
def recorded(material: Material, seconds: float, on_frame: Callable[[], None]) -> Iterator[Recording]:
    """The first `seconds` of the material, its flow in a temporary file until the block is left.

    `on_frame()` is called after each flow. Raises StimulusError when there are fewer than two frames, the
    frames have no flow (sizes too small or that change), or the disk is full.
    """
    most = max(1, round(seconds * material.fps))
    shapes: list[tuple[int, ...]] = []
    speeds: list[npt.NDArray[np.float32]] = []
    with tempfile.TemporaryFile() as file:
        try:
            for flow in itertools.islice(material.flow(), most):
                file.write(flow.astype(np.float32, copy=False).tobytes())
                shapes.append(flow.shape)
                some = flow[::_SPEED_EVERY_PX, ::_SPEED_EVERY_PX]
                speeds.append(np.hypot(some[..., 0], some[..., 1]).ravel())
                on_frame()
        except ValueError as error:
            raise StimulusError(f"There is no flow to show: {error}") from error
        except OSError as error:
            raise StimulusError(
                f"The flow cannot be kept in {tempfile.gettempdir()}: {reason_of(error)}."
            ) from error
        if not speeds:
            raise StimulusError("The clip has a single frame; flow and noise need two or more.")
        fastest = float(np.percentile(np.concatenate(speeds), FULL_COLOUR_PERCENTILE))
        yield Recording(material, file, shapes, max(fastest, SLOWEST_FULL_COLOUR_PX))


def material_of_file(path: Path, recipe: FlowRecipe, generator: Generator, seed: int) -> Material:
    """Noise made now from a video file: what a set of that seed and recipe holds for a clip of that name.

    Raises StimulusError, naming the file, when it does not decode, and for a recipe that cannot be followed.
    """
    fps = probe(path).fps
    # Made here, so that a wrong file of weights is told before anything is decoded twice.
    estimator = flow_estimator(recipe)

    def noise(flows: Iterable[Flow]) -> Iterator[Frame]:
        rng = np.random.default_rng(noise_seed(seed, f"AFD5/{path.stem}"))
        return appearance_free_frames(flows, rng, generator)

    return Material(
        fps=fps,
        rgb=lambda: decode(path),
        flow=lambda: estimator.flows(decode(path)),
        noise=noise,
        flow_caption=recipe.name,
        noise_caption=generator.method,
    )


def material_of_set(stimulus_set: StimulusSet, clip: Clip) -> Material:
    """The noise that a set holds, beside the clip and the flow it was made from; `clip` is its AFD5 clip.

    Raises StimulusError as `source_flow`, and when a file of the set does not decode.
    """
    # With it come the renderer of drawn clips and what RAFT needs, for sets alone.
    from stimuli.source_flow import source_flow

    description = read_description(stimulus_set.root)
    source = stimulus_set.by_id(str(clip.source_clip_id))
    ahead = description.frames_ahead(clip, source)
    return Material(
        fps=clip.fps,
        rgb=lambda: itertools.islice(decode(stimulus_set.path_of(source)), ahead, None),
        flow=lambda: itertools.islice(source_flow(stimulus_set, clip), ahead, None),
        noise=lambda _flows: decode(stimulus_set.path_of(clip)),
        flow_caption=description.flow_recipe.name,
        noise_caption="published" if description.afd101 else "of the set",
    )


def noise_clip_of(path: Path) -> tuple[StimulusSet, Clip] | None:
    """The set that a file belongs to and its AFD5 clip, whether the file is that or the UCF5 clip; else None.

    Raises StimulusError for a set whose manifest cannot be read.
    """
    # As it is named, not as links resolve: clips of a set may be links to footage elsewhere.
    named = Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` would follow links
    for folder in named.parents:
        if (folder / MANIFEST_NAME).is_file() and (folder / DESCRIPTION_NAME).is_file():
            stimulus_set = read_stimulus_set(folder)
            relative = named.relative_to(folder).as_posix()
            shown = {clip.clip_id for clip in stimulus_set.clips if clip.path == relative}
            for clip in stimulus_set.clips:
                if clip.condition == "AFD5" and ({clip.clip_id, clip.source_clip_id} & shown):
                    return stimulus_set, clip
    return None


def pictures(recording: Recording) -> Iterator[Picture]:
    """One picture a moment: RGB | flow | noise under their captions, noise in its own pixels."""
    for moment in recording.moments():
        panels = at_one_scale([moment.rgb, moment.flow, moment.noise])
        named = zip(panels, recording.captions, strict=True)
        yield side_by_side([captioned(panel, caption) for panel, caption in named])


def contact_sheet(recording: Recording) -> Picture:
    """Up to eight moments, evenly spread, in rows of RGB, flow and noise."""
    columns = min(SHEET_COLUMNS, len(recording))
    wanted = set(np.linspace(0, len(recording) - 1, columns).round().astype(int).tolist())
    chosen = [moment for index, moment in enumerate(recording.moments()) if index in wanted]
    rgb, flow, noise = recording.captions
    rows = (
        LabelledRow(rgb, tuple(moment.rgb for moment in chosen)),
        LabelledRow(flow, tuple(moment.flow for moment in chosen)),
        LabelledRow(noise, tuple(moment.noise for moment in chosen)),
    )
    return labelled_strip(rows, [f"{moment.time_s:.2f} s" for moment in chosen])
