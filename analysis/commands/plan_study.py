"""``python -m analysis plan-study``: how many participants and trials a study needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from analysis.collection import Allowed, collect
from analysis.commands.data_options import (
    AllowPilot,
    AllowSimulated,
    AllowUnfinished,
    Format,
    announced,
)
from analysis.commands.own_data import refuse_to_replace_data
from analysis.errors import AnalysisError
from analysis.tables import table_bytes, write_file

if TYPE_CHECKING:
    from analysis.comparison.planning_question import Question
    from analysis.comparison.study_source import StudySource

_TITLES = {
    "kappa": "Kappa of {expected:g}, told from {value:g}",
    "accuracy": "Accuracy of {expected:.1%}, told from {value:.1%}",
    "difference": "Difference of {expected:g} to a model, told from {value:g}",
    "par": "On a par with a model within {value:g}",
}


def plan_study(
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write.", show_default=False)],
    data: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="DATA...",
            help="Data of a pilot study, as for `report`; without any, the published study is the pilot.",
            show_default=False,
        ),
    ] = None,
    question: Annotated[
        Literal["all", "kappa", "accuracy", "difference", "par"],
        typer.Option(
            help="What is to be told: kappa of people and a model, accuracy of people, their difference to a "
            "model, or that both are on a par."
        ),
    ] = "all",
    expected: Annotated[
        float | None,
        typer.Option(help="What the study will find.", show_default="kappa .3, difference .05, par 0"),
    ] = None,
    value: Annotated[
        float | None,
        typer.Option(
            help="What it is to be told from; for par, the margin.",
            show_default="kappa and difference 0; accuracy .05 below; par .05",
        ),
    ] = None,
    model_accuracy: Annotated[
        float | None,
        typer.Option(help="Accuracy of the model, for kappa.", show_default="that of people"),
    ] = None,
    power: Annotated[float, typer.Option(help="The power that is wanted, 0 to 1.")] = 0.8,
    participants: Annotated[str, typer.Option(help="Numbers of participants to try.")] = "5,10,20,30,40",
    trials: Annotated[
        str, typer.Option(help="Numbers of test trials of each to try, a clip each.")
    ] = "45,90,180,360",
    groups: Annotated[
        int | None,
        typer.Option(
            min=1, help="Clip groups (actor and scene) of each action.", show_default="the pilot's, or 7"
        ),
    ] = None,
    condition: Annotated[str, typer.Option(help="The condition to plan for.")] = "AFD5",
    studies: Annotated[int, typer.Option(help="Simulated studies for each design.")] = 300,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the simulations.")] = 1,
    data_format: Format = "auto",
    allow_simulated: AllowSimulated = False,
    allow_pilot: AllowPilot = False,
    allow_unfinished: AllowUnfinished = False,
) -> None:
    """Say how many participants and trials a study needs.

    Studies of many sizes are simulated, from the published study or from data of a pilot: a table, a figure,
    a sentence.

    \b
    For example, from the published study, and from a pilot of your own:
      python -m analysis plan-study -o plan --question accuracy
      python -m analysis plan-study data -o plan --question kappa --allow-pilot
    """
    refuse_to_replace_data(data or (), output)
    # Statistics are imported when they are needed: other commands must not wait for them.
    from dataclasses import replace

    import pandas as pd

    from analysis.comparison.planning import Grid, plan_sentence, power_table
    from analysis.comparison.planning_question import KINDS, question_of
    from analysis.figures.study_power import study_power
    from analysis.report.exhibits import drawn

    grid = Grid(_numbers("--participants", participants), _numbers("--trials", trials), studies)
    kinds = tuple(kind for kind in KINDS if question in (kind, "all"))
    if len(kinds) > 1 and (expected is not None or value is not None):
        raise AnalysisError(
            "--expected and --value belong to one question; name it with --question, or leave them out"
        )
    source = _source(
        data or [], condition, Allowed(allow_simulated, allow_pilot, allow_unfinished), data_format
    )
    if groups is not None:
        source = replace(source, groups_per_action=groups)
    # All questions are checked before the first is simulated.
    questions = [question_of(kind, source, expected, value, model_accuracy) for kind in kinds]
    tables = [power_table(each, source, grid, power, seed) for each in questions]
    sentences = [plan_sentence(table, each, power) for table, each in zip(tables, questions, strict=True)]
    titled = [(_title(each), table) for each, table in zip(questions, tables, strict=True)]
    figure = study_power(titled, power, f"{condition}, {studies} simulated studies a mark")
    write_file(output / "plan.tsv", table_bytes(pd.concat(tables, ignore_index=True)))
    write_file(output / "plan.txt", ("\n".join([*sentences, _basis(source)]) + "\n").encode())
    write_file(output / "plan.svg", drawn(figure, "svg"))
    write_file(output / "plan.png", drawn(figure, "png"))
    for sentence in sentences:
        print(sentence)
    print(_basis(source))


def _source(data: list[Path], condition: str, allowed: Allowed, data_format: Format) -> StudySource:
    from analysis.comparison.study_source import pilot_source, published_source

    if not data:
        return published_source(condition)
    return pilot_source(announced(collect(data, allowed, data_format)).table, condition)


def _basis(source: StudySource) -> str:
    return (
        f"Simulated from {source.described}: {source.condition}, accuracy {source.accuracy:.1%}, standard "
        f"deviations of log-odds {source.observers:.2f} (participants), {source.groups:.2f} (clip groups), "
        f"{source.clips:.2f} (clips of a group), {source.groups_per_action} clip groups of each action."
    )


def _title(question: Question) -> str:
    return _TITLES[question.kind].format(expected=question.expected, value=question.value)


def _numbers(option: str, text: str) -> tuple[int, ...]:
    try:
        return tuple(int(number) for number in text.split(","))
    except ValueError:
        raise AnalysisError(
            f"{option} is {text!r}; allowed are whole numbers with commas between, as 10,20,40"
        ) from None
