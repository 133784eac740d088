"""The command line: the tables of a report on people and models, without the report."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from tests.analysis.comparison.predicted import model, people
from tests.analysis.comparison.test_clips_command import sure, table, write
from tests.analysis.running import Run


@pytest.fixture
def compare(analysis: Run) -> Run:
    return partial(analysis, "compare")


@pytest.fixture
def trials(tmp_path: Path) -> Path:
    write(people(4), tmp_path / "trials.tsv")
    return tmp_path / "trials.tsv"


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    models = [sure(model(name, {"AFD5": share})) for name, share in (("sharp", 0.9), ("blunt", 0.5))]
    write(pd.concat(models, ignore_index=True), tmp_path / "models.tsv")
    return tmp_path / "models.tsv"


def test_people_and_models_give_every_table_of_the_section(
    compare: Run, trials: Path, predictions: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = compare(trials, "--predictions", predictions, "--margin", "0.1", "-o", out)
    assert done.code == 0, done.stderr
    assert {path.stem for path in out.iterdir()} >= {
        "equivalence",
        "agreement",
        "agreement_means",
        "agreement_confusions",
        "kappa_matrix_UCF5",
        "kappa_matrix_AFD5",
        "independent_band",
        "model_ranking",
        "rank_probabilities",
        "rank_differences",
        "compared_drops",
        "clip_correlations",
        "noise_ceilings",
    }
    assert table(out / "equivalence.tsv")["margin"].tolist() == [0.1, 0.1]
    matrix = table(out / "kappa_matrix_AFD5.tsv").set_index("observer")
    assert list(matrix.index) == list(matrix.columns)
    assert list(matrix.index)[-2:] == ["blunt", "sharp"], "models last, people by how alike they err"
    pairs = table(out / "agreement.tsv").query("condition == 'AFD5' and b == 'sharp'").set_index("a")["kappa"]
    for person in ("P0000", "P0003"):
        assert matrix.loc[person, "sharp"] == pytest.approx(pairs[person])
    assert "AFD5: People answered" in done.stdout
    assert "AFD5: every pair of the 6 observers shares 90 clips" in done.stderr


def test_a_model_that_lacks_clips_is_compared_on_the_others(
    compare: Run, trials: Path, tmp_path: Path
) -> None:
    write(sure(model("net", {"AFD5": 0.8})).iloc[20:], tmp_path / "net.tsv")
    done = compare(trials, "--predictions", tmp_path / "net.tsv", "-o", tmp_path / "out")
    assert done.code == 0, done.stderr
    said = "AFD5: net has no answer to 20 of the 90 clips that people answered; it is compared on the others"
    assert done.stderr.count(said) == 1
    row = table(tmp_path / "out" / "equivalence.tsv").iloc[0]
    assert (row["clips"], row["left_out"]) == (70, 80)


def test_people_alone_have_their_agreement(compare: Run, trials: Path, tmp_path: Path) -> None:
    assert compare(trials, "-o", tmp_path / "out").code == 0
    assert {path.stem for path in (tmp_path / "out").iterdir()} == {
        "agreement",
        "agreement_means",
        "independent_band",
        "kappa_matrix_UCF5",
        "kappa_matrix_AFD5",
    }


def test_tables_of_an_earlier_comparison_go_and_files_of_others_stay(
    compare: Run, trials: Path, predictions: Path, tmp_path: Path
) -> None:
    # Given the tables of people and models, and files of somebody else
    out = tmp_path / "out"
    assert compare(trials, "--predictions", predictions, "-o", out).code == 0
    own = {"kappa_matrix_of_mine.tsv": b"by hand", "notes.txt": b"by hand"}
    for name, content in own.items():
        (out / name).write_bytes(content)
    # When people of one condition are compared alone, in the same folder
    write(people(4).query("condition == 'AFD5'"), tmp_path / "one.tsv")
    assert compare(tmp_path / "one.tsv", "-o", out).code == 0
    # Then nothing of the models and of the other condition is left
    written = {"agreement", "agreement_means", "independent_band", "kappa_matrix_AFD5"}
    assert {path.name for path in out.iterdir()} == {f"{name}.tsv" for name in written} | own.keys()
    assert {name: (out / name).read_bytes() for name in own} == own


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--margin", "5"), "the margin is 5; allowed is a share above 0 and below 1, as 0.05"),
        (("--stimuli", "nowhere"), "nowhere"),
        (("--exclusions", "nowhere.yaml"), "nowhere.yaml"),
    ],
)
def test_bad_options_are_one_sentence_and_write_nothing(
    compare: Run, trials: Path, predictions: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = compare(trials, "--predictions", predictions, "-o", tmp_path / "out", *arguments)
    assert done.code == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_nobody_to_compare_with_is_refused(compare: Run, predictions: Path, tmp_path: Path) -> None:
    write(people(1), tmp_path / "one.tsv")
    done = compare(tmp_path / "one.tsv", "-o", tmp_path / "out")
    assert done.code == 2
    assert "there is one participant only (P0000), and no model" in done.stderr
    done = compare(predictions, "-o", tmp_path / "out")
    assert done.code == 2
    assert "there is no test trial of a person" in done.stderr
    assert not (tmp_path / "out").exists()
