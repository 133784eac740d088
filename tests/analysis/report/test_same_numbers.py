"""Page, summary.json, tables and downloads carry the same numbers; pictures are told in words."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest

from analysis.collection import collect
from analysis.exclusions import built_in_rules
from analysis.report import write_report
from tests.analysis.report.reading import ALL_OF_THEM


@dataclass
class ShownTable:
    file: str
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[ShownTable] = []
        self.pictures: list[dict[str, str]] = []
        self.downloads: dict[str, str] = {}
        self.figures: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "table":
            self.tables.append(ShownTable(given.get("data-file", "")))
        elif tag == "th":
            self.tables[-1].columns.append(given["data-column"])
        elif tag == "tr" and self.tables and self.tables[-1].columns:
            self.tables[-1].rows.append([])
        elif tag == "td":
            self.tables[-1].rows[-1].append(given["data-value"])
        elif tag == "img":
            self.pictures.append(given)
        elif tag == "figure":
            self.figures.append(given["id"])
        elif tag == "a" and "download" in given:
            self.downloads[given["download"]] = given["href"]
        elif tag == "a":
            self.links.append(given["href"])


@pytest.fixture(scope="module")
def report(study_data, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("agreement")
    write_report(collect([study_data], ALL_OF_THEM), folder, built_in_rules("recommended"))
    return folder


@pytest.fixture(scope="module")
def page(report: Path) -> Page:
    return Page((report / "report.html").read_text(encoding="utf-8"))


def tsv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", keep_default_na=False, dtype=str)


def test_every_value_on_the_page_stands_in_the_file_it_names(report: Path, page: Page) -> None:
    named = [table for table in page.tables if table.file]
    assert len(named) > 10
    for table in named:
        file = tsv(report / table.file)
        for place, column in enumerate(table.columns):
            written = set(file[column]) if column in file else set()
            # The model's own columns stand in another file, and measures are spelt out on the page.
            if not written or column == "measure":
                continue
            shown = {row[place] for row in table.rows} - {""}
            numbers = {f"{float(value):.9g}" for value in written if _is_number(value)}
            for value in shown:
                found = f"{float(value):.9g}" in numbers if _is_number(value) else value in written
                assert found or column == "method", (table.file, column, value)


def test_summary_and_tables_agree(report: Path) -> None:
    summary = json.loads((report / "summary.json").read_bytes())
    accuracy = tsv(report / "tables" / "accuracy.tsv")
    for name, condition in summary["conditions"].items():
        rows = accuracy[accuracy["condition"] == name]
        for key, column in (("by_action", "action"), ("by_observer", "observer")):
            for one, numbers in condition[key].items():
                (row,) = rows[rows[column] == one].to_dict("records")
                assert [float(row[bound]) for bound in ("accuracy", "low", "high")] == [
                    numbers[bound] for bound in ("mean", "low", "high")
                ]
    headline = tsv(report / "tables" / "headline.tsv")
    for row, record in zip(headline.to_dict("records"), summary["headline"], strict=True):
        assert row["number"] == record["number"]
        assert float(row["value"]) == record["value"]
    (whole,) = headline[(headline["number"] == "accuracy") & (headline["condition"] == "AFD5")]["value"]
    assert float(whole) == summary["conditions"]["AFD5"]["accuracy"]["mean"]
    (drop,) = headline[headline["number"] == "drop"]["value"]
    assert float(drop) == summary["drops"][0]["mean"]


def test_every_figure_is_told_in_words_with_its_numbers(report: Path, page: Page) -> None:
    summary = json.loads((report / "summary.json").read_bytes())
    assert len(page.pictures) == len(list((report / "figures").glob("*.svg")))
    for picture in page.pictures:
        assert len(re.findall(r"\d", picture["alt"])) >= 4, picture["alt"]
    (overview,) = [picture["alt"] for picture in page.pictures if picture["alt"].startswith("AFD5, 10")]
    mean = summary["conditions"]["AFD5"]["accuracy"]["mean"]
    assert f"accuracy {100 * mean:.1f}" in overview


def test_the_data_of_a_figure_can_be_taken_from_the_page(report: Path, page: Page) -> None:
    assert {file.partition("_AFD5")[0] for file in page.downloads} >= {
        "overview",
        "participants",
        "quantiles",
        "clips",
    }
    for href in page.downloads.values():
        kind, _, content = unquote(href).partition(",")
        assert kind == "data:text/tab-separated-values;charset=utf-8;base64"
        assert len(pd.read_csv(io.BytesIO(base64.b64decode(content)), sep="\t")) > 0
    clips = base64.b64decode(page.downloads["clips_AFD5_clips.tsv"].partition(",")[2]).decode()
    in_file = tsv(report / "tables" / "clips.tsv").query("condition == 'AFD5'")
    assert list(pd.read_csv(io.StringIO(clips), sep="\t")["clip_id"]) == list(in_file["clip_id"])


def test_every_figure_can_be_taken_from_the_page_with_its_data(report: Path, page: Page) -> None:
    files = {path.stem for path in (report / "figures").glob("*.svg")}
    assert set(page.figures) == files
    for name in files:
        assert any(download.startswith(f"{name}_") for download in page.downloads), name
        assert f"#{name}" in page.links


def test_choices_of_each_participant_are_those_of_the_trials(report: Path) -> None:
    trials = tsv(report / "tables" / "trials.tsv").query("phase == 'test' and attention_check == '0'")
    keys = ["observer", "condition", "action"]
    counted = trials.groupby([*keys, "response"]).size()
    pairs = tsv(report / "tables" / "participant_confusion.tsv").astype({"count": int})
    found = pairs[pairs["count"] > 0].set_index([*keys, "response"])["count"]
    assert found.sort_index().to_dict() == counted.to_dict()
    told = tsv(report / "tables" / "participant_sensitivity.tsv").astype({"hits": int, "signals": int})
    hits = trials[trials["correct"] == "1"].groupby(keys).size()
    assert told[told["hits"] > 0].set_index(keys)["hits"].sort_index().to_dict() == hits.to_dict()
    assert set(told["signals"]) == {18}


def test_one_interval_stands_for_one_accuracy_wherever_it_is_shown(report: Path) -> None:
    tables = report / "tables"
    accuracy = tsv(tables / "accuracy.tsv").query("action == 'all' and observer == 'all'")
    beside = tsv(tables / "mixed_model_beside_bootstrap.tsv")
    headline = tsv(tables / "headline.tsv").query("number == 'accuracy'")
    for name in ("low", "high"):
        assert list(accuracy[name]) == list(beside[name]) == list(headline[name])


def test_the_diagonal_of_the_confusions_has_the_intervals_of_the_accuracies(report: Path) -> None:
    tables = report / "tables"
    accuracy = tsv(tables / "accuracy.tsv").query("action != 'all' and observer == 'all'")
    diagonal = tsv(tables / "confusion.tsv").query("action == response")
    keys = ["condition", "action"]
    together = accuracy.merge(diagonal, on=keys, suffixes=("_accuracy", "_confusion"))
    assert len(together) == 10
    for name in ("low", "high", "method"):
        assert list(together[f"{name}_accuracy"]) == list(together[f"{name}_confusion"])


def test_numbers_stand_with_and_without_exclusions(study_data, report: Path, tmp_path: Path) -> None:
    # Given a participant who answers one action ten times in a row
    from analysis.tables import read_table, write_table

    table = read_table(report / "tables" / "trials.tsv")
    lazy = table["observer"] == "P001"
    table.loc[lazy & (table["phase"] == "test"), "response"] = "Swing"
    table["correct"] = (table["response"] == table["action"]).fillna(False).astype("Int64")
    write_table(table, tmp_path / "trials.tsv")
    # When the rules that come with the program are applied
    write_report(
        collect([tmp_path / "trials.tsv"], ALL_OF_THEM), tmp_path / "out", built_in_rules("recommended")
    )
    # Then it is gone from the one column and counted in the other
    headline = tsv(tmp_path / "out" / "tables" / "headline.tsv").set_index(["number", "condition"])
    assert float(headline.loc[("participants", "n/a"), "value"]) == 9
    assert float(headline.loc[("participants", "n/a"), "all_value"]) == 10
    assert float(headline.loc[("accuracy", "UCF5"), "value"]) > float(
        headline.loc[("accuracy", "UCF5"), "all_value"]
    )
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "After exclusions" in text
    assert "These numbers are after exclusions" in text


@pytest.mark.skipif(
    shutil.which("chromium") is None, reason="sorting is tried in chromium, which is not here"
)
def test_a_table_is_sorted_by_pressing_a_heading(report: Path, tmp_path: Path) -> None:
    page = (report / "report.html").read_text(encoding="utf-8")
    pressing = """<script>
      const table = document.querySelector('table[data-file="tables/clips.tsv"]');
      table.closest("details").open = true;
      const head = table.querySelector('th[data-column="clip_id"]');
      const button = head.querySelector("button");
      const firsts = () => [table.tBodies[0].rows[0], [...table.tBodies[0].rows].at(-1)]
        .map((row) => row.cells[0].dataset.value).join(" ");
      button.click(); const up = firsts() + " " + head.getAttribute("aria-sort");
      button.click(); const down = firsts() + " " + head.getAttribute("aria-sort");
      button.focus();
      document.title = [up, down, document.activeElement === button].join("|");
    </script></body>"""
    (tmp_path / "page.html").write_text(page.replace("</body>", pressing), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    dumped = subprocess.run(
        [
            "chromium",
            *options,
            f"--user-data-dir={tmp_path / 'c'}",
            "--dump-dom",
            f"file://{tmp_path}/page.html",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
    (title,) = re.findall("<title>(.*?)</title>", dumped, re.DOTALL)
    up, down, focused = title.split("|")
    clips = sorted(tsv(report / "tables" / "clips.tsv").query("condition == 'UCF5'")["clip_id"])
    assert up == f"{clips[0]} {clips[-1]} ascending"
    assert down == f"{clips[-1]} {clips[0]} descending"
    assert focused == "true"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
