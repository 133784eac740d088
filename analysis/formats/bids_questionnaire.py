"""The questionnaire of an exported data set -> answers per session."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.alias_generators import to_pascal

from analysis.errors import AnalysisError
from analysis.export.phenotype import SIDECAR, TABLE
from analysis.questionnaire import ItemAnswer
from analysis.tables import EMPTY
from experiment.records import ItemRole


class _Question(BaseModel):
    model_config = ConfigDict(alias_generator=to_pascal, extra="ignore")

    long_name: str
    levels: Mapping[str, str]
    page: str
    role: ItemRole


_SIDECARS = TypeAdapter(dict[str, dict[str, object]])
_NO_QUESTIONS = ("participant_id", "session_id")


def read_answers(folder: Path) -> Mapping[tuple[str, int], tuple[ItemAnswer, ...]]:
    """Label and number of the session -> its answers; empty where the data set has no questionnaire.

    ``options`` are the answers as published: of coarser ones, the coarser levels.

    Raises
    ------
    AnalysisError
        Where the table or its sidecar cannot be used.
    """
    path = folder / TABLE
    if not path.is_file():
        return {}
    try:
        table = pd.read_csv(path, sep="\t", dtype="string", keep_default_na=False, na_values=[EMPTY])
        sidecar = _SIDECARS.validate_json((folder / SIDECAR).read_bytes())
        items = [str(name) for name in table.columns if name not in _NO_QUESTIONS]
        questions = {item: _Question.model_validate(sidecar[item]) for item in items}
        ids = table["participant_id"].str.removeprefix("sub-")
    except ValidationError as error:
        first = error.errors()[0]
        raise AnalysisError(
            f"{folder / SIDECAR}: {'.'.join(map(str, first['loc']))}: {first['msg']}"
        ) from error
    except KeyError as missing:
        raise AnalysisError(f"{path}: {missing} is missing in the table or in {SIDECAR}") from missing
    except (OSError, ValueError) as error:
        raise AnalysisError(f"{path}: the answers cannot be read ({error})") from error
    numbers = [1] * len(table)
    if "session_id" in table:
        numbers = [int(number) for number in table["session_id"].str.removeprefix("ses-")]
    return {
        (str(label), number): tuple(
            _answer(item, questions[item], None if pd.isna(row[item]) else str(row[item])) for item in items
        )
        for label, number, row in zip(ids, numbers, table.to_dict("records"), strict=True)
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
