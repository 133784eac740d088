"""The numbers of a report for other programs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.collection import collect
from analysis.report.findings import gather
from analysis.report.summary_json import summary_json
from tests.analysis.report.reading import ALL_OF_THEM, summary_of


def test_the_summary_has_the_shape_that_is_fixed_for_it(study_report: Path) -> None:
    summary = summary_of(study_report)
    assert summary["format"] == 1
    assert list(summary["conditions"]) == ["UCF5", "AFD5"]
    for condition in summary["conditions"].values():
        assert (condition["trials"], condition["observers"]) == (900, 10)
        assert condition["accuracy"].keys() >= {"mean", "low", "high"}
        assert condition["accuracy"]["method"] == "crossed bootstrap over participants and clip groups"
        assert list(condition["by_action"]) == ["JumpingJack", "Lunges", "PullUps", "PushUps", "Swing"]
        assert len(condition["by_observer"]) == 10
        assert condition["confusion"]["actions"] == list(condition["by_action"])
        counts = condition["confusion"]["counts"]
        assert [sum(row) for row in counts] == [180] * 5
        right = sum(counts[place][place] for place in range(5))
        assert right / 900 == pytest.approx(condition["accuracy"]["mean"])
        times = condition["time_to_choose"]
        assert times.keys() >= {"median", "q1", "q3", "by_action", "correct", "wrong"}
        assert times["q1"] < times["median"] < times["q3"]
        assert times["correct"]["trials"] + times["wrong"]["trials"] == 900
    assert summary["models"] == {}
    assert list(summary["agreement"]) == ["UCF5", "AFD5"]
    for agreement in summary["agreement"].values():
        (among_people,) = agreement["means"]
        assert (among_people["kind"], among_people["pairs"]) == ("human-human", 45)
        assert len(agreement["pairs"]) == 45
    assert summary["quality"]["sessions"] == 10
    assert summary["quality"]["dropped_frames"] == 0
    provenance = summary["provenance"]
    assert (provenance["simulated"], provenance["pilot"]) == (True, False)
    assert provenance["protocols"] == [{"name": "afd5", "sha256": "a" * 64}]
    assert provenance["manifests_sha256"] == ["c" * 64]
    table = (study_report / "tables" / "trials.tsv").read_bytes()
    assert provenance["trial_table_sha256"] == hashlib.sha256(table).hexdigest()


def test_an_action_never_answered_wrong_has_no_time_of_wrong_answers(make_session, recipe, tmp_path) -> None:
    make_session(replace(recipe, answer=lambda _, action, __: action))
    findings = gather(collect([tmp_path / "data"], ALL_OF_THEM))
    times = json.loads(summary_json(findings, []))["conditions"]["UCF5"]["time_to_choose"]
    nothing = dict.fromkeys(("median", "low", "high", "q1", "q3"))
    assert times["wrong"] == {"trials": 0, **nothing}
    assert times["by_action"]["Swing"]["wrong"]["median"] is None
