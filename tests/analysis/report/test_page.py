"""What the page says of a study."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text

from analysis.collection import collect
from analysis.report import write_report
from analysis.report.condition_exhibits import overview_exhibit
from analysis.report.findings import gather
from analysis.report.page import render_page
from analysis.report.result_tables import result_tables
from analysis.report.summary_json import summary_json
from analysis.summary import summarise
from tests.analysis.report.reading import ALL_OF_THEM, Page, page_of, summary_of


def test_the_page_opens_with_the_answer(study_report: Path) -> None:
    summary = summary_of(study_report)
    colour, noise = (100 * summary["conditions"][name]["accuracy"]["mean"] for name in ("UCF5", "AFD5"))
    opening = page_of(study_report).text.partition("Headline numbers")[0]
    assert "These data are simulated" in opening
    assert "10 participants (simulated) answered 1 800 test trials" in opening
    assert f"{colour:.1f} %" in opening
    assert f"{noise:.1f} %" in opening
    assert f"drops by {100 * summary['drops'][0]['mean']:.1f} percentage points" in opening


def test_published_values_stand_beside_ours_and_are_marked(study_report: Path) -> None:
    text = page_of(study_report).text
    assert "Beside the published study" in text
    assert "98.9 %" in text
    assert "89.8 %" in text
    assert "Ilic, Pock, Wildes" in text


@pytest.mark.parametrize("participants", [1, 3])
def test_few_participants_are_told_what_their_interval_is_worth(
    make_session, recipe, tmp_path, participants
) -> None:
    for number in range(1, participants + 1):
        make_session(replace(recipe, participant=f"P{number:03d}", seed=number))
    write_report(collect([tmp_path / "data"], ALL_OF_THEM), tmp_path / "out")
    assert ("nothing about other people" in page_of(tmp_path / "out").text) == (participants == 1)
    crossed = "crossed bootstrap over participants and clip groups"
    methods = {1: {"wilson"}, 3: {"wilson", crossed}}[participants]
    found = {
        condition["accuracy"]["method"] for condition in summary_of(tmp_path / "out")["conditions"].values()
    }
    assert found <= methods


def test_one_condition_of_ones_own_has_no_drop_and_nothing_published(make_session, recipe, tmp_path) -> None:
    make_session(replace(recipe, conditions=("Shuffled frames",), answer=lambda _, action, __: action))
    write_report(collect([tmp_path / "data"], ALL_OF_THEM), tmp_path / "out")
    summary, page = summary_of(tmp_path / "out"), page_of(tmp_path / "out")
    assert list(summary["conditions"]) == ["Shuffled frames"]
    assert summary["drops"] == []
    assert "Drop," not in page.text
    assert "the drop" not in page.text.lower()
    assert "Beside the published study" not in page.text
    assert "diamonds" not in page.text
    assert (tmp_path / "out" / "figures" / "overview_Shuffled_frames.svg").exists()


def test_three_conditions_have_a_drop_from_each_to_each_later_one(make_session, recipe, tmp_path) -> None:
    for number in (1, 2):
        make_session(
            replace(
                recipe,
                participant=f"P{number:03d}",
                conditions=("UCF5", "AFD5", "Gray5"),
                answer=lambda _, action, rng: action if rng.random() < 0.9 else "Swing",
            )
        )
    write_report(collect([tmp_path / "data"], ALL_OF_THEM), tmp_path / "out")
    summary = summary_of(tmp_path / "out")
    assert list(summary["conditions"]) == ["UCF5", "AFD5", "Gray5"]
    assert [(drop["from"], drop["to"]) for drop in summary["drops"]] == [
        ("UCF5", "AFD5"),
        ("UCF5", "Gray5"),
        ("AFD5", "Gray5"),
    ]
    assert (tmp_path / "out" / "figures" / "overview_Gray5.png").exists()


def test_a_rise_is_told_as_a_rise_with_its_own_interval(make_session, recipe, tmp_path) -> None:
    """20 of 20 right after 12 of 20: a rise of 40 points."""
    wrong = {"Lunges": "Swing", "PullUps": "Swing"}
    given = replace(recipe, test_per_action=4)

    def answer(condition: str, action: str, _: np.random.Generator) -> str:
        return wrong.get(action, action) if condition == "UCF5" else action

    make_session(replace(given, answer=answer))
    findings = gather(collect([tmp_path / "data"], ALL_OF_THEM))
    text = Page(render_page(findings, result_tables(findings), [])).text
    row = findings.pairs[0].drop.iloc[0]
    assert row["drop"] == pytest.approx(-0.4)
    assert "accuracy rises by 40.0 percentage points" in text
    low, high = (f"{-100 * row[bound]:.1f}" for bound in ("high", "low"))
    assert f"interval of the rise {low} to {high}" in text


def test_an_action_that_nobody_answered_is_named_beside_its_sensitivity(make_session, recipe) -> None:
    def never_swing(condition: str, action: str, _: int) -> str:
        return "Lunges" if (condition, action) == ("UCF5", "Swing") else action

    findings = gather(collect([make_session(replace(recipe, answer=never_swing))], ALL_OF_THEM))
    text = Page(render_page(findings, result_tables(findings), [])).text
    assert "UCF5: nobody answered Swing; d′ and criterion there come from the correction" in text
    assert "AFD5: nobody answered" not in text


def test_no_change_is_told_as_none(make_session, recipe, tmp_path) -> None:
    make_session(replace(recipe, answer=lambda _, action, __: action))
    findings = gather(collect([tmp_path / "data"], ALL_OF_THEM))
    text = Page(render_page(findings, result_tables(findings), [])).text
    assert "From UCF5 to AFD5 accuracy stays the same (95 % interval of the drop" in text.replace(
        "\u202f", " "
    )


@pytest.mark.parametrize(("people", "clips", "said"), [(2, 2, True), (2, 4, False), (1, 2, False)])
def test_wide_intervals_of_actions_are_explained_where_few_clips_make_them_wide(
    make_session, recipe, people, clips, said
) -> None:
    given = replace(
        recipe, test_per_action=clips, answer=lambda _, action, rng: rng.choice([action, "Swing"])
    )
    for number in range(1, people + 1):
        folder = make_session(replace(given, participant=f"P{number:03d}"))
    findings = gather(collect([folder.parent], ALL_OF_THEM))
    caption = overview_exhibit(findings.conditions[0]).caption
    assert ("in as few as 2 clip groups" in caption) == said


@pytest.mark.parametrize(("actions", "said"), [(7, "in brackets the number"), (8, "the darker, the larger")])
def test_the_caption_promises_the_numbers_that_the_matrix_holds(make_session, recipe, actions, said) -> None:
    summary = gather(collect([make_session(recipe)], ALL_OF_THEM)).conditions[0]
    names = tuple(f"Action{number}" for number in range(actions - len(summary.actions)))
    of_more = summarise(summary.trials, (*summary.actions, *names), np.random.default_rng(1))
    exhibit = overview_exhibit(of_more)
    assert said in exhibit.caption
    in_brackets = [text for text in exhibit.figure.findobj(Text) if "(" in text.get_text()]
    assert any("\n(" in text.get_text() for text in in_brackets) == ("brackets" in said)


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ("fewest-shared", "confounded with clip difficulty: the conditions differ"),
        ("same", "memory may"),
        ("independent", "People cannot be compared clip by clip"),
        ("swapped", "Here they come in 1, 0 sessions, so that some of the confound remains"),
    ],
)
def test_the_page_says_how_test_clips_were_chosen_and_what_that_confounds(
    make_session, recipe, tmp_path, choice, said
) -> None:
    make_session(replace(recipe, test_items=choice))
    findings = gather(collect([tmp_path / "data"], ALL_OF_THEM))
    text = Page(render_page(findings, result_tables(findings), [])).text
    assert f"Test clips: {choice}." in text
    assert said in text
    assert json.loads(summary_json(findings, []))["provenance"]["test_items"] == [choice]


def test_text_from_the_data_stays_text(make_session, recipe, tmp_path) -> None:
    make_session(replace(recipe, test_items="<script>alert(1)</script>"))
    findings = gather(collect([tmp_path / "data"], ALL_OF_THEM))
    assert "<script>alert" not in render_page(findings, result_tables(findings), [])
