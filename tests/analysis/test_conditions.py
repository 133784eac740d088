"""A lab's own list of conditions, from the protocol through a session to the report."""

from __future__ import annotations

import json
import shutil
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from analysis.collection import Allowed, collect
from analysis.report import write_report
from tests.experiment.material import PROTOCOLS, counted_clips, write_placeholders
from tests.experiment.sessions import run_here
from tests.experiment.test_plan_options import three_kinds

REFERENCE = PROTOCOLS.parent / "analysis" / "reference" / "ilic2022.yaml"


@dataclass(frozen=True)
class Lab:
    """A folder with protocols, stimuli of three kinds and an observer who knows them all."""

    folder: Path

    def protocol(self, conditions: tuple[str, ...], **fields: object) -> Path:
        label = {"en": "kind", "de": "Art"}
        content = yaml.safe_load((PROTOCOLS / "afd5.yaml").read_text("utf-8"))
        content |= {
            "name": "mine",
            "conditions": [{"name": name, "label": dict(label)} for name in conditions],
            "phases": [
                {"kind": "test", "condition": name, "clips_per_action": 3, "attention_checks": 2}
                for name in conditions
            ],
            **fields,
        }
        path = self.folder / "protocols" / "mine.yaml"
        path.write_text(yaml.safe_dump(content), "utf-8")
        return path

    def observer(self) -> Path:
        results = yaml.safe_load(REFERENCE.read_text("utf-8"))
        for part in results.values():
            if isinstance(part, dict) and "AFD5" in part:
                part["Gray5"] = deepcopy(part["AFD5"])
        folder = self.folder / "protocols" / "observers"
        (folder / "results.yaml").write_text(yaml.safe_dump(results), "utf-8")
        path = folder / "mine.yaml"
        path.write_text("format: 1\nname: mine\npublished_results: results.yaml\n", "utf-8")
        return path

    def report(self, protocol: Path, participants: int = 2) -> dict:
        data = self.folder / "data"
        for number in range(1, participants + 1):
            ended = run_here(
                *(protocol, "--simulate", "data", "--stimuli", self.folder / "set", "--data", data),
                *("--participant", f"P{number:03d}", "--observer", self.observer(), "--seed", number),
            )
            assert ended.exit_code == 0, ended.stderr
        collection = collect([data], Allowed(simulated=True))
        write_report(collection, self.folder / "out")
        return json.loads((self.folder / "out" / "summary.json").read_bytes())


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    shutil.copytree(PROTOCOLS, tmp_path / "protocols")
    write_placeholders(tmp_path / "set", three_kinds(counted_clips(12, 3)))
    return Lab(tmp_path)


@pytest.mark.parametrize("conditions", [("AFD5",), ("UCF5",), ("UCF5", "AFD5", "Gray5")], ids="+".join)
def test_any_list_of_conditions_comes_out_in_the_report(lab, conditions):
    summary = lab.report(lab.protocol(conditions, test_items="swapped"))
    assert list(summary["conditions"]) == list(conditions)
    for condition in summary["conditions"].values():
        # 15 test trials for each of two participants, and 2 checks that do not count
        assert (condition["trials"], condition["observers"]) == (30, 2)
    assert summary["quality"]["attention_checks"]["shown"] == 4 * len(conditions)
    assert len(summary["drops"]) == len(conditions) * (len(conditions) - 1) // 2
    page = (lab.folder / "out" / "report.html").read_text("utf-8")
    assert "two fixed lists" not in page


def test_conditions_that_change_places_keep_their_order_in_the_report(lab):
    summary = lab.report(lab.protocol(("UCF5", "AFD5"), condition_order="latin"))
    assert list(summary["conditions"]) == ["UCF5", "AFD5"]
    orders = []
    for number in (1, 2):
        session = lab.folder / "data" / "sessions" / f"P{number:03d}_01" / "session.json"
        phases = json.loads(session.read_text("utf-8"))["plan"]["phases"]
        orders.append([phase["condition"] for phase in phases])
    assert orders == [["UCF5", "AFD5"], ["AFD5", "UCF5"]]
