from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from analysis.decisions.findings import OfferedActions, decision_findings
from analysis.figures.decision_quantiles import decision_quantiles
from analysis.figures.network_times import network_times
from analysis.style import SMALLEST_PT
from analysis.tables import COLUMNS, write_table
from tests.analysis.decisions.people_and_network import network_answers, people_like
from tests.analysis.measures.simulated import ACTIONS
from tests.analysis.running import Run


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
def decisions(analysis: Run) -> Callable[..., tuple[int, str]]:
    def run(*arguments: object) -> tuple[int, str]:
        done = analysis("decisions", *arguments)
        return done.code, done.stderr

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


def test_a_network_that_lacks_clips_foretells_the_others(decisions, tables, tmp_path) -> None:
    people, net = tables
    write_table(people, tmp_path / "people.tsv")
    write_table(net.iloc[:70], tmp_path / "net.tsv")
    out = tmp_path / "out"
    code, told = decisions(tmp_path / "people.tsv", "--predictions", tmp_path / "net.tsv", "-o", out)
    assert code == 0, told
    assert "note: AFD5: Net has no probabilities for 20 clips that people answered" in told
    assert len(pd.read_csv(out / "tables" / "network_times_by_clip.tsv", sep="\t")) == 70


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


def remarks_on(people: pd.DataFrame) -> tuple[str, ...]:
    offered = [OfferedActions("AFD5", ACTIONS)]
    return decision_findings(people, people.iloc[:0], offered, np.random.default_rng(1)).remarks


def test_answers_that_do_not_count_are_counted_aloud(tables) -> None:
    """The first person answered two clips again, and gave no answer to three; one answer has no time."""
    people = tables[0].copy()
    people.loc[people.index[10:13], ["response", "time_to_choose", "correct"]] = [pd.NA, np.nan, 0]
    people.loc[people.index[20], "time_to_choose"] = np.nan
    again = people.iloc[:2].assign(trial=[91, 92], time_to_choose=99.0)
    found = remarks_on(pd.concat([people, again], ignore_index=True))
    assert found == (
        "answers that do not count because the same observer had answered the item before: 2 (observers: 1)",
        (
            "AFD5: trials without a response: 3 (observers: 1); they are in no race, and wrong answers in "
            "EZ-diffusion"
        ),
        "AFD5: answers without a time: 1; they are in no race",
    )


def test_where_nothing_can_be_fitted_it_is_said_why(tables) -> None:
    people = tables[0]
    assert remarks_on(people.assign(time_to_choose=2.0)) == (
        "AFD5: 5 of 5 participants have no race: all 90 times are 2.0 s; a race needs times that differ",
        "AFD5: 5 of 5 participants have no EZ-diffusion: all times are the same",
    )
    untimed = remarks_on(people.assign(time_to_choose=np.nan))
    assert untimed[:2] == (
        "AFD5: answers without a time: 450; they are in no race",
        "AFD5: no race is fitted, since no answer has a time",
    )
    assert untimed[2].endswith("have no EZ-diffusion: fewer than 10 right answers have a time")
    few = people[people["trial"] <= 9 + people["observer"].str[-1].astype(int)]
    assert remarks_on(few)[0] == (
        "AFD5: 5 of 5 participants have no race: a race needs 20 answers with a time, and there are 9; and "
        "for 4 other reasons"
    )


@pytest.mark.parametrize("right", [0, 1])
def test_nobody_or_everybody_wrong_is_no_obstacle(tables, right) -> None:
    after = dict(zip(ACTIONS, (*ACTIONS[1:], ACTIONS[0]), strict=True))
    people = tables[0].assign(correct=right)
    people["response"] = people["action"] if right else people["action"].map(after)
    found = decision_findings(
        people, people.iloc[:0], [OfferedActions("AFD5", ACTIONS)], np.random.default_rng(1)
    )
    assert np.isfinite(found.races[["value", "low", "high"]].to_numpy(dtype=float)).all()
    assert found.quantiles.loc[found.quantiles["answer"] == "right", "share"].eq(right).all()
    assert found.ez["value"].notna().all() == bool(right)


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
