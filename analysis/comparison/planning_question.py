"""What a study is planned to tell apart: a question with its numbers, checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from analysis.comparison.study_source import StudySource
from analysis.errors import AnalysisError

Kind = Literal["kappa", "accuracy", "difference", "par"]
KINDS: tuple[Kind, ...] = ("kappa", "accuracy", "difference", "par")


@dataclass(frozen=True)
class Question:
    """What is to be told apart.

    ``kappa``: the mean error consistency of a model with people, which is ``expected``, from ``value``.
    ``accuracy``: that of people, likewise. ``difference``: of people's accuracy and a model's, likewise.
    ``par``: the same difference, to be shown to lie between -``value`` and ``value``.
    ``model_accuracy`` is used for ``kappa`` alone; elsewhere it follows from the difference.
    """

    kind: Kind
    expected: float
    value: float
    model_accuracy: float

    @property
    def named(self) -> str:
        """What the power is a power of, to stand after "to"."""
        match self.kind:
            case "kappa":
                return f"tell a kappa of {self.expected:g} between people and a model from {self.value:g}"
            case "accuracy":
                return f"tell an accuracy of people of {self.expected:.3g} from {self.value:.3g}"
            case "difference":
                return (
                    f"tell a difference of {self.expected:g} between the accuracies of people and a model "
                    f"from {self.value:g}"
                )
            case "par":
                apart = f"differ by {self.expected:g}" if self.expected else "are the same"
                return (
                    f"show that people and a model whose accuracies {apart} are on a par within "
                    f"{self.value:g}"
                )


def question_of(
    kind: Kind,
    source: StudySource,
    expected: float | None = None,
    value: float | None = None,
    model_accuracy: float | None = None,
) -> Question:
    """A question with what was not given filled in.

    kappa .3 from 0; the source's accuracy from one .05 below it; a difference of .05 from 0; on a par within
    .05 where there is no difference. A model has the accuracy of people.

    Raises
    ------
    AnalysisError
        Where a number is not possible, or nothing is to be told apart.
    """
    usual: dict[Kind, tuple[float, float]] = {
        "kappa": (0.3, 0.0),
        "accuracy": (source.accuracy, source.accuracy - 0.05),
        "difference": (0.05, 0.0),
        "par": (0.0, 0.05),
    }
    question = Question(
        kind,
        usual[kind][0] if expected is None else expected,
        usual[kind][1] if value is None else value,
        source.accuracy if model_accuracy is None else model_accuracy,
    )
    for sentence in _objections(question, source):
        raise AnalysisError(sentence)
    return question


def _objections(question: Question, source: StudySource) -> Iterator[str]:
    kind, expected, value = question.kind, question.expected, question.value
    digits = ".1%" if kind == "accuracy" else "g"  # as figures print them
    same = expected == value or f"{expected:{digits}}" == f"{value:{digits}}"
    if same and kind != "par":
        printed = "" if expected == value else f", {value:{digits}}, in print"
        yield f"{kind}: {expected:g} is expected and is to be told from {value:g}, which is the same{printed}"
    if kind in ("kappa", "difference") and not -1 <= value <= 1:
        yield f"{kind}: to be told from {value:g}; allowed is -1 to 1"
    if kind == "accuracy" and not (0 < expected < 1 and 0 <= value <= 1):
        yield (
            f"accuracy: {expected:g} is to be told from {value:g}; allowed are shares from 0 to 1, and an "
            f"expected one between them"
        )
    if kind == "kappa" and not 0 < question.model_accuracy < 1:
        yield f"--model-accuracy is {question.model_accuracy:g}; allowed is more than 0 and less than 1"
    if kind in ("difference", "par") and not 0 < source.accuracy - expected < 1:
        yield (
            f"{kind}: with an accuracy of people of {source.accuracy:.3g}, a difference of {expected:g} "
            f"leaves a model {source.accuracy - expected:.3g}; allowed is more than 0 and less than 1"
        )
    if kind == "par" and not abs(expected) < value < 1:
        yield (
            f"par: the margin is {value:g} and the expected difference {expected:g}; the margin must be "
            f"larger than the difference, and less than 1"
        )
