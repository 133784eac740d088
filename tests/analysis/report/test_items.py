"""What is drawn beside participants: groups of clips, single clips, or nothing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from analysis.__main__ import app
from tests.analysis.report.reading import page_of, summary_of

_ALL = ("--allow-simulated", "--allow-pilot", "--exclusions", "none")
_TABLES = (
    "accuracy",
    "accuracy_drop",
    "confusion",
    "choice_times",
    "time_quantiles",
    "sensitivity",
    "blocks",
)


@pytest.mark.parametrize(
    ("items", "method", "said"),
    [
        ("clip", "crossed bootstrap over participants and clips", "draws participants and clips crossed"),
        ("fixed", "bootstrap over participants, clips fixed", "new people and these very clips"),
    ],
)
def test_single_clips_or_none_can_be_asked_for(
    study_data: Path, study_report: Path, tmp_path: Path, items: str, method: str, said: str
) -> None:
    # Given a study whose clips are in groups, reported with another question
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["report", str(study_data), "-o", str(out), "--items", items, *_ALL])
    assert done.exit_code == 0, done.output
    # Then every table of people says what was drawn, and none that groups were
    for name in _TABLES:
        methods = set(pd.read_csv(out / "tables" / f"{name}.tsv", sep="\t").filter(like="method").stack())
        assert any(one.startswith(method) for one in methods), name
        assert not any("clip groups" in one for one in methods), name
    # And the methods paragraph and the provenance say it
    assert said in page_of(out).text
    summary = summary_of(out)
    assert summary["provenance"]["bootstrap_items"] == items
    assert summary["conditions"]["AFD5"]["accuracy"]["method"] == method
    assert summary_of(study_report)["provenance"]["bootstrap_items"] == "group"


def test_another_name_is_refused(study_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["report", str(study_data), "-o", str(out), "--items", "actor", *_ALL])
    assert done.exit_code == 2
    assert not out.exists()
