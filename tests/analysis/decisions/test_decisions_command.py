from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from analysis.__main__ import main
from analysis.decisions.findings import OfferedActions, decision_findings
from analysis.figures.decision_quantiles import decision_quantiles
from analysis.figures.network_times import network_times
from analysis.style import SMALLEST_PT
from analysis.tables import COLUMNS, write_table
from tests.analysis.decisions.people_and_network import network_answers, people_like
from tests.analysis.measures.simulated import ACTIONS


@pytest.fixture(scope="module")
def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Five people and the network that drives them, complete trial tables."""
    rng = np.random.default_rng(8)
    net = network_answers(rng)
    people = people_like(net, 5, 0.2, 0.6, rng)
    return complete(people), complete(net)


def complete(table: pd.DataFrame) -> pd.DataFrame:
    shares = [name for name in table.columns if name.startswith("p_")]
    return table.reindex(columns=[*COLUMNS, *shares])


@pytest.fixture
def decisions(monkeypatch, capsys) -> Callable[..., tuple[int, str]]:
    def run(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["analysis", "decisions", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0), capsys.readouterr().err

    return run


def test_it_writes_tables_and_figures_of_people_and_network(decisions, tables, tmp_path) -> None:
    people, net = tmp_path / "people.tsv", tmp_path / "net.tsv"
    write_table(tables[0], people)
    write_table(tables[1], net)
    out = tmp_path / "out"
    code, told = decisions(people, "--predictions", net, "-o", out)
    assert code == 0, told
    assert sorted(path.name for path in (out / "tables").iterdir()) == [
        "ez_diffusion.tsv",
        "network_times.tsv",
        "network_times_by_clip.tsv",
        "race_quantiles.tsv",
        "races.tsv",
    ]
    assert sorted(path.name for path in (out / "figures").glob("*.png")) == [
        "network_times_AFD5_Net.png",
        "race_quantiles_AFD5.png",
    ]
    measures = pd.read_csv(out / "tables" / "network_times.tsv", sep="\t")
    assert measures.loc[measures["quantity"] == "gain", "value"].max() > 0.3


def test_without_predictions_there_are_people_alone(decisions, tables, tmp_path) -> None:
    write_table(tables[0], tmp_path / "people.tsv")
    code, told = decisions(tmp_path / "people.tsv", "-o", tmp_path / "out")
    assert code == 0, told
    assert not (tmp_path / "out" / "tables" / "network_times.tsv").exists()
    assert (tmp_path / "out" / "tables" / "races.tsv").exists()


def test_a_model_without_probabilities_is_named_and_the_rest_is_done(decisions, tables, tmp_path) -> None:
    people, net = tables
    write_table(people, tmp_path / "people.tsv")
    write_table(net[list(COLUMNS)], tmp_path / "net.tsv")
    code, told = decisions(
        tmp_path / "people.tsv", "--predictions", tmp_path / "net.tsv", "-o", tmp_path / "o"
    )
    assert code == 0
    assert "Net, AFD5: no times are predicted: Net has no probabilities" in told


def test_models_alone_have_no_decisions(decisions, tables, tmp_path) -> None:
    write_table(tables[1], tmp_path / "net.tsv")
    code, told = decisions(tmp_path / "net.tsv", "-o", tmp_path / "out")
    assert code == 2
    assert told.strip().splitlines()[-1].startswith("there is no test trial of a person")
    assert not (tmp_path / "out").exists()


def test_rules_that_leave_nobody_are_named(decisions, tables, tmp_path) -> None:
    slips = tables[0].assign(time_to_choose=0.1)
    write_table(slips, tmp_path / "people.tsv")
    code, told = decisions(tmp_path / "people.tsv", "-o", tmp_path / "out")
    assert code == 2
    assert "the rules of exclusion (recommended) leave no test trial" in told
    assert not (tmp_path / "out").exists()


def test_the_figures_say_what_they_show_and_no_letter_is_too_small(tables) -> None:
    people, net = tables
    found = decision_findings(people, net, [OfferedActions("AFD5", ACTIONS)], np.random.default_rng(1))
    quantiles = decision_quantiles("AFD5", found.quantiles, ACTIONS, 5, "simulated")
    times = network_times(found.clips, found.measures, ACTIONS, 5, "")
    words = [text.get_text() for figure in (quantiles, times) for text in figure.findobj(Text)]
    assert "5 participants, 450 timed test trials, a race for each participant" in words
    assert "SIMULATED DATA" in words
    assert any(word.startswith("rank correlation 0.") for word in words)
    shown = [text for figure in (quantiles, times) for text in figure.findobj(Text) if text.get_text()]
    assert min(text.get_fontsize() for text in shown) >= SMALLEST_PT
    by_clip, gains = times.axes
    assert sum(len(line.get_xdata()) for line in by_clip.lines if line.get_linestyle() == "None") == 90
    assert [label.get_text() for label in gains.get_yticklabels()][:2] == ["evidence", "right action"]


def test_the_folder_is_not_that_of_what_is_read(decisions, tables, tmp_path) -> None:
    (tmp_path / "tables").mkdir()
    write_table(tables[0], tmp_path / "tables" / "people.tsv")
    code, told = decisions(tmp_path / "tables" / "people.tsv", "-o", tmp_path)
    assert code == 2
    assert "would replace it" in told
    assert sorted(path.name for path in Path(tmp_path).rglob("*")) == ["people.tsv", "tables"]
