"""A stimulus set that takes no time: tiny clips of moving stripes, and noise in their place for AFD5."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from analysis.models.model_card import Card
from stimuli.clip import Clip
from stimuli.manifest import StimulusSet, file_sha256, read_stimulus_set, write_manifest
from stimuli.video import encode_lossless

ACTIONS = ("Lunges", "Swing")
FRAMES, FPS, WIDTH, HEIGHT = 14, 25.0, 64, 48
GROUPS = {1: "test", 2: "test", 8: "train", 9: "train"}


def small_set(root: Path, frames: int = FRAMES, groups: Mapping[int, str] = GROUPS) -> StimulusSet:
    """Both conditions, two actions, a clip of each group; an AFD5 clip is noise that moves."""
    clips = []
    for condition in ("UCF5", "AFD5"):
        for place, action in enumerate(ACTIONS):
            for group, split in groups.items():
                stem = f"v_{action}_g{group:02d}_c01"
                path = f"{condition.lower()}/{action}/{stem}.mkv"
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                encode_lossless(root / path, _frames(condition, place, group, frames), FPS)
                clips.append(
                    Clip(
                        clip_id=f"{condition}/{stem}",
                        condition=condition,
                        action=action,
                        group=group,
                        split=split,
                        path=path,
                        sha256=file_sha256(root / path),
                        frames=frames,
                        fps=FPS,
                        width=WIDTH,
                        height=HEIGHT,
                        source_clip_id=f"UCF5/{stem}" if condition == "AFD5" else None,
                    )
                )
    write_manifest(root, clips)
    return read_stimulus_set(root)


def weights_of(
    model: str,
    path: Path,
    stimuli: StimulusSet,
    seed: int = 0,
    configuration: Mapping[str, str] | None = None,
) -> Path:
    """Untrained weights with a card that says they learnt from the training clips of the set."""
    import torch

    from analysis.models.network_weights import save_weights
    from analysis.models.zoo import model_spec

    torch.manual_seed(seed)
    card = Card(
        model=model,
        actions=ACTIONS,
        conditions=("UCF5",),
        split="train",
        manifest_sha256=stimuli.sha256,
        training_groups=(),
        training_clip_ids=tuple(clip.clip_id for clip in stimuli.clips if clip.split == "train"),
        configuration=dict(configuration or {}),
        versions={},
        metrics={},
    )
    save_weights(model_spec(model).build(len(ACTIONS)), path, card)
    return path


def _frames(condition: str, action: int, group: int, frames: int) -> list[np.ndarray]:
    rng = np.random.default_rng(group)
    still = rng.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    if condition == "UCF5":
        still = np.repeat(np.repeat(still[::8, ::8], 8, axis=0), 8, axis=1)
    return [np.ascontiguousarray(np.roll(still, number * (1 + action), axis=1)) for number in range(frames)]
