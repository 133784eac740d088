"""A table of predictions from another program's CSV: a column `clip_id`, and a probability for every action.

python docs/examples/table_of_answers.py "My model" answers.csv stimulus_sets/ucf my-model.tsv
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from analysis.errors import AnalysisError
from analysis.models.predictions import prediction_table
from analysis.tables import write_table
from stimuli.manifest import read_stimulus_set


def main(model: str, answers: str, stimuli: str, output: str) -> None:
    """Write the answers of one run of a model as a trial table."""
    probabilities = pd.read_csv(answers).set_index("clip_id")
    by_id = {clip.clip_id: clip for clip in read_stimulus_set(Path(stimuli)).clips}
    if unknown := [clip_id for clip_id in probabilities.index if clip_id not in by_id]:
        raise AnalysisError(f"{answers}: the clip {unknown[0]} is not in {stimuli}")
    clips = [by_id[clip_id] for clip_id in probabilities.index]
    table = prediction_table(model, 1, clips, list(probabilities.columns), probabilities.to_numpy())
    write_table(table, Path(output))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except AnalysisError as error:
        sys.exit(str(error))
