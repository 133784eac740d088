"""The protocols that were run, as the sessions' plans tell them: without codes, orders, seeds and hashes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from analysis.export.protocol_description import (
    DESCRIPTIONS,
    FOLDER,
    ItemText,
    PageText,
    PhaseDescription,
    ProtocolDescription,
    SlideText,
)
from experiment.records import (
    PlannedPhase,
    QuestionnairePhase,
    RestPhase,
    SessionRecord,
    Slide,
    SlidesPhase,
    TrialsPhase,
)


def protocol_names(records: Sequence[SessionRecord]) -> dict[str, str]:
    """Hash of the protocol -> name of its file; of several that bear one name the later ones are numbered.

    The hash covers the texts, so that one protocol has another in every language. Those that differ by the
    language alone share a file: which of them somebody's session names would tell that person's language.
    """
    of_hash = {record.protocol.sha256: record for record in records}
    names: dict[str, str] = {}
    files: dict[str, tuple[ProtocolDescription, set[str]]] = {}
    for sha256, record in sorted(of_hash.items(), key=lambda pair: (pair[1].protocol.name, pair[0])):
        own, said = _file_name(record.protocol.name), _without_texts(record)
        for file, (description, languages) in files.items():
            if description == said and record.language not in languages:
                languages.add(record.language)
                names[sha256] = file
                break
        else:
            known = sum(other == own or other.startswith(f"{own}-") for other in files)
            names[sha256] = own if not known else f"{own}-{known + 1}"
            files[names[sha256]] = said, {record.language}
    return names


def _file_name(name: str) -> str:
    """The name itself, as protocols are called; what a session says may have been made to lead elsewhere."""
    return re.sub(r"[^A-Za-z0-9-]+", "-", name).strip("-") or "protocol"


def protocol_files(records: Sequence[SessionRecord], names: Mapping[str, str]) -> dict[str, bytes]:
    """Path in the data set -> the protocol of that name, from one session in each of its languages."""
    files = {}
    for name in dict.fromkeys(names.values()):
        of_this = [record for record in records if names[record.protocol.sha256] == name]
        by_language: dict[str, SessionRecord] = {}
        for record in of_this:
            by_language.setdefault(record.language, record)
        described = _description(dict(sorted(by_language.items())), _clips_of_slides(of_this))
        content = DESCRIPTIONS.dump_json(described, indent=2, exclude_none=True)
        files[f"{FOLDER}/{name}.json"] = content + b"\n"
    return files


def _without_texts(record: SessionRecord) -> ProtocolDescription:
    """What a protocol is in every language."""
    whole = _description({"": record}, frozenset())
    return replace(
        whole,
        actions={action: {} for action in whole.actions},
        phases=tuple(
            replace(
                phase,
                slides=None,
                pages=tuple(
                    replace(
                        page,
                        heading={},
                        items=tuple(replace(item, text={}, labels={}) for item in page.items),
                    )
                    for page in phase.pages
                ),
            )
            for phase in whole.phases
        ),
    )


def _phases_in_order(record: SessionRecord) -> tuple[PlannedPhase, ...]:
    """The phases of a plan in the order of the protocol, whichever turn the participant's conditions took.

    Where conditions change places, the first phase of one stands in the place of the first of another, and
    so on; all else stays.
    """
    planned = record.plan.phases
    places: dict[str, list[int]] = defaultdict(list)
    for place, phase in enumerate(planned):
        if isinstance(phase, TrialsPhase):
            places[phase.condition].append(place)
    ordered = list(planned)
    own = [condition for condition in record.protocol.conditions if condition in places]
    for filled, condition in zip(places, own, strict=False):
        for place, moved_in in zip(places[filled], places[condition], strict=False):
            ordered[place] = planned[moved_in]
    return tuple(ordered)


def _clips_of_slides(records: Iterable[SessionRecord]) -> frozenset[str]:
    """The clips that slides showed to everybody: others are of single participants."""
    shown = []
    for record in records:
        slides = [
            slide
            for phase in record.plan.phases
            if isinstance(phase, SlidesPhase | TrialsPhase)
            for slide in (phase.slides if isinstance(phase, SlidesPhase) else phase.intro)
        ]
        shown.append({medium.clip_id for slide in slides for medium in slide.media})
    return frozenset(set.intersection(*shown)) if shown else frozenset()


def _description(records: Mapping[str, SessionRecord], clips: frozenset[str]) -> ProtocolDescription:
    first = next(iter(records.values()))
    in_order = {language: _phases_in_order(record) for language, record in records.items()}
    return ProtocolDescription(
        name=first.protocol.name,
        title=first.protocol.title,
        conditions=first.protocol.conditions,
        test_items=first.protocol.test_items,
        actions={
            action: {language: record.plan.label_of(action) for language, record in records.items()}
            for action in first.plan.actions
        },
        phases=tuple(
            _phase({language: phases[place] for language, phases in in_order.items()}, clips)
            for place in range(len(first.plan.phases))
        ),
        refresh_hz=first.protocol.refresh_hz,
        smallest_px=first.protocol.smallest_px,
    )


def _phase(phases: Mapping[str, PlannedPhase], clips: frozenset[str]) -> PhaseDescription:
    first = next(iter(phases.values()))
    if isinstance(first, TrialsPhase):
        intro = {lang: each.intro for lang, each in phases.items() if isinstance(each, TrialsPhase)}
        return _trials_phase(first, _slides(intro, clips))
    if isinstance(first, SlidesPhase):
        shown = {lang: p.slides for lang, p in phases.items() if isinstance(p, SlidesPhase)}
        return PhaseDescription("slides", slides=_slides(shown, clips))
    if isinstance(first, RestPhase):
        return PhaseDescription("rest", duration_s=first.duration_s)
    return PhaseDescription(
        "questionnaire",
        pages=_pages({lang: p for lang, p in phases.items() if isinstance(p, QuestionnairePhase)}),
    )


def _trials_phase(phase: TrialsPhase, intro: Mapping[str, tuple[SlideText, ...]]) -> PhaseDescription:
    first_round = phase.rounds[0] if phase.rounds else ()
    return PhaseDescription(
        phase.kind,
        condition=phase.condition,
        trials=len(first_round),
        attention_checks=sum(trial.attention_check for trial in first_round),
        rounds=len(phase.rounds),
        breaks=len(phase.breaks_after),
        interval_s=phase.interval_s,
        response=phase.response,
        answer=phase.answer if phase.kind == "training" else None,
        criterion=phase.criterion,
        slides=intro,
    )


def _slides(
    slides: Mapping[str, tuple[Slide, ...]], clips: frozenset[str]
) -> dict[str, tuple[SlideText, ...]]:
    return {
        language: tuple(
            SlideText(
                slide.heading,
                slide.paragraphs,
                tuple(medium.clip_id for medium in slide.media if medium.clip_id in clips),
            )
            for slide in of_language
        )
        for language, of_language in slides.items()
    }


def _pages(phases: Mapping[str, QuestionnairePhase]) -> tuple[PageText, ...]:
    first = next(iter(phases.values()))
    return tuple(
        PageText(
            name=page.name,
            heading={language: phase.pages[place].heading for language, phase in phases.items()},
            items=tuple(
                ItemText(
                    name=item.name,
                    text={lang: phase.pages[place].items[row].text for lang, phase in phases.items()},
                    options=item.options,
                    labels={lang: phase.pages[place].items[row].labels for lang, phase in phases.items()}
                    if item.options
                    else {},
                    role=item.role,
                )
                for row, item in enumerate(page.items)
            ),
        )
        for place, page in enumerate(first.pages)
    )
