"""Which clips a session shows: those of its trials, of further rounds, of attention checks and of slides."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from experiment.counterbalance import rows_for
from experiment.errors import InputRefused
from experiment.protocol import Protocol
from experiment.protocol_file import TrainingSpec, TrialsSpec
from experiment.seat import Seat
from experiment.selection import (
    ItemSets,
    TooFewClips,
    choose_fewest_shared,
    choose_lists,
    in_fixed_order,
)
from stimuli.clip import Clip
from stimuli.manifest import StimulusSet

Clips = tuple[Clip, ...]
Material = dict[str, dict[str, list[Clip]]]
"""condition -> action -> clips."""


@dataclass(frozen=True)
class ChosenRound:
    """The clips of one round of a phase: those that count, and those of its attention checks."""

    clips: Clips
    checks: Clips = ()


@dataclass(frozen=True)
class ChosenClips:
    """``rounds``: phase number -> its rounds. ``demos``: (condition, action) -> the clip for slides."""

    rounds: dict[int, tuple[ChosenRound, ...]]
    demos: dict[tuple[str, str], Clip]


def choose_clips(protocol: Protocol, stimuli: StimulusSet, seat: Seat) -> ChosenClips:
    """The clips of every part of a session.

    The test comes first, then the first round of each training, its further rounds, attention checks and
    slides; each takes what those before it left, so that an option never changes what a test shows.

    Raises
    ------
    InputRefused
        Where the set does not hold the clips asked for; the sentence names phase, action and numbers.
    """
    trials = {n: p for n, p in enumerate(protocol.file.phases) if isinstance(p, TrialsSpec)}
    chosen: dict[int, list[Clip]] = {}
    used: set[str] = set()
    for kind in ("test", "training"):
        of_kind = {number: phase for number, phase in trials.items() if phase.kind == kind}
        chosen.update(_choose(protocol, stimuli, seat, of_kind, used))
        used |= {clip.footage_id for number in of_kind for clip in chosen[number]}
    rounds = {number: [tuple(clips)] for number, clips in chosen.items()}
    _add_rounds(rounds, protocol, stimuli, seat)
    checks = _choose_checks(rounds, protocol, stimuli, seat)
    for number, of_phase in rounds.items():
        used |= {clip.footage_id for clips in (*of_phase, *checks[number]) for clip in clips}
    return ChosenClips(
        rounds={
            number: tuple(
                ChosenRound(clips, of_round)
                for clips, of_round in zip(rounds[number], checks[number], strict=True)
            )
            for number in trials
        },
        demos=_choose_demos(protocol, stimuli, used),
    )


def _material(protocol: Protocol, stimuli: StimulusSet, split: str) -> Material:
    """condition -> action -> clips of a split."""
    by_name: dict[tuple[str, str], list[Clip]] = defaultdict(list)
    for clip in stimuli.clips:
        if clip.split == split:
            by_name[clip.condition, clip.action].append(clip)
    return {
        condition.name: {action: by_name[condition.manifest_name, action] for action in protocol.actions}
        for condition in protocol.file.conditions
    }


def _choose(
    protocol: Protocol,
    stimuli: StimulusSet,
    seat: Seat,
    phases: Mapping[int, TrialsSpec],
    used: Iterable[str],
) -> dict[int, list[Clip]]:
    """Phase number -> its clips, for all training or all test phases of a session together."""
    if not phases:
        return {}
    kind = next(iter(phases.values())).kind
    split = "train" if kind == "training" else "test"
    available = _material(protocol, stimuli, split)
    # A condition may come in several phases; each phase is a request of its own.
    material = {str(number): available[phase.condition] for number, phase in phases.items()}
    wanted = {str(number): phase.clips_per_action for number, phase in phases.items()}
    try:
        sets = _item_sets(protocol, seat, kind, material, wanted, used)
    except TooFewClips as few:
        number = int(few.condition.split(" and ")[0])
        conditions = " and ".join(
            dict.fromkeys(phases[int(n)].condition for n in few.condition.split(" and "))
        )
        raise InputRefused(
            f"{stimuli.root}: phase {number + 1} of {protocol.path.name} ({kind} on {conditions}) asks for "
            f"{few.wanted} {split} clips of {few.action}, but the set holds {few.found}; "
            "build a larger set or ask for fewer clips_per_action"
        ) from None
    return {number: [clip for clips in sets[str(number)].values() for clip in clips] for number in phases}


def _item_sets(
    protocol: Protocol,
    seat: Seat,
    kind: str,
    material: Mapping[str, Mapping[str, list[Clip]]],
    wanted: Mapping[str, int],
    used: Iterable[str],
) -> ItemSets:
    seed = protocol.file.item_seed
    rule = protocol.file.test_items
    if rule == "fewest-shared":
        return choose_fewest_shared(material, wanted, seed, used)
    if rule == "same":
        return choose_lists(material, wanted, seed, 1, used)[0]
    if rule == "swapped":
        lists = choose_lists(material, wanted, seed, len(wanted), used)
        (first,) = rows_for(seat.order_number, [len(lists)])
        return {request: lists[(place + first) % len(lists)][request] for place, request in enumerate(wanted)}
    return {
        request: _independent_draw(material[request], count, kind, request, seat)
        for request, count in wanted.items()
    }


def _independent_draw(
    clips: Mapping[str, list[Clip]], count: int, kind: str, request: str, seat: Seat
) -> dict[str, Clips]:
    """The published procedure: test clips drawn without regard to action, training clips per action; new
    for everyone.
    """
    generator = seat.generator("items", request)
    for action, available in clips.items():
        if len(available) < count:
            raise TooFewClips(request, action, len(available), count)
    if kind == "training":
        return {
            action: tuple(available[i] for i in generator.choice(len(available), count, replace=False))
            for action, available in clips.items()
        }
    everything = [clip for available in clips.values() for clip in available]
    drawn = [everything[i] for i in generator.choice(len(everything), count * len(clips), replace=False)]
    return {action: tuple(clip for clip in drawn if clip.action == action) for action in clips}


def _add_rounds(rounds: dict[int, list[Clips]], protocol: Protocol, stimuli: StimulusSet, seat: Seat) -> None:
    """Add the further rounds of trainings with a criterion, each of clips shown least often so far.

    They follow the rule for items: with ``same`` a round shows the same footage in every condition, with
    ``swapped`` the conditions take turns in who chooses first, with ``independent`` everyone has clips of
    their own.
    """
    repeated = [
        (number, phase)
        for number, phase in enumerate(protocol.file.phases)
        if isinstance(phase, TrainingSpec) and phase.criterion is not None
    ]
    if not repeated:
        return
    rule = protocol.file.test_items
    if rule == "swapped":
        (first,) = rows_for(seat.order_number, [len(repeated)])
        repeated = repeated[first:] + repeated[:first]
    material = _material(protocol, stimuli, "train")
    uses: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for number, of_phase in rounds.items():
        phase = protocol.file.phases[number]
        assert isinstance(phase, TrialsSpec)
        group = phase.condition if rule == "same" else ""
        uses[group].update(clip.footage_id for clips in of_phase for clip in clips)
    for number, phase in repeated:
        assert phase.criterion is not None
        counted = uses[phase.condition if rule == "same" else ""]
        for place in range(2, phase.criterion.rounds + 1):
            seed = protocol.file.item_seed
            if rule == "independent":
                seed = int(seat.generator("items", str(number), f"round {place}").integers(2**63))
            chosen = tuple(
                clip
                for action in protocol.actions
                for clip in _least_used(material[phase.condition][action], counted, seed)[
                    : phase.clips_per_action
                ]
            )
            rounds[number].append(chosen)
            counted.update(clip.footage_id for clip in chosen)


def _least_used(clips: Iterable[Clip], uses: Counter[str], seed: int) -> list[Clip]:
    return sorted(in_fixed_order(clips, seed), key=lambda clip: uses[clip.footage_id])


def _choose_checks(
    rounds: Mapping[int, list[Clips]], protocol: Protocol, stimuli: StimulusSet, seat: Seat
) -> dict[int, list[Clips]]:
    """The attention checks of each round of each phase: as many of each action as can be, in clips that are
    in no trial where possible.

    Their label is shown, so footage of a test of this session is never taken. In a training they are training
    clips, in a test other test clips where there are any.
    """
    trials = {n: p for n, p in enumerate(protocol.file.phases) if isinstance(p, TrialsSpec)}
    splits = {split: _material(protocol, stimuli, split) for split in ("test", "train", "demo")}
    shown = [(n, clip) for n, of_phase in rounds.items() for clips in of_phase for clip in clips]
    tested = {clip.footage_id for number, clip in shown if trials[number].kind == "test"}
    uses = Counter(clip.footage_id for _, clip in shown)
    chosen: dict[int, list[Clips]] = {number: [] for number in trials}
    for number, phase in trials.items():
        allowed = ("test", "train", "demo") if phase.kind == "test" else ("train", "demo")
        generator = seat.generator("attention checks", str(number))
        for clips in rounds[number]:
            taken = {clip.clip_id for clip in clips}
            checks: list[Clip] = []
            for action in _drawn_actions(protocol.actions, phase.attention_checks, generator):
                pool = [
                    clip
                    for split in allowed
                    for clip in in_fixed_order(
                        splits[split][phase.condition][action], protocol.file.item_seed
                    )
                    if clip.footage_id not in tested and clip.clip_id not in taken
                ]
                if not pool:
                    raise InputRefused(
                        f"{stimuli.root}: phase {number + 1} of {protocol.path.name} ({phase.kind} on "
                        f"{phase.condition}) asks for {phase.attention_checks} attention_checks, but no clip "
                        f"of {action} is left for one that is not shown elsewhere; build a larger set or ask "
                        "for fewer"
                    )
                check = min(pool, key=lambda clip: uses[clip.footage_id])
                taken.add(check.clip_id)
                uses[check.footage_id] += 1
                checks.append(check)
            chosen[number].append(tuple(checks))
    return chosen


def _drawn_actions(actions: tuple[str, ...], count: int, generator: np.random.Generator) -> list[str]:
    """``count`` actions in random order, each as often as any other or once more."""
    drawn: list[str] = []
    while len(drawn) < count:
        drawn += [actions[place] for place in generator.permutation(len(actions))]
    return drawn[:count]


def _choose_demos(protocol: Protocol, stimuli: StimulusSet, used: set[str]) -> dict[tuple[str, str], Clip]:
    """One clip per condition and action for the slides: from the demo or training split, in no trial where
    possible, and in every condition of the same footage, so that a slide can show how two conditions are
    connected."""
    demos: dict[tuple[str, str], Clip] = {}
    pools = [_material(protocol, stimuli, split) for split in ("demo", "train")]
    for action in protocol.actions:
        preferred: str | None = None
        for condition in (condition.name for condition in protocol.file.conditions):
            clips = [
                clip
                for pool in pools
                for clip in in_fixed_order(pool[condition][action], protocol.file.item_seed)
            ]
            clips.sort(key=lambda clip: (clip.footage_id in used, clip.footage_id != preferred))
            if clips:
                demos[condition, action] = clips[0]
                preferred = preferred or clips[0].footage_id
    return demos
