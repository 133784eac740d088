"""DATA paths -> the sessions to analyse, each once, and an account of what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from analysis.errors import AnalysisError
from analysis.reference import published
from analysis.sessions import FolderDetails, SessionTrials, read_session, session_folders
from analysis.tables import COLUMNS, read_table

DataFormat = Literal["auto", "sessions"]


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
    ``warnings`` are sentences.
    """

    table: pd.DataFrame
    sessions: tuple[SessionTrials, ...]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[str, ...]

    @property
    def details(self) -> tuple[FolderDetails, ...]:
        """What the session folders know; fewer than the sessions where some came from a table."""
        return tuple(session.details for session in self.sessions if session.details is not None)

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions in the order of the plans; without a plan, the study's come first, others by name."""
        planned = [action for details in self.details for action in details.record.plan.actions]
        menus = self.table["menu_order"].dropna().str.split("|").explode()
        seen = {
            str(action)
            for action in pd.concat([self.table["action"], self.table["response"], menus]).dropna().unique()
        }
        return _ordered(seen, [*planned, *published().actions])

    @property
    def conditions(self) -> tuple[str, ...]:
        """The conditions in the order of the protocols; without one, in the order of the table."""
        seen = [str(condition) for condition in self.table["condition"].unique()]
        return _ordered(
            seen, [*(name for details in self.details for name in details.record.protocol.conditions), *seen]
        )

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
    """Read sessions from data folders, session folders and trial tables.

    A session met twice counts once; of two copies of one session folder the one with more records.

    Raises
    ------
    AnalysisError
        Where a path cannot be used, two different sessions bear one name, or no session is left.
    """
    sessions: dict[tuple[str, int], SessionTrials] = {}
    left_out: dict[tuple[str, int, str], LeftOut] = {}
    for session in _read_all(data, data_format):
        if objections := allowed.objections(session):
            left_out[session.observer, session.session, session.observer_kind] = LeftOut(
                session.name, objections
            )
            continue
        key = (session.observer, session.session)
        sessions[key] = _the_fuller(sessions[key], session) if key in sessions else session
    chosen = tuple(sessions[key] for key in sorted(sessions))
    _refuse_shared_codes(chosen)
    tables = [session.table for session in chosen if len(session.table)]
    collection = Collection(
        table=pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS)),
        sessions=chosen,
        left_out=tuple(left_out[key] for key in sorted(left_out)),
        warnings=(*_damage(chosen), *_mixtures(chosen)),
    )
    if not tables:
        reason = collection.left_out_sentence() or "the sessions hold no finished trial"
        raise AnalysisError(f"{', '.join(map(str, data))}: nothing is left to analyse; {reason}")
    return collection


def _ordered(names: Iterable[str], order: Sequence[str]) -> tuple[str, ...]:
    rank = {name: place for place, name in reversed(list(enumerate(order)))}
    return tuple(sorted(names, key=lambda name: (rank.get(name, len(order)), name)))


def _read_all(data: Sequence[Path], data_format: DataFormat) -> Iterable[SessionTrials]:
    for path in data:
        if path.is_dir():
            yield from (read_session(folder) for folder in session_folders(path))
        elif not path.exists():
            raise AnalysisError(
                f"{path} does not exist; give a data folder, a session folder or a trial table"
            )
        elif data_format == "sessions":
            raise AnalysisError(f"{path} is a file; --format sessions takes data folders and session folders")
        else:
            yield from _sessions_of_table(path)


def _sessions_of_table(path: Path) -> Iterable[SessionTrials]:
    table = read_table(path)
    # "model" rows have their own place in an analysis; the sessions are those of people, real or simulated.
    if (table["observer_kind"] == "model").any():
        raise AnalysisError(
            f"{path}: rows of models cannot be analysed as sessions; leave observer_kind model out"
        )
    for (observer, number), rows in table.groupby(["observer", "session"], sort=False):
        for column in ("observer_kind", "pilot", "finished"):
            if rows[column].nunique() > 1:
                raise AnalysisError(
                    f"{path}: {column} differs between trials of {observer}, session {number}; "
                    f"it holds for a whole session"
                )
        first = rows.iloc[0]
        yield SessionTrials(
            observer=str(observer),
            session=int(first["session"]),
            observer_kind=str(first["observer_kind"]),
            pilot=bool(first["pilot"]),
            finished=bool(first["finished"]),
            table=rows.reset_index(drop=True),
            origin=str(path),
        )


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
    known = [session.details.record for session in sessions if session.details]
    if len({record.protocol.sha256 for record in known}) > 1:
        names = sorted({record.protocol.name for record in known})
        yield f"sessions of different protocols are pooled ({', '.join(names)})"
    if len({record.manifest_sha256 for record in known}) > 1:
        yield "sessions that used different stimulus sets are pooled"
