"""A table of predictions from another program's CSV: a column `clip_id`, and a probability for every action.

python docs/examples/table_of_answers.py "My model" answers.csv stimulus_sets/ucf my-model.tsv
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

import pandas as pd

from analysis.errors import AnalysisError
from analysis.models.predictions import prediction_table
from analysis.tables import write_table
from stimuli.errors import StimulusError, on_one_line
from stimuli.manifest import read_stimulus_set


def main(model: str, answers: str, stimuli: str, output: str) -> None:
    """Write the answers of one run of a model as a trial table."""
    try:
        probabilities = pd.read_csv(answers).set_index("clip_id").astype(float)
    except (OSError, ValueError, KeyError) as error:
        raise AnalysisError(f"{answers}: no CSV file of clip_id and probabilities ({error})") from error
    by_id = {clip.clip_id: clip for clip in read_stimulus_set(Path(stimuli)).clips}
    actions = sorted({clip.action for clip in by_id.values()})
    if sorted(probabilities.columns) != actions:
        found = ", ".join(probabilities.columns)
        raise AnalysisError(f"{answers}: the columns are {found}; needed are clip_id, {', '.join(actions)}")
    if probabilities.empty:
        raise AnalysisError(f"{answers}: there is no clip below the names of the columns")
    if unknown := [clip_id for clip_id in probabilities.index if clip_id not in by_id]:
        raise AnalysisError(f"{answers}: the clip {unknown[0]} is not in {stimuli}")
    if (twice := probabilities.index.duplicated()).any():
        raise AnalysisError(f"{answers}: the clip {probabilities.index[twice][0]} stands there twice")
    clips = [by_id[clip_id] for clip_id in probabilities.index]
    table = prediction_table(model, 1, clips, list(probabilities.columns), probabilities.to_numpy())
    write_table(table, Path(output))


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    for name in ("model", "answers", "stimuli", "output"):
        parser.add_argument(name)
    try:
        main(**vars(parser.parse_args()))
    except (AnalysisError, StimulusError) as refusal:
        parser.exit(2, f"{on_one_line(str(refusal))}\n")
