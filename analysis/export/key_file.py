"""The key from labels to participant codes: kept only where it is asked for, and for its owner alone."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.export.publishing import lies_in, refuse_inside_data
from stimuli.durable import flush_folder
from stimuli.errors import reason_of


def refuse_key_place(key: Path, out: Path, data: Sequence[Path]) -> None:
    """Whether a key can be written at ``key``, away from the data set and from the data.

    Raises
    ------
    AnalysisError
        Where it cannot.
    """
    if lies_in(key, out):
        raise AnalysisError(
            f"{key} lies in {out}; a key must not travel with the data set, choose another place for it"
        )
    refuse_inside_data(key, data, "the key")
    if key.exists() or key.is_symlink():
        raise AnalysisError(f"{key} exists already; a key is never written over, choose another name")
    if not key.absolute().parent.is_dir():
        raise AnalysisError(f"{key.absolute().parent} is no folder; make it before a key is written there")


def write_key(key: Path, labels: Mapping[str, str]) -> None:
    """Write labels and codes, ordered by label, readable and writable for the owner only (mode 0600).

    Raises
    ------
    AnalysisError
        Where the file cannot be written, or is there already.
    """
    lines = [f"sub-{label}\t{code}" for code, label in sorted(labels.items(), key=lambda pair: pair[1])]
    content = "\n".join(["participant_id\tparticipant_code", *lines]) + "\n"
    try:
        # Created with its mode: at no moment can others read it.
        descriptor = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            flush_folder(key.absolute().parent)
        except OSError:
            key.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise AnalysisError(f"{key}: the key cannot be written ({reason_of(error)})") from error
