"""Spoilt data of people and models: read or refused, whatever is in them."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.collection import Allowed, collect
from analysis.commands.data_options import with_predictions
from analysis.errors import AnalysisError
from analysis.exclusions import apply_exclusions, read_rules
from analysis.export.data_set import Choices, build_data_set
from analysis.export.disclosure.identifiers import identifying_values
from analysis.export.disclosure.remarks import read_review, write_review
from analysis.export.remarks_table import given_remarks
from analysis.models.predictions import read_record, record_path
from analysis.models.unfinished_predictions import unfinished_path, unfinished_predictions
from analysis.tables import table_bytes, write_table
from experiment.journal import JOURNAL_NAME
from stimuli.manifest import file_sha256
from tests.analysis.conftest import Recipe
from tests.analysis.export.test_round_trip import write_asked
from tests.analysis.test_bad_input import PICTURES
from tests.fuzz.formats import spoilt_journal, spoilt_json_lines
from tests.fuzz.readers import CAMPAIGN_S, QUICK_EXAMPLES, Reader, campaign, fuzz, prepared
from tests.strategies import spoilt_json, spoilt_table, spoilt_yaml

EVERYBODY = Allowed(simulated=True, pilot=True, unfinished=True)
PERSON = Recipe(simulated="", training_per_action=1, test_per_action=1)


def write_people(folder: Path) -> None:
    """Three people who answered every kind of question."""
    for number in (1, 2, 3):
        answers = {"glasses": "yes", "difficulty": "3", "remarks": "Nice, says Erika Mustermann"}
        write_asked(folder / "data", replace(PERSON, participant=f"P{number:03d}", seed=number), answers)


def read_people(folder: Path) -> None:
    """Everything that is made of the sessions before a figure is drawn or a file written."""
    collection = collect([folder / "data"], EVERYBODY)
    table_bytes(collection.table)
    apply_exclusions(collection.table, read_rules(Path("recommended")))
    given_remarks(collection.sessions)
    build_data_set(collection, Choices(), None)


def write_trial_table(folder: Path) -> None:
    write_people(folder)
    write_table(collect([folder / "data"], EVERYBODY).table, folder / "trials.tsv")
    shutil.rmtree(folder / "data")


def write_export(folder: Path) -> None:
    write_people(folder)
    files = build_data_set(collect([folder / "data"], EVERYBODY), Choices(), None).files
    for name, content in files.items():
        path = folder / "export" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    shutil.rmtree(folder / "data")


def write_pictures(folder: Path) -> None:
    (folder / "people.csv").write_text(PICTURES, encoding="utf-8")
    (folder / "vgg.csv").write_text(PICTURES.replace("subject-01", "vgg"), encoding="utf-8")


def write_published_run(folder: Path) -> None:
    run = Path(__file__).parents[1] / "analysis" / "formats" / "published_program_run.csv"
    shutil.copy(run, folder / "07.csv")


def table_of(path: Path) -> None:
    collection = collect([path], EVERYBODY)
    table_bytes(collection.table)
    apply_exclusions(collection.table, read_rules(Path("recommended")))


PREDICTIONS = Path(__file__).parents[2] / "analysis" / "reference" / "predictions"


def write_predictions(folder: Path) -> None:
    """People, and a few answers of a network with their record."""
    write_trial_table(folder)
    name = "x3d-xs-small-afd5.tsv"
    lines = (PREDICTIONS / name).read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / name).write_text("".join(lines[:12]), encoding="utf-8")
    record = json.loads(record_path(PREDICTIONS / name).read_bytes())
    record["predictions_sha256"] = file_sha256(folder / name)
    record["learnt"]["clip_ids"] = record["learnt"]["clip_ids"][:3]
    record_path(folder / name).write_text(json.dumps(record), encoding="utf-8")


def read_predictions(folder: Path) -> None:
    path = folder / "x3d-xs-small-afd5.tsv"
    with_predictions([folder / "trials.tsv"], [path], EVERYBODY, "auto")
    read_record(path)


WANTED = {"model": "e2s-x3d", "weights": "abc"}


class Killed(Exception):
    """Stands for the end of the process."""


def predict_half(folder: Path) -> None:
    with suppress(Killed), unfinished_predictions(folder / "e2s.tsv", WANTED) as unfinished:
        unfinished.add(["a", "b"], np.array([[0.1, 0.9], [0.7, 0.3]], dtype=np.float32))
        raise Killed


def go_on_predicting(folder: Path) -> None:
    with unfinished_predictions(folder / "e2s.tsv", WANTED) as unfinished:
        if unfinished.answers:
            np.stack(list(unfinished.answers.values()))


REMARKS = {"P001": "very nice", "P002": "Erika was here"}


def review_remarks(folder: Path) -> None:
    write_review(folder / "review.tsv", REMARKS)
    read_review(folder / "review.tsv", REMARKS)


SESSION = "data/sessions/P00[123]_01"
READERS = (
    Reader(
        "session folders",
        write_people,
        {f"{SESSION}/session.json": spoilt_json, f"{SESSION}/{JOURNAL_NAME}": spoilt_journal},
        read_people,
        AnalysisError,
        weight=4,
    ),
    Reader(
        "what identifies people",
        write_people,
        {f"{SESSION}/session.json": spoilt_json, f"{SESSION}/{JOURNAL_NAME}": spoilt_journal},
        lambda folder: list(identifying_values((folder / "data",))),
        AnalysisError,
    ),
    Reader(
        "trial table",
        write_trial_table,
        {"trials.tsv": spoilt_table()},
        lambda folder: table_of(folder / "trials.tsv"),
        AnalysisError,
        weight=2,
    ),
    Reader(
        "exported data set",
        write_export,
        {
            "export/**/*_beh.tsv": spoilt_table(),
            "export/**/*_beh.json": spoilt_json,
            "export/*.json": spoilt_json,
            "export/participants.tsv": spoilt_table(),
            "export/phenotype/*.tsv": spoilt_table(),
            "export/phenotype/*.json": spoilt_json,
            "export/code/**/*.json": spoilt_json,
        },
        lambda folder: table_of(folder / "export"),
        AnalysisError,
        weight=2,
    ),
    Reader(
        "model-vs-human",
        write_pictures,
        {"*.csv": spoilt_table(",")},
        table_of,
        AnalysisError,
        weight=2,
    ),
    Reader(
        "published program",
        write_published_run,
        {"07.csv": spoilt_table(",")},
        table_of,
        AnalysisError,
        weight=2,
    ),
    Reader(
        "predictions",
        write_predictions,
        {"x3d-xs-small-afd5.tsv": spoilt_table(), "x3d-xs-small-afd5.tsv.json": spoilt_json},
        read_predictions,
        AnalysisError,
        weight=2,
    ),
    Reader(
        "unfinished predictions",
        predict_half,
        {unfinished_path(Path("e2s.tsv")).name: spoilt_json_lines},
        go_on_predicting,
        AnalysisError,
        changes=True,
    ),
    Reader(
        "rules of exclusion",
        lambda folder: shutil.copy(
            Path(__file__).parents[2] / "analysis" / "exclusions" / "recommended.yaml", folder / "rules.yaml"
        ),
        {"rules.yaml": spoilt_yaml},
        lambda folder: read_rules(folder / "rules.yaml"),
        AnalysisError,
    ),
    Reader(
        "reviewed remarks",
        review_remarks,
        {"review.tsv": spoilt_table()},
        review_remarks,
        AnalysisError,
        changes=True,
    ),
)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_spoilt_files_are_read_or_refused(reader: Reader, tmp_path: Path) -> None:
    fuzz(reader, prepared(reader, tmp_path), 1, max(2, QUICK_EXAMPLES // reader.weight))


@pytest.mark.campaign
@pytest.mark.timeout(2 * CAMPAIGN_S + 300)
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_spoilt_files_are_read_or_refused_at_length(reader: Reader, tmp_path: Path) -> None:
    assert campaign(reader, prepared(reader, tmp_path), CAMPAIGN_S) > 0
