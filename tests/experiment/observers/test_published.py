"""The default observer answers as the published group did."""

from __future__ import annotations

import re
import textwrap
from dataclasses import replace

import numpy as np
import pytest
import yaml

from experiment.backends.virtual import VirtualClock, VirtualDisplay, VirtualResponses
from experiment.errors import InputRefused
from experiment.observers import LogNormal, ObservedDisplay, observer_file, read_observer
from experiment.phases.layout import Layout
from experiment.plan import Seat
from experiment.ports import InputEvent
from experiment.scene import ChoiceCue, Cue, Scene
from tests.experiment.material import ACTIONS, PROTOCOLS

OBSERVER = PROTOCOLS / "observers" / "published.yaml"
RESULTS = "ilic2022.yaml"
RESULTS_PATH = PROTOCOLS.parent / "analysis" / "reference" / RESULTS


def cue(condition: str, action: str, phase: str = "test") -> ChoiceCue:
    return ChoiceCue(condition, phase, 1, 1, 1, action, 0.0, 0, answer_shown=phase == "training")


def test_a_log_normal_fitted_to_quartiles_has_them():
    fitted = LogNormal.from_quartiles(2.2, 1.6, 3.3)
    assert (fitted.mu, fitted.sigma) == pytest.approx((0.788, 0.537), abs=1e-3)
    drawn = np.quantile([fitted.draw(np.random.default_rng(i)) for i in range(4000)], [0.25, 0.5, 0.75])
    assert drawn[1] == pytest.approx(2.2, rel=0.05)
    assert drawn[2] / drawn[0] == pytest.approx(3.3 / 1.6, rel=0.05)


@pytest.mark.parametrize("condition", ["UCF5", "AFD5"])
def test_its_accuracy_is_that_of_the_published_counts(condition):
    results = yaml.safe_load((OBSERVER.parent / "../../analysis/reference/ilic2022.yaml").read_text("utf-8"))
    observer = read_observer(OBSERVER, (condition,), ACTIONS)
    for row, action in enumerate(ACTIONS):
        choices = observer.habits[condition].choices[action]
        counts = results["human_counts"][condition]
        assert choices[action] == pytest.approx(counts["correct"][action] / counts["total"][action])
        assert sum(choices.values()) == pytest.approx(1)
        printed = dict(zip(ACTIONS, results["human_confusion"][condition][row], strict=True))
        wrong = [other for other in ACTIONS if other != action]
        if sum(printed[other] for other in wrong):
            # Errors fall where the published row has them.
            assert max(wrong, key=choices.__getitem__) == max(wrong, key=printed.__getitem__)
            assert all(choices[other] == 0 for other in wrong if printed[other] == 0)


def test_it_draws_what_its_matrix_says():
    observer = read_observer(OBSERVER, ("AFD5",), ACTIONS)
    generator = np.random.default_rng(3)
    drawn = [observer.choose(cue("AFD5", "Lunges"), ACTIONS, generator) for _ in range(4000)]
    shares = {action: np.mean([choice == action for choice, _ in drawn]) for action in ACTIONS}
    expected = observer.habits["AFD5"].choices["Lunges"]
    for action in ACTIONS:
        # Four standard errors of a share.
        allowed = 4 * np.sqrt(expected[action] * (1 - expected[action]) / 4000)
        assert shares[action] == pytest.approx(expected[action], abs=max(allowed, 1e-9))


def test_in_training_it_chooses_what_is_marked():
    observer = read_observer(OBSERVER, ("AFD5",), ACTIONS)
    generator = np.random.default_rng(3)
    assert {
        observer.choose(cue("AFD5", "Lunges", "training"), ACTIONS, generator)[0] for _ in range(200)
    } == {"Lunges"}


def test_an_observer_that_does_not_know_a_condition_is_refused(tmp_path):
    file = tmp_path / "observer.yaml"
    file.write_text(f"format: 1\nname: x\npublished_results: {RESULTS}\n")
    (tmp_path / RESULTS).symlink_to(RESULTS_PATH)
    with pytest.raises(InputRefused, match="no answers for AFD6"):
        read_observer(file, ("UCF5", "AFD6"), ACTIONS)


def test_every_example_of_the_manual_is_an_observer_and_every_field_stands_there(tmp_path):
    text = (PROTOCOLS.parent / "docs" / "observers.md").read_text("utf-8")
    examples = re.findall(r"^ *```yaml\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        file = tmp_path / "observer.yaml"
        file.write_text(textwrap.dedent(example).replace("../../analysis/reference/", ""))
        (tmp_path / RESULTS).unlink(missing_ok=True)
        (tmp_path / RESULTS).symlink_to(RESULTS_PATH)
        assert (
            read_observer(file, ("AFD5",), ("Swing", "Lunges")).habits["AFD5"].choices["Swing"]["Swing"] > 0.8
        )
    models = (
        observer_file.ObserverFile,
        observer_file.ChangeSpec,
        observer_file.EarlySpec,
        observer_file.AbsentSpec,
    )
    for model in models:
        for field in model.model_fields:
            assert re.search(rf"\b{field}\b", text), field


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("lapse_rate: 1.5", "lapse_rate: found 1.5"),
        ("pace: .nan", "pace: found nan"),
        ("always_presses: 6", "always_presses: found 6, but the menu has 5 places"),
        ("default: {correct: 0.5, time: {median_s: 1, q1_s: 2, q3_s: 3}}", "default.time.median_s: found 1"),
        ("default: {correct: 0.5, time: {median_s: 0, q1_s: 0, q3_s: 3}}", "default.time.median_s: found 0"),
        (
            "conditions: {AFD5: {choices: {Swing: {Swing: 0.5}}, times: {}}}",
            "conditions.AFD5.choices.Swing: found a sum of 0.5, allowed is 1",
        ),
        (
            "conditions: {AFD5: {choices: {Swing: {Swing: 1}}, times: {}}}",
            "conditions.AFD5.choices: JumpingJack is missing",
        ),
        (
            "conditions: {AFD5: {choices: {Biking: {Swing: 1}}, times: {}}}",
            "conditions.AFD5.choices: found Biking, allowed are the actions of the protocol",
        ),
        ("learning: {lapse_rate: 0.1}", "learning.trials: the field is missing"),
    ],
)
def test_a_wrong_field_of_an_observer_is_named(tmp_path, fields, said):
    file = tmp_path / "observer.yaml"
    file.write_text(f"format: 1\nname: x\n{fields}\n")
    with pytest.raises(InputRefused) as refused:
        read_observer(file, ("AFD5",), ACTIONS)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "content", ["format: 1\nname: x\n", "format: 1\nname: x\npublished_results: none.yaml\n", "a"]
)
def test_what_is_no_observer_file_is_refused(tmp_path, content):
    file = tmp_path / "observer.yaml"
    file.write_text(content)
    with pytest.raises(InputRefused):
        read_observer(file, ("UCF5",), ACTIONS)


@pytest.mark.parametrize(
    ("name", "place", "lapses", "pace"),
    [
        ("lapsing", 1, 0.2, 1.0),
        ("lapsing", 200, 0.2, 1.0),
        ("fast", 1, 0.05, 0.5),
        ("learner", 1, 0.6, 2.0),
        ("learner", 31, 0.6 / np.e, 1 + 1 / np.e),
        ("learner", 301, 0.0, 1.0),
        ("tiring", 1, 0.0, 1.0),
        ("tiring", 101, 0.15, 1.4),
        ("tiring", 900, 0.3, 1.8),
        ("random-clicker", 5, 1.0, 1.0),
    ],
)
def test_lapses_and_pace_are_those_of_the_place_in_the_session(name, place, lapses, pace):
    observer = read_observer(OBSERVER.with_stem(name), ("AFD5",), ACTIONS)
    asked = replace(cue("AFD5", "Swing"), place=place)
    generator = np.random.default_rng(11)
    drawn = [observer.choose(asked, ACTIONS, generator) for _ in range(6000)]
    habits = observer.habits["AFD5"]
    right = (1 - lapses) * habits.choices["Swing"]["Swing"] + lapses / 5
    assert np.mean([choice == "Swing" for choice, _ in drawn]) == pytest.approx(
        right, abs=4 * np.sqrt(right * (1 - right) / 6000)
    )
    median_s = np.exp(habits.times["Swing"].mu) * pace
    # The standard error of a median of normal values is 1.25 of that of their mean.
    assert np.log(np.median([seconds for _, seconds in drawn])) == pytest.approx(
        np.log(median_s), abs=4 * 1.25 * habits.times["Swing"].sigma / np.sqrt(6000)
    )


@pytest.mark.parametrize("name", ["published", "always-first"])
def test_a_press_is_given_up_where_its_screen_is_gone(name):
    clock = VirtualClock()
    responses = VirtualResponses(clock)
    observer = read_observer(OBSERVER.with_stem(name), ("AFD5",), ACTIONS)
    display = ObservedDisplay(VirtualDisplay(clock), observer, responses, Seat("P001", 1, 1, 7))
    targets = Layout(1920, 1080).menu(ACTIONS)

    def shown(asked: Cue | None, flips: int) -> list[InputEvent]:
        events: list[InputEvent] = []
        for _ in range(flips):
            display.show(Scene("test", (), (), targets, asked))
            events += responses.poll()
        return events

    asked = cue("AFD5", "Swing")
    assert shown(asked, 2) == []
    assert shown(None, 3000) == []
    # Shown again, it is answered.
    assert shown(replace(asked, onset_s=clock.now()), 3000) != []
