"""The report: wall-clock time, processor time and peak memory for 10 and for 1,000 participants.

    python -m benchmarks.analysis [--participants 10 1000]

Trial tables of the study's size (220 trials a participant) are drawn from the published results: confusion
counts, medians and quartiles of the times. Reading them, every measure with its bootstrap, all figures and
the page are in the figures given here. Linux and macOS only.
"""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.reference import published
from analysis.tables import COLUMNS, write_table
from benchmarks._process_cost import measure_process
from benchmarks._study_cost import StudyCost, print_costs

_QUARTILES_APART = 1.349
"""Standard deviations between the quartiles of a normal distribution."""


@dataclass(frozen=True)
class Cost(StudyCost):
    """What one report took. ``page_mb`` is the size of ``report.html``, ``report_mb`` that of all files."""

    page_mb: float
    report_mb: float


def main() -> None:
    print_costs(__doc__, cost_of_a_report)


def cost_of_a_report(participants: int, folder: Path) -> Cost:
    """Draw a table, make its report with the command line, and measure that process.

    Raises
    ------
    subprocess.CalledProcessError
        Where no report was made.
    """
    table = drawn_table(participants, np.random.default_rng(participants))
    path, report = folder / f"trials_{participants}.tsv", folder / f"report_{participants}"
    write_table(table, path)
    took = measure_process(
        [sys.executable, "-m", "analysis", "report", path, "-o", report, "--allow-simulated"]
    )
    sizes = [file.stat().st_size / 1e6 for file in report.rglob("*") if file.is_file()]
    return Cost(
        participants=participants,
        trials=len(table),
        **asdict(took),
        page_mb=round((report / "report.html").stat().st_size / 1e6, 2),
        report_mb=round(sum(sizes), 2),
    )


def drawn_table(participants: int, rng: np.random.Generator) -> pd.DataFrame:
    """A trial table of simulated participants: 20 training and 90 test trials in each condition."""
    parts = [
        _phase(participants, condition, phase, per_action, rng)
        for condition in published().humans
        for phase, per_action in (("training", 4), ("test", 18))
    ]
    table = pd.concat(parts, ignore_index=True)
    for name in COLUMNS:
        if name not in table:
            table[name] = None
    complete: pd.DataFrame = table[list(COLUMNS)]
    return complete


def _phase(
    participants: int, condition: str, phase: str, per_action: int, rng: np.random.Generator
) -> pd.DataFrame:
    study, trials = published(), 5 * per_action
    names = np.array(study.actions)
    order = np.argsort(rng.random((participants, trials)), axis=1)
    action = (order // per_action).ravel()
    clip = (order % per_action).ravel()
    response = action if phase == "training" else _chosen(condition, action, rng)
    person = np.repeat(rng.normal(0, 0.25, participants), trials)
    times = _times(condition, action, rng) * np.exp(person + 0.3 * (response != action))
    group = 1 + clip % 7 + (7 if phase == "training" else 0)
    sources = [
        f"UCF5/v_{names[of]}_g{its:02d}_c{number:02d}"
        for of, its, number in zip(action, group, clip, strict=True)
    ]
    clips = [source.replace("UCF5", condition) for source in sources]
    rows: pd.DataFrame = pd.DataFrame(
        {
            "observer": np.repeat([f"P{number:05d}" for number in range(1, participants + 1)], trials),
            "observer_kind": "simulated",
            "session": 1,
            "condition": condition,
            "phase": phase,
            "trial": np.tile(np.arange(1, trials + 1), participants),
            "clip_id": clips,
            "group": group,
            "action": names[action],
            "response": names[response],
            "correct": (response == action).astype(int),
            "time_to_choose": times.round(6),
            "loops": (times / 4).round(6),
            "onset": 100.0,
            "dropped_frames": rng.poisson(0.05, len(action)),
            "menu_order": "|".join(study.actions),
            "input": "mouse",
            "source_clip_id": [None] * len(clips) if condition == "UCF5" else sources,
            "split": "train" if phase == "training" else "test",
            "attempt": 1,
            "pilot": 0,
            "finished": 1,
            "attention_check": 0,
            "round": 1,
            "interval_ms": rng.normal(16.67, 0.01, len(action)).round(4),
            "interval_sd_ms": np.abs(rng.normal(0.3, 0.1, len(action))).round(4),
        }
    )
    return rows


def _chosen(condition: str, action: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Answers with the published confusion, whose printed rows do not quite add up to 1."""
    shares = np.array(published().human_confusion[condition])
    upper = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)
    chosen: NDArray[np.int64] = (rng.random((len(action), 1)) > upper[action]).sum(axis=1).clip(max=4)
    return chosen


def _times(condition: str, action: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Log-normal times with the published median and quartiles of each action."""
    of_condition = published().human_time_to_choose_s[condition]
    median, low, high = np.array([of_condition[name] for name in published().actions]).T
    spread = np.log(high / low) / _QUARTILES_APART
    times: NDArray[np.float64] = median[action] * np.exp(spread[action] * rng.normal(size=len(action)))
    return times


if __name__ == "__main__":
    main()
