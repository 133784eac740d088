"""What a run of predictions has finished, kept beside its table until that is whole.

``.<table>.unfinished.jsonl``: the first line says what is being predicted, every further line holds the
answers to one batch of clips. A line that a kill cut short counts for nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from analysis.errors import AnalysisError
from stimuli.errors import reason_of
from stimuli.locks import exclusive_lock

Answers = NDArray[np.float32]


class UnfinishedPredictions:
    """Answers by clip; ``add`` returns when the disk has them."""

    def __init__(self, file: IO[bytes], answers: dict[str, Answers]) -> None:
        self._file = file
        self.answers = answers

    def add(self, clip_ids: Sequence[str], answers: Answers) -> None:
        """Keep the answers, (clips, classes), to one batch of clips."""
        # As doubles, float32 values are written with all their digits and read back bit for bit.
        line = {"clips": list(clip_ids), "answers": answers.astype(float).tolist()}
        self._file.write(json.dumps(line).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.answers.update(zip(clip_ids, answers, strict=True))


def unfinished_path(table: Path) -> Path:
    """Where the answers to ``table`` lie until it is whole."""
    return table.with_name(f".{table.name}.unfinished.jsonl")


@contextmanager
def unfinished_predictions(table: Path, wanted: Mapping[str, str]) -> Iterator[UnfinishedPredictions]:
    """The answers that an earlier run for ``table`` has left, to be gone on with; removed at a good end.

    ``wanted`` says what the answers depend on: name -> value.

    Raises
    ------
    AnalysisError
        Where another process predicts into this table, the earlier run wanted something else, or a file
        cannot be written.
    """
    path = unfinished_path(table)
    lock = table.with_name(f".{table.name}.lock")
    try:
        table.parent.mkdir(parents=True, exist_ok=True)
        with exclusive_lock(lock, wait=False):
            answers = _earlier(path, table, wanted)
            with path.open("r+b" if path.exists() else "w+b") as file:
                file.seek(0, os.SEEK_END)
                if not file.tell():
                    file.write(json.dumps(dict(wanted)).encode() + b"\n")
                unfinished = UnfinishedPredictions(file, answers)
                try:
                    yield unfinished
                except BaseException:
                    if not unfinished.answers:
                        path.unlink()
                    raise
            path.unlink()
    except BlockingIOError:
        raise AnalysisError(f"another process predicts into {table}; wait for it to end") from None
    except OSError as error:
        raise AnalysisError(f"{table} could not be written ({reason_of(error)})") from error


def _earlier(path: Path, table: Path, wanted: Mapping[str, str]) -> dict[str, Answers]:
    """The answers in the file, which afterwards ends with a whole line; none where there is no file."""
    if not path.exists():
        return {}
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        with path.open("r+b") as file:
            file.truncate(len(whole))
    lines = whole.splitlines()
    if not lines:
        return {}
    try:
        first, *batches = [json.loads(line) for line in lines]
        if not isinstance(first, dict):
            raise ValueError("its first line is no list of options")
        answers = {
            str(clip): np.array(row, dtype=np.float32)
            for batch in batches
            for clip, row in zip(batch["clips"], batch["answers"], strict=True)
        }
        if any(row.ndim != 1 for row in answers.values()) or len({len(row) for row in answers.values()}) > 1:
            raise ValueError("its answers are not all to the same actions")
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise AnalysisError(f"{path} cannot be read ({error}); remove it to begin anew") from error
    other = [name for name in wanted if first.get(name) != wanted[name]]
    if other and answers:
        name = other[0]
        raise AnalysisError(
            f"an unfinished run for {table} has answers to {len(answers)} clips, but with {name} "
            f"{first.get(name)} instead of {wanted[name]}: give the same options to go on with it, or remove "
            f"{path}"
        )
    if other:
        path.unlink()
    return answers
