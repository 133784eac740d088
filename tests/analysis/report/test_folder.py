"""Which files a report has, and whose they are."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.collection import collect
from analysis.errors import AnalysisError
from analysis.report import write_report
from analysis.tables import read_table
from tests.analysis.conftest import write_session
from tests.analysis.report.reading import ALL_OF_THEM, page_of, summary_of

FIGURES = [
    "choices_AFD5",
    "choices_UCF5",
    "clips_AFD5",
    "clips_UCF5",
    "drop_UCF5_AFD5",
    "learning",
    "overview_AFD5",
    "overview_UCF5",
    "participants_AFD5",
    "participants_UCF5",
    "quantiles_AFD5",
    "quantiles_UCF5",
    "speed_accuracy",
    "timing",
    "within_participants",
]


def test_the_folder_holds_the_files_of_a_report(study_report: Path) -> None:
    files = sorted(str(path.relative_to(study_report)) for path in study_report.rglob("*") if path.is_file())
    # Those without a questionnaire: these sessions have none.
    assert sorted(path.stem for path in (study_report / "figures").glob("*.svg")) == FIGURES
    assert sorted(path.stem for path in (study_report / "figures").glob("*.png")) == FIGURES
    assert {path.stem for path in (study_report / "tables").glob("*.tsv")} >= {
        "headline",
        "accuracy",
        "accuracy_drop",
        "confusion",
        "choice_times",
        "exclusions",
        "timing",
        "trials",
    }
    assert summary_of(study_report)["provenance"]["files"] == files


def test_the_page_needs_no_other_file_and_no_network(study_report: Path) -> None:
    page = page_of(study_report)
    pictures = [link for link in page.links if link.startswith("data:image/svg+xml;base64,")]
    downloads = [link for link in page.links if link.startswith("data:text/tab-separated-values")]
    inside = [link for link in page.links if link.startswith("#")]
    assert len(pictures) == len(FIGURES)
    assert len(downloads) >= len(FIGURES)
    assert len(pictures) + len(downloads) + len(inside) == len(page.links)
    assert "http" not in re.sub(r"base64,[A-Za-z0-9+/=]+", "", (study_report / "report.html").read_text())


def test_every_table_says_that_the_data_are_simulated(study_report: Path) -> None:
    for path in (study_report / "tables").iterdir():
        table = pd.read_csv(path, sep="\t", keep_default_na=False)
        assert set(table["observer_kind"]) == {"simulated"}, path
        assert set(table["pilot"]) == {0}, path


def test_a_report_of_the_reports_own_table_has_the_same_numbers(study_report: Path, tmp_path: Path) -> None:
    table = study_report / "tables" / "trials.tsv"
    assert len(read_table(table)) == 2200
    write_report(collect([table], ALL_OF_THEM), tmp_path)
    one, other = summary_of(study_report), summary_of(tmp_path)
    assert other["conditions"] == one["conditions"]
    assert other["provenance"]["trial_table_sha256"] == one["provenance"]["trial_table_sha256"]
    assert "is not on record" in page_of(tmp_path).text


def test_the_same_data_give_the_same_files(study_data, study_report: Path, tmp_path: Path) -> None:
    write_report(collect([study_data], ALL_OF_THEM), tmp_path)
    for path in (file for file in study_report.rglob("*") if file.is_file()):
        assert (tmp_path / path.relative_to(study_report)).read_bytes() == path.read_bytes(), path


def test_a_report_made_again_replaces_its_own_files_and_no_others(make_session, recipe, tmp_path) -> None:
    out, one = tmp_path / "out", make_session(recipe)
    write_report(collect([one], ALL_OF_THEM), out)
    (out / "figures" / "mine.svg").write_text("drawn by hand", encoding="utf-8")
    other = write_session(tmp_path / "second", replace(recipe, conditions=("UCF5",)))
    write_report(collect([other], ALL_OF_THEM), out)
    names = {path.name for path in (out / "figures").iterdir()}
    assert {"mine.svg", "overview_UCF5.png", "overview_UCF5.svg"} <= names
    assert not [name for name in names if "AFD5" in name]
    assert list(summary_of(out)["conditions"]) == ["UCF5"]


def test_training_alone_makes_no_report(make_session, recipe, tmp_path) -> None:
    make_session(replace(recipe, test_per_action=0))
    with pytest.raises(AnalysisError, match="training trials only"):
        write_report(collect([tmp_path / "data"], ALL_OF_THEM), tmp_path / "out")
    assert not (tmp_path / "out").exists()
