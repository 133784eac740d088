"""Clips of drawn actors: everything drawn from (seed, action, group, clip), then rendered with its exact
flow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import StimulusError
from stimuli.synthetic.actions import ACTIONS, Action, action_named
from stimuli.synthetic.backdrop import hang, paint_backdrop
from stimuli.synthetic.body import Proportions, draw_proportions, figure
from stimuli.synthetic.camera import FRAME_SHAPE, CameraPath, Handling, View, draw_handling, film, place
from stimuli.synthetic.kinematics import Array, vector
from stimuli.synthetic.motion import Style
from stimuli.synthetic.render import Backdrop, depth_map, flow_between, paint, surface_map, trace
from stimuli.synthetic.scene import Scene, draw_scene, paint_prop
from stimuli.synthetic.shapes import Solid
from stimuli.synthetic.silhouettes import Tracks, track
from stimuli.synthetic.texture_atlas import Atlas, bake
from stimuli.synthetic.wardrobe import Outfit, draw_outfit, dress

RENDERER_VERSION = 1
"""Raised whenever a change here or in what this draws with gives any clip other pixels, flow or depth."""

FPS = 25.0
SHORTEST_S, LONGEST_S = 2.0, 6.0


@dataclass(frozen=True)
class RenderedClip:
    """`frames (T, 240, 320, 3)` RGB; `flow (T-1, 240, 320, 2)`: x then y, pixels to the next frame; and
    `depth (T-1, 240, 320)`, of what each flow moves: metres along the camera's axis, infinite for the
    background.
    """

    frames: NDArray[np.uint8]
    flow: NDArray[np.float32]
    depth: NDArray[np.float32]


@dataclass(frozen=True)
class RenderedFrame:
    """One frame with what is known about it.

    `surface (240, 320)`: number of the solid each pixel shows, -1 for the background; the actor's solids
    come first. `depth`: metres along the camera's axis, infinite for the background. `flow` leads to the
    next frame, `backward` to the one before; each is None where there is no such frame.
    """

    picture: NDArray[np.uint8]
    surface: NDArray[np.int16]
    depth: NDArray[np.float32]
    flow: NDArray[np.float32] | None
    backward: NDArray[np.float32] | None


@dataclass(frozen=True)
class Cast:
    """What all clips of a group share: the actor, how they move, the camera and the place."""

    body: Proportions
    outfit: Outfit
    style: Style
    view: View
    handling: Handling
    scene: Scene


@dataclass(frozen=True)
class Take:
    """One clip ready to be rendered: solids over time (the first `actor_parts` are the actor), camera,
    backdrop.
    """

    cast: Cast
    phase: Array
    solids: tuple[Solid, ...]
    actor_parts: int
    camera: CameraPath
    tracks: Tracks
    atlas: Atlas
    backdrop: Backdrop

    @property
    def frames(self) -> int:
        """How many frames it will have."""
        return len(self.phase)


def render_clip(action: str, group: int, clip: int, seed: int) -> RenderedClip:
    """Draws one clip of 2-6 s at 25 fps with at least two repetitions of the action.

    The same arguments give the same pixels and flow. Clips of one `group` share actor, clothes, scene and
    camera and differ in phase, duration and slightly in period and amplitude.

    Raises StimulusError for an unknown action and for a negative group, clip or seed.
    """
    take = prepare(action, group, clip, seed)
    frames = np.empty((take.frames, *FRAME_SHAPE, 3), dtype=np.uint8)
    flow = np.empty((take.frames - 1, *FRAME_SHAPE, 2), dtype=np.float32)
    depth = np.empty((take.frames - 1, *FRAME_SHAPE), dtype=np.float32)
    for i in range(take.frames):
        hits, rays = trace(take.tracks, i)
        frames[i] = paint(take.tracks, take.atlas, take.backdrop, hits, rays, i)
        if i + 1 < take.frames:
            flow[i] = flow_between(take.tracks, take.backdrop, hits, i, i + 1)
            depth[i] = depth_map(hits)
    return RenderedClip(frames, flow, depth)


def render_flow(action: str, group: int, clip: int, seed: int) -> NDArray[np.float32]:
    """The flow of `render_clip` without its pictures, at less than half the cost."""
    take = prepare(action, group, clip, seed)
    flow = np.empty((take.frames - 1, *FRAME_SHAPE, 2), dtype=np.float32)
    for i in range(take.frames - 1):
        flow[i] = flow_between(take.tracks, take.backdrop, trace(take.tracks, i)[0], i, i + 1)
    return flow


def render_pictures(take: Take, frames: Iterable[int]) -> Iterator[NDArray[np.uint8]]:
    """The pictures `(240, 320, 3)` of some frames of a take, without their flow."""
    for i in frames:
        hits, rays = trace(take.tracks, i)
        yield paint(take.tracks, take.atlas, take.backdrop, hits, rays, i)


def render_frames(take: Take) -> Iterator[RenderedFrame]:
    """The frames of a take with surfaces, depths and flow in both directions, for whoever audits them."""
    for i in range(take.frames):
        hits, rays = trace(take.tracks, i)
        ahead, back = (
            flow_between(take.tracks, take.backdrop, hits, i, other) if 0 <= other < take.frames else None
            for other in (i + 1, i - 1)
        )
        picture = paint(take.tracks, take.atlas, take.backdrop, hits, rays, i)
        yield RenderedFrame(picture, surface_map(hits), depth_map(hits), ahead, back)


def prepare(action: str, group: int, clip: int, seed: int) -> Take:
    """Everything about a clip but its pixels; arguments and errors as in `render_clip`."""
    kind = action_named(action)
    for name, value in (("group", group), ("clip", clip), ("seed", seed)):
        if value < 0:
            raise StimulusError(f"A drawn clip's {name} is {value}; it must be 0 or more.")
    cast = _draw_cast(kind, group, seed)
    rng = _generator(seed, action, group, clip + 1)
    style = replace(
        cast.style,
        period_s=float(np.clip(cast.style.period_s * rng.uniform(0.96, 1.04), *kind.period_s)),
        amplitude=cast.style.amplitude * float(rng.uniform(0.95, 1.0)),
    )
    duration = float(np.clip(style.period_s * rng.uniform(2.1, 3.2), SHORTEST_S, LONGEST_S))
    frames = round(duration * FPS)
    phase = rng.uniform() + np.arange(frames) / FPS / style.period_s
    motion = kind.perform(cast.body, style, phase)
    actor = dress(figure(cast.body, motion.pose), cast.outfit)
    solids = (*actor, *(paint_prop(prop, cast.scene) for prop in motion.props))
    camera = film(cast.view, cast.handling, frames, FPS, rng)
    picture = paint_backdrop(cast.view, cast.scene.setting, cast.scene.clutter, cast.scene.light)
    return Take(
        cast=cast,
        phase=phase,
        solids=solids,
        actor_parts=len(actor),
        camera=camera,
        tracks=track(solids, camera),
        atlas=bake(solids, cast.scene.light),
        backdrop=hang(picture, cast.view, camera),
    )


def _generator(seed: int, action: str, group: int, part: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(ACTIONS.index(action), group, part)))


def _draw_cast(kind: Action, group: int, seed: int) -> Cast:
    rng = _generator(seed, kind.name, group, 0)
    body = draw_proportions(rng)
    style = kind.draw_style(rng)
    # A whole cycle at full amplitude: what fits into the view now will fit in every clip of the group.
    motion = kind.perform(body, style, np.linspace(0, 1, 32, endpoint=False))
    points = _outline(figure(body, motion.pose))
    view = place(points, style.azimuth_rad, float(rng.uniform(*kind.fill)), rng)
    # Every other group stands indoors, from one that differs by action and seed on: over any run of groups,
    # places are shared out alike among the actions.
    indoor = (group + int(_generator(seed, kind.name, 0, 0).integers(2))) % 2 == 0
    return Cast(
        body, draw_outfit(rng), style, view, draw_handling(rng), draw_scene(rng, indoor, view, points)
    )


def _outline(solids: tuple[Solid, ...]) -> Array:
    """Points `(N, 3)` about the solids: the six extreme points of both end spheres, in every frame."""
    points = []
    for solid in solids:
        for radius, height in ((solid.radius_start, 0.0), (solid.radius_end, solid.length)):
            corners = np.concatenate([np.eye(3), -np.eye(3)]) * radius + vector(0, 0, height)
            local = corners * np.array(solid.scale)
            points.append(
                (local @ np.swapaxes(solid.rotation, -1, -2) + solid.origin[:, None]).reshape(-1, 3)
            )
    return np.concatenate(points)
