"""Which clips are shown: the fixed item sets of a study, chosen so that a comparison of conditions can be
trusted.

All functions are pure; what they return depends on their arguments alone, not on the order of the clips
given.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from stimuli.clip import Clip

ItemSets = dict[str, dict[str, tuple[Clip, ...]]]
"""condition -> action -> the chosen clips."""


class TooFewClips(Exception):
    """The material does not hold what was asked for; ``found`` of ``wanted`` clips of ``action`` in
    ``condition``.
    """

    def __init__(self, condition: str, action: str, found: int, wanted: int) -> None:
        super().__init__(f"{found} of {wanted} clips of {action} in {condition}")
        self.condition, self.action, self.found, self.wanted = condition, action, found, wanted


def in_fixed_order(clips: Iterable[Clip], seed: int) -> list[Clip]:
    """A fixed random order that takes one clip of every group before a second of any.

    It depends on the seed and on each clip's footage only, so a clip added to the set moves no other two
    against each other within their group.
    """

    def draw(text: str) -> bytes:
        return hashlib.sha256(f"{seed}/{text}".encode()).digest()

    ordered = sorted(clips, key=lambda clip: draw(clip.footage_id))
    seen: Counter[int] = Counter()
    ranked = []
    for clip in ordered:
        ranked.append((seen[clip.group], draw(f"group {clip.group}"), clip))
        seen[clip.group] += 1
    return [clip for _, _, clip in sorted(ranked, key=lambda entry: entry[:2])]


def choose_fewest_shared(
    material: Mapping[str, Mapping[str, Sequence[Clip]]],
    wanted: Mapping[str, int],
    seed: int,
    used: Iterable[str] = (),
) -> ItemSets:
    """Clips for each condition that have as few sources in common, and with ``used``, as the material allows.

    Parameters
    ----------
    material
        condition -> action -> clips to choose from.
    wanted
        condition -> clips per action.
    used
        Sources that other parts of the session show already.

    A condition takes first what no other condition could take, then sources not used so far. With two
    conditions that is optimal: with n wanted of each of N common sources, max(0, 2n - N) are shared (UCF101
    split 1, n = 18: 8 of 28 PullUps, 6 of 30 PushUps).

    Raises
    ------
    TooFewClips
    """
    uses = Counter(used)
    chosen: ItemSets = {}
    for condition, count in wanted.items():
        chosen[condition] = {}
        for action, clips in material[condition].items():
            if len(clips) < count:
                raise TooFewClips(condition, action, len(clips), count)
            elsewhere = {
                clip.footage_id
                for other in wanted
                if other != condition
                for clip in material[other].get(action, ())
            }
            ordered = in_fixed_order(clips, seed)
            ordered.sort(key=lambda clip: (uses[clip.footage_id], clip.footage_id in elsewhere))
            chosen[condition][action] = tuple(ordered[:count])
        uses.update(clip.footage_id for clips in chosen[condition].values() for clip in clips)
    return chosen


def choose_lists(
    material: Mapping[str, Mapping[str, Sequence[Clip]]],
    wanted: Mapping[str, int],
    seed: int,
    lists: int,
    used: Iterable[str] = (),
) -> tuple[ItemSets, ...]:
    """``lists`` lists of source clips, each available in every condition: what list ``k`` holds, shown in
    each condition.

    With ``lists=1`` all conditions show the same sources. Lists are disjoint where the material allows it.
    Conditions that want fewer clips than another take the first of the list.

    Raises
    ------
    TooFewClips
    """
    count = max(wanted.values())
    conditions = list(wanted)
    first = conditions[0]
    uses = Counter(used)
    result: list[ItemSets] = [{condition: {} for condition in conditions} for _ in range(lists)]
    for action in material[first]:
        by_source = {
            condition: {clip.footage_id: clip for clip in material[condition].get(action, ())}
            for condition in conditions
        }
        common = [
            clip
            for source, clip in by_source[first].items()
            if all(source in by_source[other] for other in conditions)
        ]
        if len(common) < count:
            raise TooFewClips(" and ".join(conditions), action, len(common), count)
        ordered = in_fixed_order(common, seed)
        for items in result:
            ordered.sort(key=lambda clip: uses[clip.footage_id])
            sources = [clip.footage_id for clip in ordered[:count]]
            uses.update(sources)
            for condition in conditions:
                items[condition][action] = tuple(
                    by_source[condition][s] for s in sources[: wanted[condition]]
                )
    return tuple(result)
