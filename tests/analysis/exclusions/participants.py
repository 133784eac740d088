"""Participants whose trials are judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from analysis.tables import TrialRow, table_of

ACTIONS = ("JumpingJack", "Lunges", "PullUps", "PushUps", "Swing")


Change = Callable[[TrialRow], TrialRow]


def trials_of(
    observer: str, change: Change = lambda row: row, tests: int = 20, training: int = 5
) -> list[TrialRow]:
    """Somebody who answers everything right after 2 s, half a clip; ``change`` alters single trials."""
    rows = []
    for condition in ("UCF5", "AFD5"):
        for phase, number in (("training", training), ("test", tests)):
            for trial in range(1, number + 1):
                action = ACTIONS[trial % 5]
                rows.append(
                    TrialRow(
                        observer=observer,
                        observer_kind="human",
                        session=1,
                        condition=condition,
                        phase=phase,
                        trial=trial,
                        clip_id=f"{condition}/v_{action}_g01_c{trial:02d}",
                        group=1,
                        action=action,
                        response=action,
                        correct=1,
                        time_to_choose=2.0,
                        loops=0.5,
                        onset=float(trial),
                        dropped_frames=0,
                        menu_order="|".join(ACTIONS),
                        input="key",
                        source_clip_id=None,
                        split=None,
                        attempt=1,
                        confirmed_at=None,
                        pilot=0,
                        finished=1,
                        flips=120,
                        early_presses=0,
                    )
                )
    return [change(row) for row in rows]


def answering(row: TrialRow, response: str | None) -> TrialRow:
    return replace(
        row,
        response=response,
        correct=int(response == row.action),
        time_to_choose=None if response is None else row.time_to_choose,
        input=None if response is None else "key",
    )


def seen(row: TrialRow, action: str, menu: str | None) -> TrialRow:
    """The trial with another clip; the answer stays."""
    clip = f"{row.condition}/v_{action}_g01_c{row.trial:02d}"
    return answering(replace(row, action=action, clip_id=clip, menu_order=menu), row.response)


def table(*people: Sequence[TrialRow]) -> pd.DataFrame:
    rows = [row for person in people for row in person]
    return table_of(rows, [f"row {number}" for number in range(len(rows))])


def in_test(row: TrialRow, condition: str, *numbers: int) -> bool:
    return row.phase == "test" and row.condition == condition and row.trial in numbers
