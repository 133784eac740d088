"""Where the flow that a network is shown comes from: read from the frames of the clip, or known otherwise."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.models.noise_flow import READERS, ReadyReader, reader, ready, recipe_of
from analysis.models.spec import ModelSpec
from stimuli.clip import Clip
from stimuli.description import read_description
from stimuli.errors import StimulusError
from stimuli.flow import RAFT_NAMES, Flow, Frame
from stimuli.flow_cache import KIND, FlowCache
from stimuli.manifest import StimulusSet
from stimuli.source_flow import source_flow
from stimuli.user_cache import cache_folder, cache_key

DEFAULT_FLOW = "dis-blurred"
"""What reads noise best; the table stands in docs/models.md."""
EXACT, ORACLE = "exact", "oracle"
FLOW_NAMES = (*READERS, EXACT, ORACLE)
CACHE_VERSION = 1


@dataclass(frozen=True)
class FlowSource:
    """Which flow, by the name that `--flow` takes, and the weights where that is RAFT.

    A name of `READERS` estimates the flow from the frames that are shown, noise frames among them. `exact`
    is the flow that a clip was drawn with, and is refused for appearance-free clips: it tells more than can
    be seen in them. `oracle` does take the flow that they were made from, and the names of its results end
    in `(oracle flow)`.
    """

    name: str = DEFAULT_FLOW
    weights: Path | None = None
    cache: FlowCache = field(default_factory=lambda: FlowCache(cache_folder(KIND)), compare=False)

    def __post_init__(self) -> None:
        if self.name not in FLOW_NAMES:
            raise AnalysisError(f"There is no flow {self.name!r}; choose one of {', '.join(FLOW_NAMES)}")
        if self.name in READERS:
            recipe_of(reader(self.name), self.weights)

    @property
    def is_oracle(self) -> bool:
        return self.name == ORACLE

    @property
    def identity(self) -> str:
        """The same for two sources that give the same flow: name and contents of the weights."""
        if self.name not in READERS:
            return self.name
        chosen = reader(self.name)
        parts = [self.name, str(chosen.blur_px), str(recipe_of(chosen, self.weights).weights_sha256)]
        return " ".join(parts)


def refuse_unseen_flow(spec: ModelSpec, name: str | None, weights: Path | None) -> None:
    """Raises AnalysisError where a flow was asked for, by name or weights, and the network sees none."""
    if not spec.sees_flow and (name or weights):
        raise AnalysisError(f"{spec.name} sees no flow; leave --flow and --flow-weights out")


def observer_name(title: str, source: FlowSource) -> str:
    """What a network of that title is called in tables: with the oracle's flow it says so."""
    return f"{title} (oracle flow)" if source.is_oracle else title


class FlowReading:
    """The flow of clips of one set by one source. It keeps estimators, so make one in each thread."""

    def __init__(self, stimulus_set: StimulusSet, source: FlowSource) -> None:
        self._set = stimulus_set
        self._source = source
        self._ready: ReadyReader | None = None

    @property
    def needs_frames(self) -> bool:
        """Whether the flow is read from the frames."""
        return self._source.name in READERS

    def check(self, clip: Clip) -> None:
        """Raises AnalysisError for a clip that this flow cannot be had of."""
        if clip.frames < 2:
            raise AnalysisError(
                f"The clip {clip.clip_id} has a single frame and so no flow; leave it out, or choose a "
                f"network without a stream of flow"
            )
        if self._source.name != EXACT:
            return
        if clip.source_clip_id is not None:
            raise AnalysisError(
                f"The exact flow of {clip.clip_id} is the flow it was made from, which tells more than can "
                f"be seen in it; --flow {ORACLE} takes it and says so, --flow {DEFAULT_FLOW} reads what is "
                f"there"
            )
        if self._flow_of_set() != EXACT:
            raise AnalysisError(
                f"The set {self._set.root} has no exact flow: its clips were not drawn with one; choose one "
                f"of {', '.join(READERS)}"
            )

    def flows(self, clip: Clip, begins: Sequence[int], frames: Mapping[int, Frame]) -> dict[int, Flow]:
        """Flow (H, W, 2), pixels per frame, from frame `i` to `i + 1` for every `i` of `begins`.

        `frames` holds each `i` and `i + 1` where `needs_frames`. Raises AnalysisError as `check`, and for
        what the estimator or the source refuses.
        """
        self.check(clip)
        wanted = sorted(set(begins))
        if not self.needs_frames:
            return self._known(clip, wanted)
        if reader(self._source.name).estimator not in RAFT_NAMES:
            return dict(zip(wanted, self._estimated(frames, wanted), strict=True))
        kept = self._source.cache.flows(
            self._key(clip, wanted), len(wanted), lambda: self._estimated(frames, wanted)
        )
        return dict(zip(wanted, kept, strict=True))

    def _estimated(self, frames: Mapping[int, Frame], begins: Sequence[int]) -> Iterator[Flow]:
        if self._ready is None:
            self._ready = ready(reader(self._source.name), self._source.weights)
        for begin in begins:
            yield self._ready.flow(frames[begin], frames[begin + 1])

    def _known(self, clip: Clip, wanted: Sequence[int]) -> dict[int, Flow]:
        found = {}
        last = max(wanted, default=-1)
        try:
            for index, flow in enumerate(source_flow(self._set, clip, weights=self._source.weights)):
                if index in wanted:
                    found[index] = flow
                if index == last:
                    break
        except StimulusError as error:
            raise AnalysisError(f"The flow of {clip.clip_id} is not to be had: {error}") from error
        if len(found) != len(wanted):
            raise AnalysisError(
                f"The flow that {clip.clip_id} was made from ends before frame {last + 1}; build the set "
                f"again"
            )
        return found

    def _flow_of_set(self) -> str:
        try:
            return read_description(self._set.root).flow
        except StimulusError as error:
            raise AnalysisError(str(error)) from error

    def _key(self, clip: Clip, begins: Sequence[int]) -> str:
        parts = {
            "cache": CACHE_VERSION,
            "clip": clip.sha256,
            "flow": self._source.identity,
            "begins": list(begins),
            "torch": importlib.metadata.version("torch"),
        }
        return cache_key(parts)
