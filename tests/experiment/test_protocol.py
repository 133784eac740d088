"""Protocols are read whole or refused in one sentence that names file, field, finding and what is allowed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from experiment.errors import InputRefused
from experiment.protocol import read_protocol
from experiment.protocol_file import QuestionnaireSpec, RestSpec, TrialsSpec
from tests.experiment.material import ACTIONS, PROTOCOLS


@pytest.fixture
def protocols(tmp_path: Path) -> Path:
    """A copy of the protocols that a test may spoil."""
    return Path(shutil.copytree(PROTOCOLS, tmp_path / "protocols"))


def spoilt(protocols: Path, *path: str | int, value: object) -> str:
    """What reading says after one field of the study's protocol was changed."""
    file = protocols / "afd5.yaml"
    content = yaml.safe_load(file.read_text("utf-8"))
    place = content
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    file.write_text(yaml.safe_dump(content), "utf-8")
    with pytest.raises(InputRefused) as refused:
        read_protocol(file)
    assert "\n" not in str(refused.value)
    assert "afd5.yaml" in str(refused.value)
    return str(refused.value)


def test_the_study_is_the_published_one():
    file = read_protocol(PROTOCOLS / "afd5.yaml").file
    kinds = [phase.kind for phase in file.phases]
    assert kinds == ["slides", "training", "test", "rest", "training", "test", "questionnaire"]
    counts = [(p.condition, p.clips_per_action) for p in file.phases if isinstance(p, TrialsSpec)]
    assert counts == [("UCF5", 4), ("UCF5", 18), ("AFD5", 4), ("AFD5", 18)]
    assert [p.duration_s for p in file.phases if isinstance(p, RestSpec)] == [300]
    assert tuple(action.name for action in file.actions) == ACTIONS
    assert not file.pilot


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    ("name", "scales"),
    [
        ("afd5", ["yes_no"] * 5 + ["knowledge"] * 2 + ["difficulty"] * 5 + [None]),
        ("pilot", ["difficulty"] * 5 + [None]),
    ],
)
def test_every_protocol_is_complete_in_both_languages(name, scales, language):
    protocol = read_protocol(PROTOCOLS / f"{name}.yaml", language)
    assert protocol.file.pilot == (name == "pilot")
    asked = next(p for p in protocol.file.phases if isinstance(p, QuestionnaireSpec)).questionnaire
    items = [item for page in protocol.questionnaires[asked].pages for item in page.items]
    assert [item.scale for item in items] == scales


def test_the_hash_covers_slides_and_words_too(protocols):
    before = read_protocol(protocols / "afd5.yaml").sha256
    slide = protocols / "slides" / "en" / "test-motion.md"
    slide.write_text(slide.read_text("utf-8").replace("likely", "probable"), "utf-8")
    assert read_protocol(protocols / "afd5.yaml").sha256 != before


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (
            ("phases", 2, "clips_per_action"),
            -3,
            "phases.2.clips_per_action: found -3; input should be greater than",
        ),
        (
            ("phases", 2, "clips_per_action"),
            "many",
            "phases.2.clips_per_action: found 'many'; input should be a valid",
        ),
        (("phases", 1, "clips"), 4, "phases.1.clips: unknown field (found 4)"),
        (("colour",), "red", "colour: unknown field (found 'red')"),
        (("test_items",), "random", "test_items: found 'random'; input should be 'fewest-shared', 'same'"),
        (("phases", 1, "condition"), "UCF6", "phases.1.condition: found 'UCF6', allowed: UCF5, AFD5"),
        (
            ("phases", 3, "kind"),
            "nap",
            "phases.3.kind: found 'nap'; allowed: 'slides', 'training', 'test', 'rest'",
        ),
        (("phases", 3), {"duration_s": 300}, "phases.3.kind: the field is missing"),
        (("phases", 0), {"kind": "slides"}, "phases.0.slides: the field is missing"),
        (("phases", 0, "slides"), "../secret", "phases.0.slides: found '../secret'"),
        (("interval_s",), 0, "interval_s: found 0; input should be greater than or equal to 0.2"),
        (("actions", 1, "name"), "Swing", "actions: 'Swing' stands there twice"),
        (("format",), 2, "format: found 2; input should be 1"),
        (
            ("menu_order",),
            "shuffled",
            "menu_order: found 'shuffled'; input should be 'fixed', 'latin' or 'random'",
        ),
        (
            ("condition_order",),
            "random",
            "condition_order: found 'random'; input should be 'fixed' or 'latin'",
        ),
        (("most_in_a_row",), 0, "most_in_a_row: found 0; input should be greater than or equal to 1"),
        (
            ("response",),
            {"mode": "click"},
            "response.mode: found 'click'; input should be 'press' or 'select",
        ),
        (("response",), {"minimum_viewing_s": float("nan")}, "response.minimum_viewing_s: found nan"),
        (("response",), {"time_limit_s": float("inf")}, "response.time_limit_s: found inf"),
        (
            ("response",),
            {"time_limit_s": 0},
            "response.time_limit_s: found 0; input should be greater than or",
        ),
        (
            ("response",),
            {"minimum_viewing_s": 5, "time_limit_s": 5},
            "response.time_limit_s: found 5 with minimum_viewing_s 5; allowed is a limit above",
        ),
        (
            ("phases", 2, "attention_checks"),
            -1,
            "phases.2.attention_checks: found -1; input should be greater",
        ),
        (
            ("phases", 2, "break_every"),
            0,
            "phases.2.break_every: found 0; input should be greater than or equal",
        ),
        (("phases", 2, "answer"), "after", "phases.2.answer: unknown field (found 'after')"),
        (
            ("phases", 1, "answer"),
            "never",
            "phases.1.answer: found 'never'; input should be 'during' or 'after'",
        ),
        (
            ("phases", 1, "criterion"),
            {"correct": 3, "of": 4, "rounds": 2},
            "phases.1.criterion: found with answer: during, where the right answer is marked before",
        ),
    ],
)
def test_a_wrong_field_is_named_with_what_is_allowed(protocols, path, value, said):
    assert said in spoilt(protocols, *path, value=value)


@pytest.mark.parametrize("version", ["1\t2", "1\n2", "1\r2", '"1', '"1"', "1\u2028"])
def test_a_consent_version_that_would_break_the_register_of_participants_is_refused(protocols, version):
    said = spoilt(protocols, "consent", "version", value=version)
    assert f"consent.version: found {version!r}; allowed is a text on one line, without tabs" in said


@pytest.mark.parametrize(
    ("criterion", "said"),
    [
        ({"correct": 5, "of": 4, "rounds": 2}, "criterion.correct: found 5, allowed is at most 4"),
        (
            {"correct": 21, "of": 21, "rounds": 2},
            "criterion.of: found 21, allowed is at most 20, the trials of one",
        ),
        (
            {"correct": 3, "of": 4, "rounds": 1},
            "criterion.rounds: found 1; input should be greater than or equal",
        ),
        ({"correct": 3, "of": 4}, "criterion.rounds: the field is missing"),
    ],
)
def test_a_criterion_that_means_nothing_is_refused(protocols, criterion, said):
    training = {"kind": "training", "condition": "UCF5", "clips_per_action": 4}
    value = {**training, "answer": "after", "criterion": criterion}
    assert f"phases.1.{said}" in spoilt(protocols, "phases", 1, value=value)


def test_conditions_that_differ_in_their_phases_cannot_change_places(protocols):
    file = protocols / "afd5.yaml"
    text = file.read_text("utf-8")
    file.write_text(text + "\ncondition_order: latin\n", "utf-8")
    assert read_protocol(file).file.condition_order == "latin"
    file.write_text(
        text.replace("  - {kind: training, condition: AFD5", "  # {") + "\ncondition_order: latin\n", "utf-8"
    )
    with pytest.raises(InputRefused) as refused:
        read_protocol(file)
    assert "condition_order: found 'latin', but the phases of the conditions differ" in str(refused.value)
    assert "(UCF5: training, test; AFD5: test)" in str(refused.value)


def test_a_word_that_a_language_lacks_is_named(protocols):
    file = protocols / "interface" / "de.yaml"
    text = file.read_text("utf-8")
    file.write_text(re.sub(r"^confirm: .*\n", "", text, flags=re.MULTILINE), "utf-8")
    read_protocol(protocols / "afd5.yaml", "en")
    with pytest.raises(InputRefused, match=r"de\.yaml: confirm: the field is missing"):
        read_protocol(protocols / "afd5.yaml", "de")


def test_a_missing_field_is_named(protocols):
    file = protocols / "afd5.yaml"
    file.write_text(file.read_text("utf-8").replace("test_items: fewest-shared\n", ""), "utf-8")
    with pytest.raises(InputRefused, match=r"afd5\.yaml: test_items: the field is missing"):
        read_protocol(file)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"format: 1\nname: [", "line 2: not valid YAML"),
        (b"", "found nothing, allowed is a mapping"),
        (b"- 1\n- 2\n", "found a list, allowed is a mapping"),
        (b"\xff\xfe\x00", "which is not UTF-8; save the file as UTF-8"),
    ],
)
def test_what_is_no_protocol_is_refused(protocols, content, said):
    file = protocols / "afd5.yaml"
    file.write_bytes(content)
    with pytest.raises(InputRefused) as refused:
        read_protocol(file)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_protocol_and_a_missing_slide_are_refused(protocols):
    with pytest.raises(InputRefused, match=r"other\.yaml: there is no such file"):
        read_protocol(protocols / "other.yaml")
    (protocols / "slides" / "en" / "introduction.md").unlink()
    with pytest.raises(InputRefused, match=r"introduction\.md: there is no such file"):
        read_protocol(protocols / "afd5.yaml")


def test_a_slide_with_a_clip_of_no_action_is_refused(protocols):
    slide = protocols / "slides" / "en" / "introduction.md"
    slide.write_text("# Hello\n![](clip:UCF5/Biking)\n", "utf-8")
    with pytest.raises(InputRefused, match="Biking is no action; allowed: JumpingJack"):
        read_protocol(protocols / "afd5.yaml")


@pytest.mark.parametrize(
    ("of", "found", "said"),
    [
        (
            "name: familiarity",
            "name: vision",
            "pages: 'vision' stands there twice, each name is allowed once",
        ),
        ("name: short_sighted", "name: owns_glasses", "items: 'owns_glasses' stands there twice"),
        # also on another page: an answer's column would not be known apart
        ("name: difficulty_Swing", "name: short_sighted", "items: 'short_sighted' stands there twice"),
    ],
)
def test_a_questionnaire_that_uses_a_name_twice_is_refused(protocols, of, found, said):
    file = protocols / "questionnaires" / "ilic2022.yaml"
    text = file.read_text("utf-8")
    assert text.count(f"{of}\n") == 1
    file.write_text(text.replace(f"{of}\n", f"{found}\n"), "utf-8")
    with pytest.raises(InputRefused) as refused:
        read_protocol(protocols / "afd5.yaml")
    assert said in str(refused.value)
    assert "ilic2022.yaml" in str(refused.value)
