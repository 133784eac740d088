"""What an analysis can read: session folders, trial tables, and the forms of other programs.

csv_file          a CSV file as named fields, each with its line
trial_table       a table that ``analysis trials`` has written
model_vs_human    the CSV files of the model-vs-human benchmark
model_vs_human_writing   trial tables -> such files
ilic2022          the CSV files of the published program
telling           which form a path has
reading           paths -> sessions
"""

from __future__ import annotations

from analysis.formats.reading import DataFormat, Reading, read_data

__all__ = ["DataFormat", "Reading", "read_data"]
