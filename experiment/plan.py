"""Protocol x stimulus set x participant x seed -> the whole session, before the first screen. Pure."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from experiment.errors import InputRefused
from experiment.protocol import Protocol
from experiment.protocol_file import QuestionnaireSpec, RestSpec, SlidesSpec, TrialsSpec
from experiment.questionnaire_file import QuestionnaireFile
from experiment.records import (
    PlannedPhase,
    PlannedTrial,
    QuestionnaireItem,
    QuestionnairePage,
    QuestionnairePhase,
    RestPhase,
    SessionPlan,
    Slide,
    SlideMedium,
    SlidesPhase,
    TrialsPhase,
)
from experiment.selection import (
    ItemSets,
    TooFewClips,
    choose_fewest_shared,
    choose_lists,
    in_fixed_order,
    source_of,
)
from experiment.slide_text import SlideText
from stimuli.clip import Clip
from stimuli.manifest import StimulusSet

Material = dict[str, dict[str, list[Clip]]]


@dataclass(frozen=True)
class Seat:
    """Who the session is for: participant code, session number, place in the order of participants (from 1)
    and seed.
    """

    participant: str
    session: int
    order_number: int
    seed: int

    @classmethod
    def of(cls, plan: SessionPlan) -> Seat:
        """The seat a plan was made for."""
        return cls(plan.participant, plan.session, plan.order_number, plan.seed)

    def generator(self, *what: str) -> np.random.Generator:
        """A random generator for one purpose; the same seat and purpose give the same numbers."""
        key = hashlib.sha256("/".join((self.participant, str(self.session), *what)).encode()).digest()
        return np.random.default_rng(np.random.SeedSequence([self.seed, int.from_bytes(key[:16], "little")]))


def make_plan(protocol: Protocol, stimuli: StimulusSet, seat: Seat) -> SessionPlan:
    """The plan of one session. The same arguments give the same plan, byte for byte in its JSON form.

    Raises
    ------
    InputRefused
        Where the stimulus set does not hold the clips the protocol asks for; the sentence names phase,
        action and numbers.
    """
    trials = {n: p for n, p in enumerate(protocol.file.phases) if isinstance(p, TrialsSpec)}
    chosen: dict[int, list[Clip]] = {}
    used: set[str] = set()
    for kind in ("test", "training"):
        of_kind = {number: phase for number, phase in trials.items() if phase.kind == kind}
        chosen.update(_choose(protocol, stimuli, seat, of_kind, used))
        used |= {source_of(clip) for number in of_kind for clip in chosen[number]}
    demos = _choose_demos(protocol, stimuli, used)
    phases: list[PlannedPhase] = []
    for number, spec in enumerate(protocol.file.phases):
        if isinstance(spec, SlidesSpec):
            phases.append(SlidesPhase(_slides(protocol.slides[spec.slides], protocol, demos)))
        elif isinstance(spec, TrialsSpec):
            order = seat.generator("trial order", str(number)).permutation(len(chosen[number]))
            planned = tuple(
                _trial(place, chosen[number][index], protocol.actions)
                for place, index in enumerate(order, start=1)
            )
            intro = _slides(protocol.slides[spec.intro], protocol, demos) if spec.intro else ()
            phases.append(TrialsPhase(spec.kind, spec.condition, intro, planned, protocol.file.interval_s))
        elif isinstance(spec, RestSpec):
            phases.append(RestPhase(spec.duration_s))
        elif isinstance(spec, QuestionnaireSpec):
            phases.append(_questionnaire(protocol.questionnaires[spec.questionnaire], protocol.language))
    return SessionPlan(
        participant=seat.participant,
        session=seat.session,
        order_number=seat.order_number,
        seed=seat.seed,
        actions=protocol.actions,
        action_labels=tuple(action.label[protocol.language] for action in protocol.file.actions),
        phases=tuple(phases),
        words=protocol.words,
    )


def _trial(place: int, clip: Clip, actions: tuple[str, ...]) -> PlannedTrial:
    return PlannedTrial(
        place, clip.clip_id, clip.action, clip.group, clip.split, clip.source_clip_id, actions
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
    split: Literal["train", "test"] = "train" if kind == "training" else "test"
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
        return {
            request: lists[(place + seat.order_number - 1) % len(lists)][request]
            for place, request in enumerate(wanted)
        }
    return {
        request: _independent_draw(material[request], count, kind, request, seat)
        for request, count in wanted.items()
    }


def _independent_draw(
    clips: Mapping[str, list[Clip]], count: int, kind: str, request: str, seat: Seat
) -> dict[str, tuple[Clip, ...]]:
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
            clips.sort(key=lambda clip: (source_of(clip) in used, source_of(clip) != preferred))
            if clips:
                demos[condition, action] = clips[0]
                preferred = preferred or source_of(clips[0])
    return demos


def _slides(
    texts: tuple[SlideText, ...], protocol: Protocol, demos: Mapping[tuple[str, str], Clip]
) -> tuple[Slide, ...]:
    slides = []
    for text in texts:
        media: list[tuple[str, str, str]] = []
        for place in text.clips:
            if place.action == "*":
                labels = ((action.name, action.label[protocol.language]) for action in protocol.file.actions)
                media.extend((place.condition, name, label) for name, label in labels)
            else:
                media.append((place.condition, place.action, place.caption))
        missing = next((m for m in media if (m[0], m[1]) not in demos), None)
        if missing:
            raise InputRefused(
                f"the slide {text.heading!r} shows {missing[1]} in {missing[0]}, but the stimulus set "
                "has no such clip in its train or demo split; add one or take it off the slide"
            )
        shown = tuple(
            SlideMedium(demos[condition, action].clip_id, caption) for condition, action, caption in media
        )
        slides.append(Slide(text.heading, text.paragraphs, shown))
    return tuple(slides)


def _questionnaire(file: QuestionnaireFile, language: Literal["en", "de"]) -> QuestionnairePhase:
    pages = []
    for page in file.pages:
        items = []
        for item in page.items:
            scale = file.scales[item.scale] if item.scale else None
            options = scale.options if scale else ()
            labels = scale.labels[language] if scale else ()
            items.append(QuestionnaireItem(item.name, item.text[language], options, labels, item.role))
        pages.append(QuestionnairePage(page.name, page.heading[language], tuple(items)))
    return QuestionnairePhase(tuple(pages))
