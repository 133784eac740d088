"""A whole study by simulated participants, from the command line of the session to that of the report."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from scipy.stats import binom

from analysis.reference import published
from analysis.tables import read_table
from tests.analysis.conftest import ACTIONS, published_choices
from tests.experiment.material import counted_clips, write_placeholders
from tests.experiment.sessions import REPOSITORY, STUDY, run

CODES = [f"P{number:03d}" for number in range(1, 11)]
CONDITIONS = ("UCF5", "AFD5")
TEST_CLIPS, TRAINING_CLIPS = 18, 4
"""Of every action in every condition, for every participant."""


def analysis(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "analysis", *map(str, arguments)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def band(trials: int, share: float, unlikely: float = 0.001) -> tuple[float, float]:
    """Between which counts ``trials`` answers stay at this true share, but for one study in 1 / unlikely."""
    low, high = binom.interval(1 - unlikely, trials, share)
    return float(low), float(high)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    stimuli = write_placeholders(folder / "stimuli", counted_clips(test=36, train=24))
    for seed, code in enumerate(CODES, start=1):
        given = ("--participant", code, "--seed", seed, "--stimuli", stimuli, "--data", folder / "data")
        done = run(STUDY, "--simulate", "data", *given)
        assert done.returncode == 0, done.stderr
    return folder / "data"


@pytest.fixture(scope="module")
def report(data: Path) -> Path:
    folder = data / "report"
    done = analysis("report", data, "-o", folder, "--allow-simulated")
    assert done.returncode == 0, done.stderr
    assert (done.stdout.strip(), done.stderr) == (str(folder / "report.html"), "")
    return folder


@pytest.fixture(scope="module")
def summary(report: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((report / "summary.json").read_bytes())
    return found


def test_every_participant_answered_the_clips_of_the_study(report: Path, summary: dict[str, Any]) -> None:
    table = read_table(report / "tables" / "trials.tsv")
    assert len(table) == 10 * 220
    each = table.groupby(["observer", "phase", "condition", "action"]).size()
    assert each.index.get_level_values("observer").unique().tolist() == CODES
    assert set(each.xs("test", level="phase")) == {TEST_CLIPS}
    assert set(each.xs("training", level="phase")) == {TRAINING_CLIPS}
    assert len(each) == 10 * 2 * len(CONDITIONS) * len(ACTIONS)
    for condition in summary["conditions"].values():
        assert (condition["trials"], condition["observers"]) == (900, 10)
        assert {row["trials"] for row in condition["by_observer"].values()} == {90}
        assert {row["trials"] for row in condition["by_action"].values()} == {180}


@pytest.mark.parametrize(("condition", "share"), [("UCF5", 0.989), ("AFD5", 0.898)])
def test_accuracies_agree_with_the_published(summary: dict[str, Any], condition: str, share: float) -> None:
    low, high = band(900, share)
    assert low <= summary["conditions"][condition]["accuracy"]["correct"] <= high


@pytest.mark.parametrize("condition", CONDITIONS)
def test_errors_are_where_people_made_them(summary: dict[str, Any], condition: str) -> None:
    """Actions that nobody took for each other are never mistaken; the other errors are as frequent."""
    confusion = summary["conditions"][condition]["confusion"]
    assert confusion["actions"] == list(ACTIONS)
    for action, counts in zip(ACTIONS, confusion["counts"], strict=True):
        for response, count, share in zip(ACTIONS, counts, published_choices(condition, action), strict=True):
            # Fifty cells are judged, and all of them together may fail one study in a thousand.
            low, high = band(180, float(share), unlikely=0.001 / 50) if share else (0, 0)
            assert low <= count <= high, f"{condition}: {action} was answered {response} {count} times"


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_median_choice_takes_as_long_as_that_of_people(summary: dict[str, Any], condition: str) -> None:
    times = summary["conditions"][condition]["time_to_choose"]["by_action"]
    for action, (_, q1, q3) in published().human_time_to_choose_s[condition].items():
        assert q1 < times[action]["median"] < q3


def test_everything_says_that_it_is_simulated(data: Path, report: Path, summary: dict[str, Any]) -> None:
    records = [json.loads(path.read_bytes()) for path in sorted(data.glob("sessions/*/session.json"))]
    assert len(records) == 10
    assert all(record["simulated"] for record in records)
    for path in sorted(report.glob("tables/*.tsv")):
        table = pd.read_csv(path, sep="\t")
        assert set(table["observer_kind"]) == {"simulated"}, path.name
    assert summary["provenance"]["simulated"]
    assert summary["provenance"]["observer_kinds"] == ["simulated"]
    page = (report / "report.html").read_text(encoding="utf-8")
    assert "These data are simulated: a program answered, no person took part." in page
    assert "<title>Simulated:" in page


def test_simulated_participants_make_no_report_unasked(data: Path, tmp_path: Path) -> None:
    done = analysis("report", data, "-o", tmp_path / "out")
    assert done.returncode == 2
    assert "left out 10 of 10 sessions" in done.stderr
    assert "--allow-simulated" in done.stderr
    assert not (tmp_path / "out").exists()


def test_one_session_folder_makes_a_report_of_its_own(data: Path, tmp_path: Path) -> None:
    done = analysis("report", data / "sessions" / "P001_01", "-o", tmp_path / "out", "--allow-simulated")
    assert (done.returncode, done.stderr) == (0, "")
    own = json.loads((tmp_path / "out" / "summary.json").read_bytes())
    assert own["quality"]["sessions"] == 1
    for condition in CONDITIONS:
        found = own["conditions"][condition]
        assert list(found["by_observer"]) == ["P001"]
        assert (found["trials"], found["accuracy"]["method"]) == (90, "wilson")
