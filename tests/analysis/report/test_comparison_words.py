"""People and models beside each other: what a report says, and what it leaves out."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.comparison_findings import MOST_PEOPLE, ComparisonFindings, compare
from analysis.comparison.kappa_matrix import kappa_square, observer_order
from analysis.figures.agreement_matrix import agreement_matrix
from analysis.report.comparison_page_tables import comparison_page_tables
from analysis.report.comparison_tables import agreement_summary, comparison_files
from analysis.report.comparison_words import opening, sampled
from analysis.report.page_tables import percent
from tests.analysis.comparison import predicted

Shares = Mapping[str, float]


def with_trials(answers: pd.DataFrame) -> pd.DataFrame:
    """The other columns of a trial table that comparisons read."""
    trial = answers.groupby(["observer", "condition"]).cumcount() + 1
    complete: pd.DataFrame = answers.assign(
        round=1, attempt=1, attention_check=0, trial=trial, time_to_choose=1.0 + trial % 7
    )
    return complete


def people(number: int) -> pd.DataFrame:
    return with_trials(predicted.people(number))


def model(name: str, accuracies: Shares, seed: int = 2) -> pd.DataFrame:
    answers: pd.DataFrame = with_trials(predicted.model(name, accuracies, seed)).assign(time_to_choose=np.nan)
    return answers


def compared(ours: pd.DataFrame, theirs: pd.DataFrame | None) -> ComparisonFindings:
    found = compare(ours, theirs, np.random.default_rng(1))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def with_models() -> ComparisonFindings:
    models = [
        model("Sharp", {"UCF5": 0.97, "AFD5": 0.9}),
        model("Blunt", {"UCF5": 0.9, "AFD5": 0.3}, seed=3),
    ]
    return compared(people(6), pd.concat(models, ignore_index=True))


def test_every_pair_of_people_and_models_is_compared_in_each_condition(
    with_models: ComparisonFindings,
) -> None:
    for condition in ("UCF5", "AFD5"):
        kinds = with_models.pairs.loc[with_models.pairs["condition"] == condition, "kind"]
        assert kinds.value_counts().to_dict() == {"human-human": 15, "human-model": 12, "model-model": 1}
    assert {
        "AFD5: every pair of the 8 observers shares 90 clips",
        "UCF5: every pair of the 8 observers shares 90 clips",
    } <= set(with_models.remarks)


def test_the_section_opens_with_accuracies_and_mean_kappas(with_models: ComparisonFindings) -> None:
    in_colour, in_noise = opening(with_models)
    assert in_colour.startswith("UCF5: People answered ")
    assert in_noise.count("People answered") == 1
    of_blunt = in_noise.partition(" Blunt answered ")[2]
    assert "of the same right; they differ (difference" in of_blunt
    rows = with_models.means.query("kind == 'human-model' and model == 'Blunt' and condition == 'AFD5'")
    kappa = f"{rows['kappa'].iloc[0]:.2f}".replace("-", "−")
    assert f"Its mean kappa with people is {kappa} (95" in of_blunt
    assert "The mean kappa of two participants is " in of_blunt


def test_an_accuracy_of_all_runs_and_a_kappa_of_one_are_told_apart() -> None:
    runs = [model("Blunt", {"AFD5": 0.6}, seed=seed).assign(session=seed) for seed in (2, 3)]
    found = compared(people(6), pd.concat(runs, ignore_index=True))
    said = " ".join(opening(found)).partition(" Blunt answered ")[2]
    mean = pd.concat(runs)["correct"].mean()
    assert said.startswith(f"{percent(mean)} (mean of 2 runs) of the same right")
    assert "Its mean kappa with people, of run 2 alone, is " in said
    told = "kappas, confusions and rankings are of run 2 alone"
    assert sum(told in remark for remark in found.remarks) == 1
    assert "AFD5: clip by clip, answers and probabilities of Blunt are means over its 2 runs" in found.remarks


def test_published_rows_are_marked_beside_measured_ones(with_models: ComparisonFindings) -> None:
    sources = with_models.drops.groupby("source")["observer"].agg(list)
    assert sources["measured"] == ["Sharp", "Blunt"]
    assert "E2S-X3D" in sources["published, not measured here"]
    measured, published = (
        each for each in comparison_page_tables(with_models) if each.file == "tables/compared_drops.tsv"
    )
    assert [row[0].text for row in measured.rows] == ["Sharp", "Blunt"]
    assert "ResNet50" in [row[0].text for row in published.rows]
    assert {row[-1].text for row in published.rows} == {"published, not measured here"}
    assert published.title == "Drops for reference: published, not measured here"


def test_the_summary_is_json_with_null_for_what_does_not_exist(with_models: ComparisonFindings) -> None:
    summary = json.loads(json.dumps(agreement_summary(with_models), allow_nan=False))
    pairs = summary["AFD5"]["pairs"]
    assert len(pairs) == 28
    assert {pair["kind"] for pair in pairs} == {"human-human", "human-model", "model-model"}
    assert all(pair["remark"] is None or isinstance(pair["remark"], str) for pair in pairs)
    assert [row["model"] for row in summary["AFD5"]["equivalence"]] == ["Sharp", "Blunt"]


def test_people_alone_have_their_agreement_and_no_table_of_models() -> None:
    found = compared(people(3), None)
    assert list(found.means["kind"]) == ["human-human", "human-human"]
    assert comparison_files(found)["equivalence"].empty
    assert [table.file for table in comparison_page_tables(found)] == [
        "tables/agreement_means.tsv",
        "tables/agreement.tsv",
    ]
    assert next(iter(opening(found))).startswith("UCF5: The mean kappa of two participants is ")


def test_one_participant_without_a_model_has_nobody_to_compare_with() -> None:
    assert compare(people(1), None, np.random.default_rng(1)) is None


def test_people_who_share_no_clip_are_told_so() -> None:
    ours = people(2)
    places = {name: place for place, name in enumerate(ours["observer"].unique())}
    own = ours["observer"].map(places) == ours["group"].astype(int) % 2
    found = compared(ours[own].reset_index(drop=True), None)
    assert found.why_not["agreement"] == "no two observers answered the same clip."
    assert found.pairs.empty
    assert agreement_summary(found) == {}


def test_pairs_without_a_mistake_have_no_kappa() -> None:
    ours = people(3)
    right = ours.assign(response=ours["action"], correct=1)
    found = compared(right, None)
    assert found.pairs["kappa"].isna().all()
    assert next(iter(opening(found))).startswith("UCF5: The mean kappa of two participants is n/a (3 pairs")
    assert "AFD5: kappa is undefined (n/a) in 3 of 3 pairs" in " ".join(found.remarks)


def test_of_many_people_some_are_drawn_and_that_is_said() -> None:
    found = compared(people(MOST_PEOPLE + 5), None)
    assert (found.people, found.compared) == (MOST_PEOPLE + 5, MOST_PEOPLE)
    assert sampled(found).startswith(f"{MOST_PEOPLE} of the {MOST_PEOPLE + 5} participants, drawn at random")
    assert len(found.pairs) == 2 * MOST_PEOPLE * (MOST_PEOPLE - 1) // 2


def test_kappas_that_are_not_estimable_stand_in_brackets_and_outshine_nobody() -> None:
    pairs = pd.DataFrame(
        [("ann", "bob", 1.0, 0.2), ("ann", "cid", 0.1, 0.0), ("bob", "cid", np.nan, 0.9)],
        columns=["a", "b", "kappa", "undefined_share"],
    )
    figure = agreement_matrix(pairs, [], "AFD5", 3, "")
    written = [text.get_text() for text in figure.axes[0].texts]
    assert sorted(written) == ["(100)", "(100)", "10", "10", "n/a", "n/a"]
    (image,) = figure.axes[0].images
    assert image.get_clim() == (-0.1, 0.1)
    assert "not estimable" in " ".join(text.get_text() for text in figure.texts)


def test_those_who_err_alike_stand_side_by_side_and_models_last() -> None:
    pairs = pd.DataFrame(
        [
            ("net", "ann", 0.1),
            ("net", "bob", 0.2),
            ("net", "cid", 0.1),
            ("ann", "bob", 0.0),
            ("ann", "cid", 0.9),
            ("bob", "cid", np.nan),
        ],
        columns=["a", "b", "kappa"],
    )
    order = observer_order(pairs, ["net"])
    assert order[-1] == "net"
    assert abs(order.index("ann") - order.index("cid")) == 1
    square = kappa_square(pairs, order)
    np.testing.assert_array_equal(square, square.T)
    assert np.isnan(square[order.index("bob"), order.index("cid")])
