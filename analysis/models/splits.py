"""Which clips train a network and which tell when to stop: whole groups, and never a test clip.

Clips of one group share actor and scene. Were some of them trained on and others used for validation, a
network that remembers the room would look good. Groups are drawn within each action, and a group is on the
same side in every condition: an AFD5 clip moves as its UCF5 clip does.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.errors import AnalysisError
from stimuli.clip import Clip
from stimuli.manifest import StimulusSet

VALIDATION_SHARE = 0.2


@dataclass(frozen=True)
class TrainingSplit:
    """Clips to learn from and clips to stop by, in the order of the manifest; `actions` in order of name,
    which is the order of a network's outputs.
    """

    train: tuple[Clip, ...]
    validation: tuple[Clip, ...]
    actions: tuple[str, ...]


def training_split(
    stimulus_set: StimulusSet, conditions: Sequence[str], seed: int, share: float = VALIDATION_SHARE
) -> TrainingSplit:
    """Part the training clips of these conditions by groups; `share` of each action's groups, at least one,
    become validation.

    The same seed gives the same split whatever other conditions the set has. Raises AnalysisError for a set
    without training clips of a condition, an action in the test clips that has none to learn from, an action
    with a single group, and fewer than two actions.
    """
    where = stimulus_set.root
    chosen = [clip for clip in stimulus_set.clips if clip.condition in conditions]
    train = [clip for clip in chosen if clip.split == "train"]
    for condition in conditions:
        if not any(clip.condition == condition for clip in train):
            raise AnalysisError(
                f"{where}: the set has no training clips of {condition}; a network is trained on clips whose "
                f"split is train (found: {_found(stimulus_set)})"
            )
    actions = tuple(sorted({clip.action for clip in train}))
    unlearnt = sorted({clip.action for clip in chosen if clip.split == "test"} - set(actions))
    if unlearnt:
        raise AnalysisError(f"{where}: {', '.join(unlearnt)} has test clips but no training clips")
    if len(actions) < 2:
        raise AnalysisError(f"{where}: all training clips show {actions[0]}; at least two actions are needed")
    held_out = _validation_groups(train, seed, share, f"{where}")
    return TrainingSplit(
        tuple(clip for clip in train if (clip.action, clip.group) not in held_out),
        tuple(clip for clip in train if (clip.action, clip.group) in held_out),
        actions,
    )


def _validation_groups(train: list[Clip], seed: int, share: float, where: str) -> set[tuple[str, int]]:
    groups: dict[str, set[int]] = defaultdict(set)
    for clip in train:
        groups[clip.action].add(clip.group)
    held_out = set()
    for action in sorted(groups):
        numbers = sorted(groups[action])
        if len(numbers) < 2:
            raise AnalysisError(
                f"{where}: all training clips of {action} are of group {numbers[0]}; two groups are needed, "
                f"one to learn from and one to know when to stop"
            )
        count = min(max(1, math.floor(share * len(numbers) + 0.5)), len(numbers) - 1)
        # By the action's name: another action in the set changes nothing for this one.
        rng = np.random.default_rng([seed, int(hashlib.sha256(action.encode()).hexdigest()[:8], 16)])
        held_out |= {(action, int(number)) for number in rng.choice(numbers, count, replace=False)}
    return held_out


def _found(stimulus_set: StimulusSet) -> str:
    kinds = sorted({f"{clip.condition} {clip.split}" for clip in stimulus_set.clips})
    return ", ".join(kinds)
