from __future__ import annotations

from pathlib import Path

import pytest

from analysis.errors import AnalysisError
from analysis.models.splits import training_split
from stimuli.clip import Clip
from stimuli.manifest import StimulusSet


def clips(condition: str, groups: range, per_group: int = 2, action: str = "Swing") -> list[Clip]:
    return [
        Clip(
            clip_id=f"{condition}/v_{action}_g{group:02d}_c{number:02d}",
            condition=condition,
            action=action,
            group=group,
            split="test" if group < 8 else "train",
            path=f"{condition.lower()}/{action}/v_{action}_g{group:02d}_c{number:02d}.mkv",
            sha256="0" * 64,
            frames=50,
            fps=25.0,
            width=320,
            height=240,
            source_clip_id=f"UCF5/v_{action}_g{group:02d}_c{number:02d}" if condition == "AFD5" else None,
        )
        for group in groups
        for number in range(1, per_group + 1)
    ]


def both(groups: range) -> list[Clip]:
    return [
        clip
        for condition in ("UCF5", "AFD5")
        for action in ("Swing", "Lunges")
        for clip in clips(condition, groups, action=action)
    ]


def made(*rows: list[Clip]) -> StimulusSet:
    return StimulusSet(Path("set"), tuple(clip for each in rows for clip in each), "f" * 64)


def test_groups_are_whole_and_no_test_clip_is_in_either_part() -> None:
    split = training_split(made(both(range(1, 26))), ("UCF5",), seed=0)
    groups = [{(clip.action, clip.group) for clip in part} for part in (split.train, split.validation)]
    assert not groups[0] & groups[1]
    assert {clip.split for clip in (*split.train, *split.validation)} == {"train"}
    assert {clip.condition for clip in split.train} == {"UCF5"}
    # A fifth of 18 groups is 3.6, so 4 of each action.
    assert sorted(action for action, _ in groups[1]) == ["Lunges"] * 4 + ["Swing"] * 4
    assert len(split.train) + len(split.validation) == 2 * 18 * 2
    assert split.actions == ("Lunges", "Swing")


def test_a_group_is_on_the_same_side_in_both_conditions() -> None:
    stimuli = made(both(range(1, 26)))
    held = [
        {(clip.action, clip.group) for clip in training_split(stimuli, conditions, seed=3).validation}
        for conditions in (("UCF5",), ("AFD5",), ("UCF5", "AFD5"))
    ]
    assert held[0] == held[1] == held[2]


def test_the_seed_chooses_the_groups() -> None:
    stimuli = made(both(range(1, 26)))
    held = [
        tuple(clip.clip_id for clip in training_split(stimuli, ("UCF5",), seed=seed).validation)
        for seed in (0, 0, 1)
    ]
    assert held[0] == held[1] != held[2]


def test_another_action_in_the_set_changes_nothing_for_this_one() -> None:
    few, many = (
        made(both(range(8, 26))),
        made(both(range(8, 26)), clips("UCF5", range(8, 26), action="Biking")),
    )
    of_swing = [
        [clip.clip_id for clip in training_split(each, ("UCF5",), 0).validation if clip.action == "Swing"]
        for each in (few, many)
    ]
    assert of_swing[0] == of_swing[1]


def test_a_set_without_training_clips_is_refused() -> None:
    with pytest.raises(AnalysisError, match=r"no training clips of AFD5.*found: UCF5 train"):
        training_split(made(clips("UCF5", range(8, 12))), ("UCF5", "AFD5"), 0)
    with pytest.raises(AnalysisError, match="no training clips of UCF5"):
        training_split(made(both(range(1, 8))), ("UCF5",), 0)


def test_an_action_with_one_group_leaves_nothing_to_stop_by() -> None:
    rows = [clips("UCF5", range(8, 12)), clips("UCF5", range(8, 9), action="Lunges")]
    with pytest.raises(AnalysisError, match="all training clips of Lunges are of group 8"):
        training_split(made(*rows), ("UCF5",), 0)


def test_an_action_that_is_only_tested_is_named() -> None:
    rows = [clips("UCF5", range(8, 12)), clips("UCF5", range(8, 12), action="Lunges")]
    with pytest.raises(AnalysisError, match="PullUps has test clips but no training clips"):
        training_split(made(*rows, clips("UCF5", range(1, 3), action="PullUps")), ("UCF5",), 0)


def test_one_action_is_no_choice() -> None:
    with pytest.raises(AnalysisError, match="all training clips show Swing"):
        training_split(made(clips("UCF5", range(8, 12))), ("UCF5",), 0)
