"""Draw the logs of trainings: python scripts/training_course.py OUT.png TITLE=LOG.csv..."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import matplotlib as mpl
import pandas as pd

from analysis.figures.training_course import training_course

mpl.use("Agg")


def main() -> int:
    if len(sys.argv) < 3 or any("=" not in each for each in sys.argv[2:]):
        print(__doc__, file=sys.stderr)
        return 2
    files = {title: Path(file) for title, _, file in (each.partition("=") for each in sys.argv[2:])}
    card = json.loads(next(iter(files.values())).with_suffix("").with_suffix(".json").read_text())
    courses = {title: pd.read_csv(file) for title, file in files.items()}
    training_course(courses, len(card["actions"])).savefig(sys.argv[1], dpi=200)
    return 0


if __name__ == "__main__":
    sys.exit(main())
