"""The words that a data set has whoever took part: what they hold is no sign of a leak."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analysis.export import sidecars
from analysis.export.aggregate_columns import AGGREGATE_COLUMNS
from analysis.export.aggregates import QUESTIONNAIRE, TABLES
from analysis.export.columns import ALL_COLUMNS
from analysis.export.description import fixed_texts
from analysis.export.protocol_description import FOLDER
from analysis.export.stimuli_table import TABLE as STIMULI

_MODELS = (sidecars.StimulusPresentation, sidecars.SessionSidecar, sidecars.TaskSidecar)


def vocabulary(files: Mapping[str, bytes], words: tuple[str, ...]) -> tuple[str, ...]:
    """``words``, the fixed texts, columns and their descriptions, what protocols and stimulus set hold.

    Of ``files``, those of the data set, only these last are looked at.
    """
    return tuple(dict.fromkeys(_texts(files, words)))


def _texts(files: Mapping[str, bytes], words: tuple[str, ...]) -> Iterator[str]:
    yield from fixed_texts()
    yield from words
    for column in (*ALL_COLUMNS, *AGGREGATE_COLUMNS.values()):
        yield from (
            column.name,
            column.long_name,
            column.description,
            *column.levels,
            *column.levels.values(),
        )
    for model in _MODELS:
        for name, field in model.model_fields.items():
            yield from (field.alias or name, field.description or "")
    for table in (*TABLES, QUESTIONNAIRE):
        yield from (table.name, table.description)
    for name, content in files.items():
        if name.startswith(FOLDER) or name.endswith(STIMULI):
            yield name
            yield from content.decode().replace("\t", "\n").splitlines()
