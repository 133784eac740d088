"""The tables in analysis/reference/predictions are what their records and cards say."""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

import pytest

from analysis.models.model_card import Card
from analysis.models.predictions import read_record
from analysis.tables import read_table

FOLDER = Path(str(files("analysis.reference") / "predictions"))
NAMES = sorted(path.stem for path in FOLDER.glob("*.tsv"))


def test_a_network_with_and_one_without_flow_answered_both_conditions() -> None:
    networks = ("e2s-x3d-small", "x3d-xs-small")
    assert [f"{network}-{condition}" for network in networks for condition in ("afd5", "ucf5")] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_table_record_card_and_log_are_of_one_network(name: str) -> None:
    record = read_record(FOLDER / f"{name}.tsv")  # refuses a table of another checksum
    card = Card.model_validate_json((FOLDER / f"{name}.card.json").read_bytes())
    assert record is not None
    assert record.learnt is not None
    assert record.weights_sha256 == card.weights_sha256
    assert record.learnt.clip_ids == card.training_clip_ids
    with (FOLDER / f"{name}.log.csv").open() as file:
        epochs = list(csv.DictReader(file))
    assert len(epochs) == card.metrics["epochs"]
    best = epochs[int(card.metrics["best epoch"]) - 1]
    assert float(best["validation_accuracy"]) == card.metrics["validation accuracy"]


@pytest.mark.parametrize("name", NAMES)
def test_no_clip_that_was_answered_had_been_seen_in_training(name: str) -> None:
    table = read_table(FOLDER / f"{name}.tsv")
    card = Card.model_validate_json((FOLDER / f"{name}.card.json").read_bytes())
    held_out = card.configuration["validation_clip_ids"]
    assert isinstance(held_out, list)
    assert set(table["split"]) == {"test"}
    assert not set(table["clip_id"]) & {*card.training_clip_ids, *map(str, held_out)}
    groups = {group.rpartition(" ")[2] for group in card.training_groups}
    assert not set(table["group"].astype(str)) & groups


@pytest.mark.parametrize("name", NAMES)
def test_accuracies_are_those_of_the_page(name: str, repository: Path) -> None:
    page = (repository / "docs" / "models.md").read_text(encoding="utf-8")
    title = {"e2s-x3d-small": "E2S-X3D small", "x3d-xs-small": "X3D-XS small"}[name.rpartition("-")[0]]
    row = next(line for line in page.splitlines() if line.startswith(f"| {title} ("))
    cell = row.split("|")[2 if name.endswith("ucf5") else 3]
    accuracy = read_table(FOLDER / f"{name}.tsv")["correct"].astype(float).mean()
    assert cell.split("%")[0].strip() == f"{100 * accuracy:.1f}"
