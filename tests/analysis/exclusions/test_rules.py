"""A file of rules that is wrong."""

from __future__ import annotations

import pytest

from analysis.errors import AnalysisError
from analysis.exclusions import read_rules


def test_a_field_that_stands_there_twice_is_refused(rules) -> None:
    with pytest.raises(AnalysisError, match=r"rules\.yaml, line 3: .*'below_s' stands there twice"):
        rules("- {rule: too-fast, below_s: 0.1, below_s: 0.2}")
    with pytest.raises(AnalysisError, match=r"aliases .* are not allowed|anchors .* are not allowed"):
        rules("- &fast {rule: too-fast, below_s: 0.1}\n- *fast")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("- {rule: too-fast}", "rule 1 (too-fast): needs below_s (seconds) or below_loops"),
        ("- {rule: too-fast, below_s: -1}", "rule 1 (too-fast) field below_s: found -1; input should be"),
        ("- {rule: too-fast, below_s: .nan}", "rule 1 (too-fast) field below_s: found nan"),
        ("- {rule: too-fast, below_s: 1, seconds: 2}", "rule 1 (too-fast) field seconds: unknown field"),
        ("- {rule: too-slow, above_s: 9, level: participant}", "more_than_share goes with level participant"),
        (
            "- {rule: too-slow, above_s: 9, more_than_share: .1}",
            "more_than_share goes with level participant",
        ),
        ("- {rule: dropped-frames}", "rule 1 (dropped-frames) field more_than: the field is missing"),
        ("- {rule: too-fast, below_s: 1, conditions: AFD5}", "found 'AFD5'; input should be a valid list"),
        ("- {rule: mood}", "rule 1: found rule 'mood'; allowed: 'too-fast', 'too-slow'"),
        ("- {below_s: 1}", "rule 1: the field rule is missing"),
        ("- {rule: training-criterion, correct: 6, of: 5}", "correct is 6 of the last 5 answers"),
        ("- {rule: monotone-responding}", "needs one of run_of, same_action_share and same_place_share"),
        (
            "- {rule: early-presses}\n- {rule: accuracy-at-chance, confidence: 1}",
            "rule 2 (accuracy-at-chance)",
        ),
        ("- [", "line 3: not valid YAML"),
    ],
)
def test_a_wrong_rule_is_named(rules, lines, said) -> None:
    with pytest.raises(AnalysisError) as error:
        rules(lines)
    assert said in str(error.value)
    assert "rules.yaml" in str(error.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"format: 2\nrules: []\n", "field format: found 2; input should be 1"),
        (b"rules: []\n", "field format: the field is missing"),
        (
            b"format: 1\nrules: {rule: mood}\n",
            "field rules: found {'rule': 'mood'}; input should be a valid list",
        ),
        (b"- too-fast\n", "has the fields format and rules; found ['too-fast']"),
        (b"format: 1 # \xe4\n", "not UTF-8"),
        (b"format: 1 # \x00\n", "line 1: not valid YAML (found the character U+0000)"),
    ],
)
def test_a_wrong_file_is_named(tmp_path, content, said) -> None:
    path = tmp_path / "rules.yaml"
    path.write_bytes(content)
    with pytest.raises(AnalysisError, match=r"rules\.yaml") as error:
        read_rules(path)
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    with pytest.raises(AnalysisError, match=r"cannot be read .* or one of recommended, none"):
        read_rules(tmp_path / "nowhere.yaml")


def test_the_name_of_rules_tells_no_folder_but_a_fault_in_them_does(rules, tmp_path) -> None:
    assert rules("- {rule: too-fast, below_s: 0.1}").name == "rules.yaml"
    with pytest.raises(AnalysisError, match=f"^{tmp_path}/rules.yaml: rule 1"):
        rules("- {rule: mood}")
