"""Choice and time together in the report, where that is asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.collection import Allowed
from analysis.commands.data_options import with_predictions
from analysis.report.decision_exhibits import decision_exhibits, decision_page_tables
from analysis.report.findings import Findings, gather
from analysis.report.notes import times_notes
from analysis.report.result_tables import result_tables
from analysis.tables import COLUMNS, write_table
from tests.analysis.decisions.people_and_network import network_answers, people_like


@pytest.fixture(scope="module")
def findings(tmp_path_factory) -> Findings:
    """Four people, one of whom left a trial without an answer, and the network that drives them."""
    folder: Path = tmp_path_factory.mktemp("decided")
    rng = np.random.default_rng(8)
    net = network_answers(rng)
    people = people_like(net, 4, 0.2, 0.6, rng)
    people.loc[0, ["response", "time_to_choose", "correct"]] = [None, np.nan, 0]
    shares = [name for name in net.columns if name.startswith("p_")]
    write_table(people.reindex(columns=list(COLUMNS)), folder / "people.tsv")
    write_table(net.reindex(columns=[*COLUMNS, *shares]), folder / "net.tsv")
    collection = with_predictions([folder / "people.tsv"], [folder / "net.tsv"], Allowed(), "auto")
    return gather(collection, fit_decisions=True)


def test_races_and_times_of_networks_are_drawn_and_told_in_words(findings) -> None:
    exhibits = list(decision_exhibits(findings))
    assert [exhibit.name for exhibit in exhibits] == ["race_quantiles_AFD5", "network_times_AFD5_Net"]
    assert all(exhibit.figure is not None for exhibit in exhibits)
    right = findings.decisions.quantiles.query("answer == 'right' and action == 'Swing'").iloc[0]
    assert f"Swing: right {100 * right['share']:.1f}" in exhibits[0].alt
    assert exhibits[1].alt.startswith("Log-likelihood gained per trial by evidence over the right action: 0.")


def test_ez_diffusion_and_what_networks_foretell_stand_in_tables(findings) -> None:
    ez, foretold = decision_page_tables(findings.decisions)
    assert len(ez.rows) == 3 * 4
    assert {row[4].text for row in ez.rows} == {"drift", "boundary", "non-decision time, s"}
    assert "rank correlation of right answers" in {row[2].text for row in foretold.rows}
    assert {(row[3].text, row[4].text) for row in foretold.rows} >= {("both", "the right action")}
    written = result_tables(findings)
    assert {"ez_diffusion", "races", "race_quantiles", "network_times", "network_times_by_clip"} <= set(
        written
    )


def test_what_is_in_no_race_is_said_on_the_page(findings) -> None:
    assert any(
        note.startswith("Choice and time together: AFD5: trials without a response: 1 (observers: 1)")
        for note in times_notes(findings)
    )


def test_a_report_without_decisions_has_none_of_it(findings) -> None:
    plain = replace(findings, decisions=None)
    assert list(decision_exhibits(plain)) == []
    assert decision_page_tables(plain.decisions) == ()
    assert "ez_diffusion" not in result_tables(plain)
