"""One row of a trial table, for tests that change what they are about."""

from __future__ import annotations

from analysis.tables import TrialRow


def trial_row(**changed: object) -> TrialRow:
    """A right answer of a participant to a clip of lunges, without a time."""
    fields: dict[str, object] = {
        "observer": "P001",
        "observer_kind": "human",
        "session": 1,
        "condition": "AFD5",
        "phase": "test",
        "trial": 1,
        "clip_id": "AFD5/v_Lunges_g01_c01",
        "group": 1,
        "action": "Lunges",
        "response": "Lunges",
        "correct": 1,
        "time_to_choose": None,
        "loops": None,
        "onset": None,
        "dropped_frames": None,
        "menu_order": None,
        "input": None,
        "source_clip_id": None,
        "split": "test",
        "attempt": 1,
        "confirmed_at": None,
        "pilot": 0,
        "finished": 1,
    }
    return TrialRow(**(fields | changed))  # type: ignore[arg-type]  # fields of any type
