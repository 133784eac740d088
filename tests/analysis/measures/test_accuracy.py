from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.measures.accuracy import accuracy, accuracy_drop, accuracy_drop_by_observer
from tests.analysis.measures.simulated import study


def test_new_clips_are_less_certain_than_these_very_clips() -> None:
    trials = study(20, np.random.default_rng(1))
    rows = {
        items: accuracy(trials, ["condition"], np.random.default_rng(2), items=items).iloc[0]
        for items in ("group", "clip", "fixed")
    }
    widths = {items: row["high"] - row["low"] for items, row in rows.items()}
    assert widths["fixed"] < widths["clip"]
    assert widths["fixed"] < widths["group"]
    assert rows["fixed"]["method"] == "bootstrap over participants, clips fixed"
    assert rows["clip"]["method"] == "crossed bootstrap over participants and clips"


def test_few_participants_make_wide_intervals() -> None:
    widths = []
    for people in (3, 10, 30):
        trials = study(people, np.random.default_rng(1))
        row = accuracy(trials, ["condition"], np.random.default_rng(2)).iloc[0]
        widths.append(row["high"] - row["low"])
    assert widths[0] > 1.5 * widths[1] > 1.5 * widths[2]


def test_a_known_drop_is_held_and_lies_between_the_participants_own() -> None:
    trials = study(12, np.random.default_rng(3), (("UCF5", 0.989), ("AFD5", 0.85)))
    row = accuracy_drop(trials, "UCF5", "AFD5", np.random.default_rng(1)).iloc[0]
    assert row["low"] < 0.139 < row["high"]
    own = accuracy_drop_by_observer(trials, "UCF5", "AFD5")
    assert own["observer"].tolist() == sorted(trials["observer"].unique())
    assert float(own["drop"].mean()) == pytest.approx(row["drop"])
    assert own["drop"].min() < row["drop"] < own["drop"].max()
    assert (own["method"] == "newcombe").all()


def test_people_who_are_as_good_in_both_have_a_narrower_drop_than_strangers() -> None:
    """The same answers in both conditions, or those of somebody else: the first drop is better known."""
    first = study(8, np.random.default_rng(4), (("UCF5", 0.8),))
    noise = first.assign(condition="AFD5", source_clip_id=first["clip_id"])
    better = noise["correct"].to_numpy().copy()
    better[np.random.default_rng(5).integers(0, len(better), 60)] = 0
    alike = pd.concat([first, noise.assign(correct=better)], ignore_index=True)
    names = {name: f"P{(place + 4) % 8:04d}" for place, name in enumerate(sorted(first["observer"].unique()))}
    shuffled = noise.assign(correct=better, observer=noise["observer"].map(names))
    strangers = pd.concat([first, shuffled], ignore_index=True)
    widths = []
    for trials in (alike, strangers):
        row = accuracy_drop(trials, "UCF5", "AFD5", np.random.default_rng(1)).iloc[0]
        widths.append(row["high"] - row["low"])
    assert widths[0] < 0.8 * widths[1]
