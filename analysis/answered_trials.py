"""A journal held against the plan of its session: the trials answered, and their rows of the trial table."""

from __future__ import annotations

from analysis.errors import AnalysisError
from analysis.tables import TrialRow
from experiment.journal import Entry, JournalReading
from experiment.records import PlannedTrial, SessionRecord, TrialFinished, TrialsPhase


def first_answers(journal: JournalReading) -> tuple[list[tuple[Entry, TrialFinished]], tuple[str, ...]]:
    """The finished trials in the order of the plan, each once, and sentences on those answered twice.

    A trial that was cut off has no answer, and its second showing counts. Where a trial was answered twice,
    the first answer counts: the second was given by someone who had seen the clip to its end.
    """
    answers: dict[tuple[int, int], tuple[Entry, TrialFinished]] = {}
    repeated: list[str] = []
    for entry in journal.entries:
        if not isinstance(entry.event, TrialFinished):
            continue
        key = (entry.event.phase, entry.event.trial)
        if key in answers:
            repeated.append(
                f"record {entry.seq}: trial {key[1]} of phase {key[0]} was answered before, "
                f"and the first answer counts"
            )
        else:
            answers[key] = (entry, entry.event)
    return [answers[key] for key in sorted(answers)], tuple(repeated)


def trial_row(record: SessionRecord, event: TrialFinished, *, finished: bool, place: str) -> TrialRow:
    """The row of a trial; ``finished`` is whether its session came to the end, ``place`` names the record.

    Raises
    ------
    AnalysisError
        Where the plan has another trial there, another action, or not this response in its menu.
    """
    phase, planned = _planned(record, event, place)
    return TrialRow(
        observer=record.participant,
        observer_kind="simulated" if record.simulated else "human",
        session=record.session,
        condition=phase.condition,
        phase=phase.kind,
        trial=event.trial,
        clip_id=event.clip_id,
        group=planned.group,
        action=event.action,
        response=event.response,
        correct=int(event.correct),
        time_to_choose=event.time_to_choose_s,
        loops=event.loops,
        onset=event.onset_s,
        dropped_frames=event.dropped_frames,
        menu_order="|".join(planned.menu_order),
        input=event.input,
        source_clip_id=planned.source_clip_id,
        split=planned.split,
        attempt=event.attempt,
        confirmed_at=event.confirmed_at_s,
        pilot=int(record.pilot),
        finished=int(finished),
        attention_check=int(planned.attention_check),
        round=planned.round,
        interval_ms=event.interval_ms,
        interval_sd_ms=event.interval_sd_ms,
        flips=event.flips,
        early_presses=event.early_presses,
    )


def _planned(record: SessionRecord, event: TrialFinished, place: str) -> tuple[TrialsPhase, PlannedTrial]:
    phases = record.plan.phases
    phase = phases[event.phase] if 0 <= event.phase < len(phases) else None
    planned = (
        phase.trials[event.trial - 1]
        if isinstance(phase, TrialsPhase) and 0 < event.trial <= len(phase.trials)
        else None
    )
    if not isinstance(phase, TrialsPhase) or planned is None or planned.clip_id != event.clip_id:
        expected = f"the plan has {planned.clip_id} there" if planned else "the plan has no such trial"
        raise AnalysisError(
            f"{place}: trial {event.trial} of phase {event.phase} showed {event.clip_id}, but {expected}; "
            "journal and session.json do not belong together"
        )
    if event.action != planned.action or event.response not in (None, *record.plan.actions):
        raise AnalysisError(
            f"{place}: action {event.action} and response {event.response} do not fit the plan, which has "
            f"{planned.action} and the menu {', '.join(record.plan.actions)}"
        )
    return phase, planned
