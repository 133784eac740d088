from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from analysis.comparison.model_accuracy import model_accuracy, model_drop
from analysis.figures.class_confusion import class_confusion
from analysis.figures.models import PEOPLE, people_and_models
from analysis.measures.class_choice import choose_classes
from analysis.style import SMALLEST_PT
from tests.analysis.comparison.predicted import model

WORST_LAST = {"Good": 0.9, "Middling": 0.6, "Bad": 0.2}


@pytest.fixture
def accuracy() -> pd.DataFrame:
    ours = pd.DataFrame(
        {
            "observer": PEOPLE,
            "condition": ["UCF5", "AFD5"],
            "accuracy": [0.99, 0.9],
            "low": [0.97, 0.85],
            "high": [1.0, 0.94],
        }
    )
    answers = [model(name, {"UCF5": 0.9, "AFD5": share}) for name, share in WORST_LAST.items()]
    return pd.concat([ours, model_accuracy(pd.concat(answers[::-1]))], ignore_index=True)


def test_people_stand_first_and_models_by_what_they_reach_at_last(accuracy: pd.DataFrame) -> None:
    answers = pd.concat([model(name, {"UCF5": 0.9, "AFD5": share}) for name, share in WORST_LAST.items()])
    drops = model_drop(answers)
    figure = people_and_models(accuracy, drops, 0.2, 10, "simulated")
    first, second = figure.axes
    for axes in (first, second):
        assert [label.get_text() for label in axes.get_yticklabels()] == [PEOPLE, *WORST_LAST]
    texts = {text.get_text() for text in figure.findobj(Text)}
    assert {
        "10 participants, 3 models, the same clips",
        "SIMULATED DATA",
        "b  Drop from UCF5 to AFD5",
    } <= texts
    low, high = first.get_xlim()
    assert low < accuracy["low"].min() < accuracy["high"].max() < high


def test_without_drops_there_is_one_panel_and_long_names_are_cut(accuracy: pd.DataFrame) -> None:
    named = accuracy.replace({"observer": {"Bad": "A network with a name longer than any line has room"}})
    figure = people_and_models(named, named.iloc[:0].assign(first="", second="", drop=0.0), 0.2, 1, "")
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()][-1] == "A network with a name longe…"


@pytest.mark.parametrize("classes", [6, 40])
def test_the_matrix_of_classes_names_those_that_were_chosen(classes: int) -> None:
    rng = np.random.default_rng(1)
    shown = np.repeat(np.arange(classes), 20)
    answered = np.where(
        rng.random(len(shown)) < 0.7, shown, (shown + rng.integers(1, 3, len(shown))) % classes
    )
    trials = pd.DataFrame(
        {
            "observer": "ResNet50",
            "condition": "UCF101",
            "action": [f"Class{place:02d}" for place in shown],
            "response": [f"Class{place:02d}" for place in answered],
        }
    )
    choice = choose_classes(trials, 4)
    figure = class_confusion(choice, "ResNet50", len(trials))
    whole, part = figure.axes
    assert [label.get_text() for label in part.get_yticklabels()] == list(choice.chosen)
    named = [label.get_text() for label in whole.get_yticklabels()]
    assert named == (list(choice.classes) if classes <= 24 else ["\n".join(choice.chosen)])
    assert min(text.get_fontsize() for text in figure.findobj(Text) if text.get_text()) >= SMALLEST_PT
