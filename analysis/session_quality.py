"""Per session: how well it was shown, and what else is known of that."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.measures.quality import session_timing
from analysis.sessions import SessionTrials

_FACTS = (
    "session",
    "backend",
    "pacing",
    "refresh_hz",
    "too_soon_presses",
    "response_source",
    "input_changes",
    "resumed",
    "longest_gap_s",
    "held_up_s",
)


def session_quality(sessions: Sequence[SessionTrials]) -> pd.DataFrame:
    """The table of ``session_timing`` with what else is known of the sessions; of tables, that stays empty.

    Returns
    -------
    DataFrame
        The columns of ``session_timing``, then ``backend``, ``pacing`` (``vsync``, ``software``,
        ``virtual``), ``refresh_hz`` (of the display), ``shown_hz`` (one over the mean time between flips),
        ``too_soon_presses`` (within the minimum viewing time, no answers), ``response_source`` (who told the
        times of presses), ``input_changes`` (sentences, joined by ``; ``), ``resumed`` (how often),
        ``longest_gap_s`` (before a resumption), ``held_up_s`` (waiting for the disk). One row per session
        with a trial, in the order of ``sessions``.
    """
    tables = [session.table for session in sessions if len(session.table)]
    timing = session_timing(pd.concat(tables, ignore_index=True))
    facts = pd.DataFrame(
        [_facts(session) for session in sessions if len(session.table)], columns=list(_FACTS)
    )
    facts = facts.astype({"too_soon_presses": "Int64", "resumed": "Int64"})
    quality: pd.DataFrame = timing.merge(facts, on="session", how="left", validate="one_to_one")
    # Beside what the display says of itself.
    quality.insert(list(quality.columns).index("refresh_hz") + 1, "shown_hz", 1000 / quality["interval_ms"])
    return quality


def _facts(session: SessionTrials) -> tuple[object, ...]:
    facts = session.facts
    if facts is None:
        return (session.name, *[None] * (len(_FACTS) - 1))
    display = facts.display
    return (
        session.name,
        display.backend,
        display.pacing,
        display.refresh_hz,
        facts.too_soon_presses,
        display.response_source,
        "; ".join(facts.input_changes) or None,
        facts.resumed,
        None if facts.gaps_s is None else max(facts.gaps_s, default=0.0),
        None if facts.held_up_s is None else float(facts.held_up_s),
    )
