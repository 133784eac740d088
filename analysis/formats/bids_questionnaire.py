"""The questionnaire of an exported data set -> answers per session."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.alias_generators import to_pascal

from analysis.errors import AnalysisError
from analysis.export.columns import PARTICIPANT_ID
from analysis.export.phenotype import questionnaire_names
from analysis.questionnaire import ItemAnswer
from experiment.records import ItemRole
from stimuli.tsv import EMPTY
from stimuli.validation import first_problem
from stimuli.whole_file import read_whole


class _Question(BaseModel):
    model_config = ConfigDict(alias_generator=to_pascal, extra="ignore")

    long_name: str
    levels: Mapping[str, str]
    page: str
    role: ItemRole


_SIDECARS = TypeAdapter(dict[str, dict[str, object]])


def read_answers(folder: Path) -> Mapping[tuple[str, int], tuple[ItemAnswer, ...]]:
    """Label and number of the session -> its answers; empty where the data set has no questionnaire.

    ``options`` are the answers as published: of coarser ones, the coarser levels.

    Raises
    ------
    AnalysisError
        Where the table or its sidecar cannot be used.
    """
    answers: dict[tuple[str, int], tuple[ItemAnswer, ...]] = {}
    number = 1
    while (folder / questionnaire_names(number)[0]).is_file() or number == 1:
        answers |= {(label, number): given for label, given in _of_number(folder, number).items()}
        number += 1
    return answers


def _of_number(folder: Path, number: int) -> dict[str, tuple[ItemAnswer, ...]]:
    name, sidecar_name = questionnaire_names(number)
    path = folder / name
    if not path.is_file():
        return {}
    try:
        table = pd.read_csv(path, sep="\t", dtype="string", keep_default_na=False, na_values=[EMPTY])
        sidecar = _SIDECARS.validate_json(read_whole(folder / sidecar_name))
        items = [str(column) for column in table.columns if column != PARTICIPANT_ID.name]
        questions = {item: _Question.model_validate(sidecar[item]) for item in items}
        ids = table[PARTICIPANT_ID.name].str.removeprefix("sub-")
    except ValidationError as error:
        raise AnalysisError(f"{folder / sidecar_name}: {first_problem(error)}") from error
    except KeyError as missing:
        raise AnalysisError(f"{path}: {missing} is missing in the table or in {sidecar_name}") from missing
    except (OSError, ValueError) as error:
        raise AnalysisError(f"{path}: the answers cannot be read ({error})") from error
    return {
        str(label): tuple(
            _answer(item, questions[item], None if pd.isna(row[item]) else str(row[item])) for item in items
        )
        for label, row in zip(ids, table.to_dict("records"), strict=True)
    }


def _answer(item: str, question: _Question, answer: str | None) -> ItemAnswer:
    return ItemAnswer(
        item=item,
        page=question.page,
        text=question.long_name,
        role=question.role,
        options=tuple(question.levels),
        labels=tuple(question.levels.values()),
        answer=answer,
    )
