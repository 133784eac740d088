"""DATA paths -> the sessions to analyse, each once, and an account of what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from analysis.errors import AnalysisError
from analysis.export.protocol_copy import protocol_names
from analysis.formats import DataFormat, read_data
from analysis.menus import menu_actions, named_actions, offered_actions
from analysis.reference import published
from analysis.session_facts import SessionFacts
from analysis.sessions import FolderDetails, SessionTrials
from analysis.tables import COLUMNS


@dataclass(frozen=True)
class Allowed:
    """Which sessions count although they are no finished session of a person in the study proper."""

    simulated: bool = False
    pilot: bool = False
    unfinished: bool = False

    def objections(self, session: SessionTrials) -> tuple[str, ...]:
        """Why the session is left out, as the options that would include it are called; else empty."""
        return tuple(
            name
            for name, applies, allowed in (
                ("simulated", session.observer_kind == "simulated", self.simulated),
                ("pilot", session.pilot, self.pilot),
                ("unfinished", not session.finished, self.unfinished),
            )
            if applies and not allowed
        )


@dataclass(frozen=True)
class LeftOut:
    """A session that does not count; ``reasons`` are some of ``simulated``, ``pilot`` and ``unfinished``."""

    session: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Collection:
    """The sessions that count and all that a reader must know of how they were chosen.

    ``table`` is their trial table, ordered by observer and session, within a session by the plan.
    ``warnings`` are sentences. ``models`` are the runs of networks; they are in neither ``table`` nor
    ``sessions``, which are those of people, real or simulated.
    """

    table: pd.DataFrame
    sessions: tuple[SessionTrials, ...]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[str, ...]
    models: tuple[SessionTrials, ...] = ()

    @property
    def whole_table(self) -> pd.DataFrame:
        """The trial table of people, and after them of models."""
        return _joined([*self.sessions, *self.models])

    @property
    def model_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(run.observer for run in self.models))

    @property
    def details(self) -> tuple[FolderDetails, ...]:
        """What the session folders know; fewer than the sessions where some came from elsewhere."""
        return tuple(session.details for session in self.sessions if session.details is not None)

    @property
    def facts(self) -> tuple[SessionFacts, ...]:
        """What is known beyond the trials; fewer than the sessions where some came from a table."""
        return tuple(session.facts for session in self.sessions if session.facts is not None)

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions in the order of the plans; without a plan, the study's come first, others by name."""
        planned = [action for facts in self.facts for action in facts.actions]
        return _ordered(named_actions(self.table), [*planned, *published().actions])

    def actions_in(self, condition: str) -> tuple[str, ...]:
        """Those of ``actions`` that the condition offered: one over their number is the chance of a guess.

        They are those of its menus; where it has none, those that were shown or answered in it.
        """
        offered = offered_actions(self.table[self.table["condition"] == condition])
        return tuple(action for action in self.actions if action in offered)

    @property
    def conditions(self) -> tuple[str, ...]:
        """The conditions in the order of the protocols; without one, in the order of the table."""
        seen = [str(condition) for condition in self.table["condition"].unique()]
        return _ordered(seen, [*(name for facts in self.facts for name in facts.protocol.conditions), *seen])

    def left_out_sentence(self) -> str:
        """What was left out and which options include it; empty where nothing was."""
        if not self.left_out:
            return ""
        groups = Counter(left_out.reasons for left_out in self.left_out)
        parts = [
            f"{number} {' and '.join(reasons)} ({' '.join(f'--allow-{reason}' for reason in reasons)})"
            for reasons, number in sorted(groups.items())
        ]
        total = len(self.left_out) + len(self.sessions)
        return (
            f"left out {len(self.left_out)} of {total} sessions, which these options would include: "
            f"{', '.join(parts)}"
        )


def collect(data: Sequence[Path], allowed: Allowed, data_format: DataFormat = "auto") -> Collection:
    """Read sessions from data folders, session folders, trial tables and the forms of other programs.

    A session met twice counts once; of two copies of one session folder the one with more records. Sessions
    of different protocols are pooled, with a warning, but not where a condition that they share offered other
    actions to choose from: the chance of a right answer and the confusions would be two things in one number.

    Raises
    ------
    AnalysisError
        Where a path cannot be used, two different sessions bear one name or offered different actions, or
        no session is left.
    """
    reading = read_data(data, data_format)
    sessions: dict[tuple[str, int], SessionTrials] = {}
    models: list[SessionTrials] = []
    left_out: dict[tuple[str, int, str], LeftOut] = {}
    for session in reading.sessions:
        if objections := allowed.objections(session):
            left_out[session.observer, session.session, session.observer_kind] = LeftOut(
                session.name, objections
            )
            continue
        if session.observer_kind == "model":
            models.append(session)
            continue
        key = (session.observer, session.session)
        sessions[key] = _the_fuller(sessions[key], session) if key in sessions else session
    chosen = tuple(sessions[key] for key in sorted(sessions))
    runs = _runs(models)
    _refuse_shared_codes((*chosen, *runs))
    _refuse_different_menus(chosen)
    table = _joined(chosen)
    collection = Collection(
        table=table,
        sessions=chosen,
        left_out=tuple(left_out[key] for key in sorted(left_out)),
        warnings=(*reading.remarks, *_damage(chosen), *_mixtures(chosen)),
        models=runs,
    )
    if table.empty and not runs:
        reason = collection.left_out_sentence() or "the sessions hold no finished trial"
        raise AnalysisError(f"{', '.join(map(str, data))}: nothing is left to analyse; {reason}")
    return collection


def with_models(collection: Collection, runs: Sequence[SessionTrials]) -> Collection:
    """The collection with further runs of models.

    Raises
    ------
    AnalysisError
        Where a model bears the code of a participant, or two tables have answers of one run.
    """
    models = _runs([*collection.models, *runs])
    _refuse_shared_codes((*collection.sessions, *models))
    return replace(collection, models=models)


def _runs(found: Sequence[SessionTrials]) -> tuple[SessionTrials, ...]:
    """Each run of a model once. A network trained for each condition may answer in a table for each."""
    runs: dict[tuple[str, int, tuple[str, ...]], SessionTrials] = {}
    for run in found:
        key = (run.observer, run.session, tuple(sorted(set(run.table["condition"]))))
        runs[key] = _the_fuller(runs[key], run) if key in runs else run
    chosen = tuple(runs[key] for key in sorted(runs))
    _refuse_two_answers(chosen)
    return chosen


def _joined(sessions: Sequence[SessionTrials]) -> pd.DataFrame:
    tables = [session.table for session in sessions if len(session.table)]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))


def _ordered(names: Iterable[str], order: Sequence[str]) -> tuple[str, ...]:
    rank = {name: place for place, name in reversed(list(enumerate(order)))}
    return tuple(sorted(names, key=lambda name: (rank.get(name, len(order)), name)))


def _the_fuller(one: SessionTrials, other: SessionTrials) -> SessionTrials:
    if one.details and other.details:
        same = one.details.record_sha256 == other.details.record_sha256
        more = other.details.intact_records > one.details.intact_records
    else:
        same = one.table.equals(other.table)
        more = other.details is not None
    if not same:
        raise AnalysisError(
            f"{one.origin} and {other.origin}: two different sessions are both called {one.name}; "
            f"give them different participant codes or leave one out"
        )
    return other if more else one


def _refuse_shared_codes(sessions: Sequence[SessionTrials]) -> None:
    kinds: dict[str, SessionTrials] = {}
    for session in sessions:
        first = kinds.setdefault(session.observer, session)
        if first.observer_kind != session.observer_kind:
            raise AnalysisError(
                f"{first.origin} and {session.origin}: participant {session.observer} is "
                f"{first.observer_kind} in one and {session.observer_kind} in the other; leave one out"
            )


def _refuse_two_answers(runs: Sequence[SessionTrials]) -> None:
    """A run of a model may be parted by conditions over several tables, but each stands in one of them."""
    first: dict[tuple[str, int, str], SessionTrials] = {}
    for run in runs:
        for condition in run.table["condition"].unique():
            other = first.setdefault((run.observer, run.session, str(condition)), run)
            if other is not run:
                raise AnalysisError(
                    f"{other.origin} and {run.origin}: both have answers of {run.observer}, run "
                    f"{run.session}, in {condition}; predict with another --run, or leave one out"
                )


def _refuse_different_menus(sessions: Sequence[SessionTrials]) -> None:
    first: dict[str, tuple[SessionTrials, frozenset[str]]] = {}
    for session in sessions:
        for condition, rows in session.table.dropna(subset=["menu_order"]).groupby("condition"):
            offered = frozenset(menu_actions(rows))
            other, known = first.setdefault(str(condition), (session, offered))
            if known != offered:
                raise AnalysisError(
                    f"{other.origin} and {session.origin}: in {condition}, {other.name} chose among "
                    f"{', '.join(sorted(known))} and {session.name} among {', '.join(sorted(offered))}; "
                    f"analyse them apart"
                )
    for session in sessions:
        for condition, rows in session.table[session.table["menu_order"].isna()].groupby("condition"):
            if str(condition) in first and (outside := named_actions(rows) - first[str(condition)][1]):
                raise AnalysisError(
                    f"{session.origin}: in {condition}, {session.name} has trials without a menu that show "
                    f"or answer {', '.join(sorted(outside))}; the menus of {first[str(condition)][0].origin} "
                    f"offer {', '.join(sorted(first[str(condition)][1]))}"
                )


def _damage(sessions: Sequence[SessionTrials]) -> Iterable[str]:
    for session in sessions:
        if session.details and session.details.damage:
            yield (
                f"{session.origin}: the journal is damaged and its {session.details.intact_records} intact "
                f"records are used ({'; '.join(session.details.damage)})"
            )


def _mixtures(sessions: Sequence[SessionTrials]) -> Iterable[str]:
    kinds = Counter(session.observer_kind for session in sessions)
    if len(kinds) > 1:
        numbers = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
        yield f"sessions of people and of simulated participants are pooled ({numbers})"
    pilots = sum(session.pilot for session in sessions)
    if 0 < pilots < len(sessions):
        yield f"pilot sessions ({pilots}) are pooled with sessions of the study ({len(sessions) - pilots})"
    known = [session.facts for session in sessions if session.facts]
    yield from _mixed_protocols(sessions)
    if len({facts.manifest_sha256 for facts in known}) > 1:
        yield "sessions that used different stimulus sets are pooled"


def _mixed_protocols(sessions: Sequence[SessionTrials]) -> Iterable[str]:
    """A protocol's hash covers its texts; in another language it is the same protocol all the same."""
    records = [session.details.record for session in sessions if session.details]
    names = protocol_names(records)
    known = [session.facts.protocol for session in sessions if session.facts]
    if len({names.get(protocol.sha256, protocol.sha256) for protocol in known}) > 1:
        different = sorted({protocol.name for protocol in known})
        yield f"sessions of different protocols are pooled ({', '.join(different)})"
    languages = sorted({record.language for record in records})
    if len(languages) > 1:
        yield f"sessions in different languages are pooled ({', '.join(languages)})"
