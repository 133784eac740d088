"""How the page writes numbers and tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.measures.accuracy import accuracy
from analysis.measures.choice_times import TOO_FEW
from analysis.measures.mixed_model import disagreement, mixed_model
from analysis.measures.time_fits import time_fits
from analysis.measures.within_participant import within_participant_intervals
from analysis.report.page_tables import NARROW, Column, method, page_table, unbroken
from analysis.report.tables_of_accuracy import mixed_table, within_table
from analysis.report.tables_of_choices import choice_tables
from analysis.report.tables_of_quality import quality_tables
from analysis.report.tables_of_times import time_tables
from tests.analysis.measures.simulated import study


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("95 % of 2.5 s", f"95{NARROW}% of 2.5{NARROW}s"),
        ("16.7 ms at 60 Hz", f"16.7{NARROW}ms at 60{NARROW}Hz"),
        ("2 sessions, 10 minutes", "2 sessions, 10 minutes"),
    ],
)
def test_a_unit_stays_with_its_number(text, kept) -> None:
    assert unbroken(text) == kept


def test_what_was_not_computed_is_called_as_it_stands_in_the_file_and_on_the_page() -> None:
    assert TOO_FEW.startswith("; not computed where n/a")
    assert method(f"order statistics{TOO_FEW}").startswith("order statistics; not computed where “–” stands")


@pytest.mark.parametrize(("observers", "shown"), [(100, True), (101, False)])
def test_choices_of_very_many_participants_stand_in_their_file_alone(observers, shown) -> None:
    pair = {"condition": "AFD5", "action": "Swing", "response": "Swing", "count": 9, "share": 1.0}
    rows = pd.DataFrame(
        [pair | {"observer": f"P{number}", "low": 0.7, "high": 1.0} for number in range(observers)]
    )
    *_, of_each, _ = choice_tables({"participant_confusion": rows}, observers)
    assert bool(of_each.rows) is shown
    assert shown or "101" in of_each.instead


def test_sessions_of_which_nothing_is_known_have_no_table_of_dashes() -> None:
    timing = pd.DataFrame(
        {"session": ["P1_01"], "trials": [90], "dropped_frames": [2], "dropped_share": [0.1]}
    )
    absent = ["refresh_hz", "interval_ms", "interval_sd_ms", "worst_interval_sd_ms", "early_presses"]
    absent += ["too_soon_presses", "response_source", "input_changes", "resumed", "longest_gap_s"]
    timing = timing.assign(**dict.fromkeys(absent))
    display, presses = quality_tables({"timing": timing})
    assert display.rows
    assert not presses.rows
    assert presses.instead == "the data say nothing of it."


def test_of_one_participant_no_table_of_dashes_compares_conditions() -> None:
    scores = pd.DataFrame({"observer": "P1", "condition": ["UCF5", "AFD5"], "accuracy": [1.0, 0.9]})
    trials = study(1, np.random.default_rng(1))
    model = mixed_model(trials)
    beside = disagreement(model, accuracy(trials, ["condition"], np.random.default_rng(1)))
    tables = {
        "within_participants": within_participant_intervals(scores, "accuracy"),
        "mixed_model": model,
        "mixed_model_beside_bootstrap": beside,
    }
    assert not within_table(tables).rows
    assert not mixed_table(tables).rows
    of_two = pd.concat([scores, scores.assign(observer="P2", accuracy=[0.9, 0.9])])
    compared = within_table({"within_participants": within_participant_intervals(of_two, "accuracy")})
    assert [row[0].text for row in compared.rows] == ["UCF5", "AFD5"]


def test_an_interval_that_is_not_there_is_said_once() -> None:
    frame = pd.DataFrame({"low": [0.1, None], "high": [0.2, None]})
    column = Column("low", "95 % interval", lambda end: "n/a" if pd.isna(end) else str(end), high="high")
    table = page_table("Kappa", frame, (column,))
    assert [cells[0].text for cells in table.rows] == ["0.1 to 0.2", "n/a"]


def test_parameters_of_fitted_times_stand_with_their_intervals() -> None:
    trials = study(1, np.random.default_rng(1))
    fits = time_fits(trials, ["condition", "observer"], np.random.default_rng(1), draws=19)
    *_, shown = time_tables({"time_fits": fits})
    heads = [column.head for column in shown.heads]
    for letter, name in (("μ", "mu"), ("σ", "sigma"), ("τ", "tau")):
        place = heads.index(f"{letter}, 95 % interval")
        (row,) = [row for row in shown.rows if any(cell.text == "ex-gaussian" for cell in row)]
        low, high = fits.set_index("distribution").loc["ex-gaussian", [f"{name}_low", f"{name}_high"]]
        assert f"{low:.2f}" in row[place].text
        assert f"{high:.2f}" in row[place].text
