"""The command line: tables and figures of clips, with and without a stimulus set, and bad input."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread
from scipy import stats

from analysis.probabilities import with_probabilities
from analysis.tables import COLUMNS, write_table
from tests.analysis.comparison.predicted import model, people
from tests.analysis.models.small_set import small_set
from tests.analysis.running import Run

TABLES = ("items", "correlations", "ceilings", "parting", "properties", "property_correlations")


def write(rows: pd.DataFrame, path: Path) -> None:
    """As a trial table: what these rows lack is not known, or as in a finished session."""
    whole = rows.assign(attempt=1, pilot=0, finished=1, attention_check=0, round=1)
    absent = [name for name in COLUMNS if name not in whole]
    write_table(whole.assign(**dict.fromkeys(absent)), path)


@pytest.fixture
def clips(analysis: Run) -> Run:
    return partial(analysis, "clips")


def sure(trials: pd.DataFrame) -> pd.DataFrame:
    """The same answers with probabilities: .4 to .9 for the named action, the rest for the others."""
    actions = sorted(trials["action"].unique())
    named = np.random.default_rng(1).uniform(0.4, 0.9, len(trials))
    given = pd.DataFrame(
        np.repeat((1 - named[:, None]) / (len(actions) - 1), len(actions), axis=1), columns=actions
    )
    for row, response in enumerate(trials["response"]):
        given.loc[row, response] = named[row]
    return with_probabilities(trials, given)


@pytest.fixture
def trials(tmp_path: Path) -> Path:
    write(people(5).query("condition == 'AFD5'"), tmp_path / "trials.tsv")
    return tmp_path / "trials.tsv"


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    write(sure(model("net", {"AFD5": 0.7})), tmp_path / "net.tsv")
    return tmp_path / "net.tsv"


def table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", keep_default_na=False, na_values=["n/a"])


def test_people_and_a_model_give_all_tables_and_figures(
    clips: Run, trials: Path, predictions: Path, tmp_path: Path
) -> None:
    out = tmp_path / "clips"
    done = clips(trials, "--predictions", predictions, "-o", out)
    assert done.code == 0, done.stderr
    assert {path.stem for path in out.glob("*.tsv")} == set(TABLES)
    figures = {path.stem for path in out.glob("*.png")}
    assert figures == {"correlations_AFD5", "clips_AFD5_net", "gallery_AFD5_net"}
    items = table(out / "items.tsv")
    assert len(items) == 90
    assert items["p_right"].between(0, 1).all()
    correlations = table(out / "correlations.tsv")
    assert len(correlations) == 2 * 4
    assert correlations["rho"].between(-1, 1).all()
    assert (correlations["low"] < correlations["high"]).all()
    assert len(table(out / "properties.tsv")) == 0
    assert "AFD5: accuracy of people and net over 90 clips: rank correlation" in done.stdout


def test_without_models_there_are_clips_and_ceilings(clips: Run, trials: Path, tmp_path: Path) -> None:
    done = clips(trials, "-o", tmp_path / "out")
    assert done.code == 0, done.stderr
    assert len(table(tmp_path / "out" / "items.tsv")) == 90
    assert len(table(tmp_path / "out" / "ceilings.tsv")) == 2
    assert len(table(tmp_path / "out" / "correlations.tsv")) == 0
    assert not list((tmp_path / "out").glob("*.png"))


def test_figures_of_an_earlier_model_go_and_files_of_others_stay(
    clips: Run, trials: Path, predictions: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert clips(trials, "--predictions", predictions, "-o", out).code == 0
    assert (out / "gallery_AFD5_net.svg").is_file()
    (out / "clips_AFD5_mine.png").write_bytes(b"by hand")
    assert clips(trials, "-o", out).code == 0
    kept = {f"{name}.tsv" for name in TABLES} | {"clips_AFD5_mine.png"}
    assert {path.name for path in out.iterdir()} == kept


def test_a_model_without_probabilities_is_compared_by_its_answers(
    clips: Run, trials: Path, tmp_path: Path
) -> None:
    write(model("plain", {"AFD5": 0.7}), tmp_path / "plain.tsv")
    done = clips(trials, "--predictions", tmp_path / "plain.tsv", "-o", tmp_path / "out")
    assert done.code == 0, done.stderr
    rows = table(tmp_path / "out" / "correlations.tsv").query("human == 'accuracy'").set_index("model")
    assert np.isfinite(rows.loc["right", "rho"])
    assert np.isnan(rows.loc["p_right", "rho"])
    assert "gave no such value" in rows.loc["p_right", "remark"]
    assert (tmp_path / "out" / "clips_AFD5_plain.png").is_file()


def test_one_participant_has_no_ceiling_and_is_told_so(clips: Run, predictions: Path, tmp_path: Path) -> None:
    write(people(1).query("condition == 'AFD5'"), tmp_path / "one.tsv")
    done = clips(tmp_path / "one.tsv", "--predictions", predictions, "-o", tmp_path / "out")
    assert done.code == 0, done.stderr
    assert "there is no noise ceiling, since there is one participant" in done.stderr
    assert table(tmp_path / "out" / "ceilings.tsv")["ceiling"].isna().all()


def test_missing_clips_of_a_model_are_told(clips: Run, trials: Path, tmp_path: Path) -> None:
    write(sure(model("net", {"AFD5": 0.7})).iloc[20:], tmp_path / "part.tsv")
    done = clips(trials, "--predictions", tmp_path / "part.tsv", "-o", tmp_path / "out")
    assert done.code == 0, done.stderr
    assert "net has no answer to 20 of the 90 clips that people answered" in done.stderr
    assert set(table(tmp_path / "out" / "correlations.tsv")["clips"]) == {70}


def test_models_without_a_common_clip_are_refused(clips: Run, trials: Path, tmp_path: Path) -> None:
    strange = model("net", {"AFD5": 0.7})
    strange["clip_id"] = "AFD5/other-" + strange["clip_id"].str[5:]
    write(strange, tmp_path / "net.tsv")
    done = clips(trials, "--predictions", tmp_path / "net.tsv", "-o", tmp_path / "out")
    assert done.code == 2
    assert "no model answered a clip that people answered" in done.stderr
    assert not (tmp_path / "out").exists()


def test_models_alone_are_refused(clips: Run, predictions: Path, tmp_path: Path) -> None:
    done = clips(predictions, "-o", tmp_path / "out")
    assert done.code == 2
    assert "answers of models only (net)" in done.stderr


def test_one_class_is_told(clips: Run, tmp_path: Path) -> None:
    for name, rows in (
        ("people", people(4).query("condition == 'AFD5'")),
        ("net", model("net", {"AFD5": 0.7})),
    ):
        write(rows[rows["action"] == "Swing"].reset_index(drop=True), tmp_path / f"{name}.tsv")
    done = clips(tmp_path / "people.tsv", "--predictions", tmp_path / "net.tsv", "-o", tmp_path / "out")
    assert done.code == 0, done.stderr
    assert "AFD5: all clips show Swing" in done.stderr


def on_a_small_set(trials: pd.DataFrame, clip_ids: list[str]) -> pd.DataFrame:
    """The first answers of everybody, moved to the clips of a small set: four test clips a condition."""
    parts = []
    for (_, condition), rows in trials.groupby(["observer", "condition"], sort=False):
        own = [clip for clip in clip_ids if clip.startswith(f"{condition}/")]
        part = rows.head(len(own)).reset_index(drop=True)
        actions = [clip.split("_")[1] for clip in own]
        other = ["Lunges" if action == "Swing" else "Swing" for action in actions]
        right = part["correct"].to_numpy() == 1
        right[0] = not right[0]
        part["clip_id"], part["action"] = own, actions
        part["group"] = [int(clip.split("_g")[1][:2]) for clip in own]
        part["source_clip_id"] = pd.NA
        part["response"] = [yes if told else no for yes, no, told in zip(actions, other, right, strict=True)]
        part["correct"], part["menu_order"] = right.astype(int), "Lunges|Swing"
        parts.append(part)
    whole: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return whole


def test_with_the_stimulus_set_clips_are_measured_and_shown(
    clips: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.comparison.clip_motion.cache_folder", lambda _: tmp_path / "kept")
    stimuli = small_set(tmp_path / "set", groups={1: "test", 2: "test", 3: "test"})
    names = [clip.clip_id for clip in stimuli.clips if clip.condition == "AFD5"]
    write(on_a_small_set(people(4).query("condition == 'AFD5'"), names), tmp_path / "people.tsv")
    write(on_a_small_set(model("net", {"AFD5": 0.5}), names), tmp_path / "net.tsv")
    arguments = (tmp_path / "people.tsv", "--predictions", tmp_path / "net.tsv", "-o", tmp_path / "out")
    done = clips(*arguments, "--stimuli", tmp_path / "set")
    assert done.code == 0, done.stderr
    properties = table(tmp_path / "out" / "properties.tsv")
    assert len(properties) == 6
    assert (properties["motion"] > 0).all()
    assert len(table(tmp_path / "out" / "property_correlations.tsv")) == 3 * 4
    assert (tmp_path / "out" / "properties_AFD5.png").is_file()
    without = tmp_path / "without"
    assert clips(*arguments[:-1], without).code == 0
    gallery = "gallery_AFD5_net.png"
    # With pictures it is higher.
    assert imread(tmp_path / "out" / gallery).shape[0] > 1.5 * imread(without / gallery).shape[0]


def test_a_model_that_chose_among_other_actions_is_refused(clips: Run, trials: Path, tmp_path: Path) -> None:
    other = model("net", {"AFD5": 0.7}).assign(menu_order="JumpingJack|Lunges|PullUps|PushUps|Swing|Biking")
    write(other, tmp_path / "net.tsv")
    done = clips(trials, "--predictions", tmp_path / "net.tsv", "-o", tmp_path / "out")
    assert done.code == 2
    assert "net could answer Biking in AFD5, and people could not" in done.stderr
    assert not (tmp_path / "out").exists()


def test_answers_against_their_own_probabilities_are_counted(
    clips: Run, trials: Path, predictions: Path, tmp_path: Path
) -> None:
    answers = table(predictions)
    other = answers["action"].where(answers["correct"] == 0, answers["response"])
    assert "p_<Action>" not in clips(trials, "--predictions", predictions, "-o", tmp_path / "out").stderr
    answers.assign(response=other, correct=1).to_csv(predictions, sep="\t", index=False, na_rep="n/a")
    done = clips(trials, "--predictions", predictions, "-o", tmp_path / "out")
    assert done.code == 0, done.stderr
    wrong = int((answers["correct"] == 0).sum())
    assert f"note: net: {wrong} of 90 responses are not the most probable action" in done.stderr


def test_another_stimulus_set_is_refused(clips: Run, trials: Path, tmp_path: Path) -> None:
    small_set(tmp_path / "set")
    done = clips(trials, "--stimuli", tmp_path / "set", "-o", tmp_path / "out")
    assert done.code == 2
    assert "is not the set that people saw" in done.stderr
    assert clips(trials, "--stimuli", tmp_path / "none", "-o", tmp_path / "out").code == 2
    assert not (tmp_path / "out").exists()


def test_the_published_data_give_the_correlation_of_scipy(
    clips: Run, real_data: Path, tmp_path: Path
) -> None:
    edge = real_data / "model-vs-human" / "edge"
    done = clips(edge, "--format", "model-vs-human", "-o", tmp_path / "out")
    assert done.code == 0, done.stderr
    right = {}
    for file in edge.glob("*.csv"):
        answers = pd.read_csv(file, keep_default_na=False, dtype=str)
        item = answers["imagename"].str.split("_").str[-1]
        right[answers["subj"].iloc[0]] = pd.Series(
            (answers["object_response"] == answers["category"]).to_numpy(dtype=float), index=item
        )
    by_item = pd.DataFrame(right)
    people = by_item[[name for name in by_item if name.startswith("subject")]].mean(axis=1)
    found = table(tmp_path / "out" / "correlations.tsv").query("human == 'accuracy' and model == 'right'")
    assert len(found) == 3
    for row in found.itertuples():
        expected = stats.spearmanr(people, by_item[str(row.observer)]).statistic
        assert row.rho == pytest.approx(expected)
        assert row.clips == 160
