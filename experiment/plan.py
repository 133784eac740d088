"""Protocol x stimulus set x participant x seed -> the whole session, before the first screen. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

from experiment.counterbalance import Rows, balanced_square, rows_for
from experiment.errors import InputRefused
from experiment.item_choice import ChosenRound, choose_clips
from experiment.localized import Language
from experiment.protocol import Protocol
from experiment.protocol_file import ProtocolFile, RestSpec, SlidesSpec, TrainingSpec, TrialsSpec
from experiment.questionnaire_file import QuestionnaireFile
from experiment.records import (
    Criterion,
    PlannedPhase,
    PlannedTrial,
    QuestionnaireItem,
    QuestionnairePage,
    QuestionnairePhase,
    ResponseRule,
    RestPhase,
    SessionPlan,
    Slide,
    SlideMedium,
    SlidesPhase,
    TrialsPhase,
)
from experiment.seat import Seat
from experiment.slide_text import SlideText
from experiment.trial_order import NoSuchOrder, random_order, spread_out
from stimuli.clip import Clip
from stimuli.manifest import StimulusSet

__all__ = ["Seat", "make_plan"]


def make_plan(protocol: Protocol, stimuli: StimulusSet, seat: Seat) -> SessionPlan:
    """The plan of one session. The same arguments give the same plan, byte for byte in its JSON form.

    Raises
    ------
    InputRefused
        Where the stimulus set does not hold the clips the protocol asks for, or no order of trials is
        allowed; the sentence names phase, action and numbers.
    """
    file = protocol.file
    chosen = choose_clips(protocol, stimuli, seat)
    turn = _turn(file, seat.order_number)
    phases: list[PlannedPhase] = []
    for number, spec in enumerate(file.phases):
        if isinstance(spec, SlidesSpec):
            phases.append(SlidesPhase(_slides(protocol.slides[spec.slides], protocol, chosen.demos)))
        elif isinstance(spec, TrialsSpec):
            intro = _slides(protocol.slides[spec.intro], protocol, chosen.demos) if spec.intro else ()
            phases.append(_trials(protocol, seat, number, spec, chosen.rounds[number], turn.menu, intro))
        elif isinstance(spec, RestSpec):
            phases.append(RestPhase(spec.duration_s))
        else:
            phases.append(_questionnaire(protocol.questionnaires[spec.questionnaire], protocol.language))
    return SessionPlan(
        participant=seat.participant,
        session=seat.session,
        order_number=seat.order_number,
        seed=seat.seed,
        actions=protocol.actions,
        action_labels=tuple(action.label[protocol.language] for action in file.actions),
        phases=tuple(phases[number] for number in _places(file, turn.conditions)),
        words=protocol.words,
    )


@dataclass(frozen=True)
class _Turn:
    """What a participant's order number decides: the order of the menu and of the conditions."""

    menu: tuple[str, ...]
    conditions: tuple[str, ...]


def _turn(file: ProtocolFile, order_number: int) -> _Turn:
    """The three factors that go by order number are crossed: whose clips (``swapped``), menu, conditions."""
    actions = tuple(action.name for action in file.actions)
    conditions = tuple(file.phase_kinds)
    tests = sum(isinstance(phase, TrialsSpec) and phase.kind == "test" for phase in file.phases)
    menus = _orders(len(actions), balanced=file.menu_order == "latin")
    orders = _orders(len(conditions), balanced=file.condition_order == "latin")
    lists = max(1, tests) if file.test_items == "swapped" else 1
    _, menu, order = rows_for(order_number, (lists, len(menus), len(orders)))
    return _Turn(
        tuple(actions[place] for place in menus[menu]), tuple(conditions[place] for place in orders[order])
    )


def _orders(size: int, *, balanced: bool) -> Rows:
    return balanced_square(size) if balanced and size else (tuple(range(size)),)


def _places(file: ProtocolFile, conditions: tuple[str, ...]) -> list[int]:
    """Which phase of the file stands at each place of the session.

    Where the conditions change places, the first phase of one takes the place of the first of another and so
    on; slides, rests and questionnaires stay where they are.
    """
    phases = {
        condition: [
            number
            for number, phase in enumerate(file.phases)
            if isinstance(phase, TrialsSpec) and phase.condition == condition
        ]
        for condition in file.phase_kinds
    }
    places = list(range(len(file.phases)))
    for whose, moved_in in zip(file.phase_kinds, conditions, strict=True):
        for place, number in zip(phases[whose], phases[moved_in], strict=True):
            places[place] = number
    return places


def _trials(
    protocol: Protocol,
    seat: Seat,
    number: int,
    spec: TrialsSpec,
    rounds: tuple[ChosenRound, ...],
    menu: tuple[str, ...],
    intro: tuple[Slide, ...],
) -> TrialsPhase:
    file = protocol.file
    menus = seat.generator("menu order", str(number))
    trials: list[PlannedTrial] = []
    breaks: list[int] = []
    trial_numbers = count(1)
    for round_number, chosen in enumerate(rounds, start=1):
        before = len(trials)
        for clip, is_check in _in_order(protocol, seat, number, chosen, round_number):
            shown = menu
            if file.menu_order == "random":
                shown = tuple(protocol.actions[place] for place in menus.permutation(len(menu)))
            trials.append(
                PlannedTrial(
                    trial=next(trial_numbers),
                    clip_id=clip.clip_id,
                    action=clip.action,
                    group=clip.group,
                    split=clip.split,
                    source_clip_id=clip.source_clip_id,
                    menu_order=shown,
                    attention_check=is_check,
                    round=round_number,
                )
            )
        if spec.break_every is not None:
            breaks += range(before + spec.break_every, len(trials), spec.break_every)
    training = spec if isinstance(spec, TrainingSpec) else None
    criterion = training.criterion if training else None
    return TrialsPhase(
        kind=spec.kind,
        condition=spec.condition,
        intro=intro,
        trials=tuple(trials),
        interval_s=file.interval_s,
        response=ResponseRule(
            file.response.mode, file.response.minimum_viewing_s, file.response.time_limit_s
        ),
        answer=training.answer if training else "during",
        criterion=Criterion(criterion.correct, criterion.of, criterion.rounds) if criterion else None,
        breaks_after=tuple(breaks),
    )


def _in_order(
    protocol: Protocol, seat: Seat, number: int, chosen: ChosenRound, round_number: int
) -> list[tuple[Clip, bool]]:
    """The clips of a round in the order of its trials, and whether each is an attention check."""
    clips = (*chosen.clips, *chosen.checks)
    actions = [clip.action for clip in clips]
    purpose = ("trial order", str(number)) + ((f"round {round_number}",) if round_number > 1 else ())
    generator = seat.generator(*purpose)
    limit = protocol.file.most_in_a_row
    try:
        order = random_order(actions, generator, limit)
    except NoSuchOrder as none:
        spec = protocol.file.phases[number]
        condition = spec.condition if isinstance(spec, TrialsSpec) else ""
        raise InputRefused(
            f"{protocol.path}: most_in_a_row: found {limit}, but {none.count} of the {none.trials} trials of "
            f"phase {number + 1} (on {condition}) are of {none.action}, too many to part them; allow more"
        ) from None
    if chosen.checks:
        order = spread_out(order, actions, len(chosen.checks), generator)
    return [(clips[index], index >= len(chosen.clips)) for index in order]


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


def _questionnaire(file: QuestionnaireFile, language: Language) -> QuestionnairePhase:
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
