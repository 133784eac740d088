"""Who could still be matched: attacks on an export by somebody who knows something of the original.

An attack compares what the attacker knows of a participant with what the export shows of everybody. A
participant is matched where exactly one row of the export fits, and it is the right one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from experiment.records import SessionPlan, SessionRecord, TrialsPhase

_PLACE = ["observer", "session", "condition", "phase", "trial"]
GUESSABLE_SEED = 2**48
"""Seeds below are few enough to try them all; those that the program draws have 128 bits."""


@dataclass(frozen=True)
class Linkage:
    """One attack: what its author knows, and how many of ``participants`` it finds.

    ``narrowed`` participants are not found, but the rows that fit are fewer than everybody's. ``expected``
    is the number of right matches of somebody who takes one of the fitting rows at random.
    """

    known: str
    matched: int
    narrowed: int
    expected: float
    participants: int


@dataclass(frozen=True)
class PlanGuessing:
    """An attack by somebody who makes plans again: ``found`` maps labels to the plan that fits their rows."""

    tried: int
    found: Mapping[str, SessionPlan]


def right_answers(table: pd.DataFrame) -> pd.DataFrame:
    """How many test trials each observer (index) had right in each condition."""
    tests = table[table["phase"] == "test"]
    counted: pd.DataFrame = tests.groupby(["observer", "condition"], sort=True)["correct"].sum().reset_index()
    by_observer: pd.DataFrame = counted.set_index("observer")[["condition", "correct"]]
    return by_observer


def durations(table: pd.DataFrame) -> pd.DataFrame:
    """From the first onset to the last of each session, in minutes: what the calendar of a room tells."""
    onsets = table.groupby(["observer", "session"], sort=True)["onset"]
    minutes = ((onsets.max() - onsets.min()) / 60).round().rename("minutes").reset_index()
    by_observer: pd.DataFrame = minutes.set_index("observer")[["session", "minutes"]]
    return by_observer


_Know = Callable[[pd.DataFrame], pd.DataFrame]
_ATTACKS: tuple[tuple[str, _Know], ...] = (
    (
        "All trials: clips in their order, answers and times",
        lambda table: table[["condition", "phase", "clip_id", "response", "time_to_choose"]],
    ),
    ("Times alone, in their order, to a thousandth of a second", lambda table: table[["time_to_choose"]]),
    (
        "Times alone, in their order, to a tenth of a second",
        lambda table: table[["time_to_choose"]].round(1),
    ),
    ("Answers alone, in their order", lambda table: table[["response"]]),
    (
        "Answers by clip, without their order",
        lambda table: table.sort_values(["observer", "session", "clip_id", "trial"])[["clip_id", "response"]],
    ),
    ("The order of the clips alone", lambda table: table[["clip_id"]]),
    (
        "The first 10 clips and answers",
        lambda table: table.groupby("observer", sort=False).head(10)[["clip_id", "response"]],
    ),
    ("The number of right answers in each test", right_answers),
    (
        "The order of menu and conditions, which follow from the order number",
        lambda table: table[["condition", "phase", "menu_order"]],
    ),
    ("How long the sessions took, to a minute", durations),
    ("How many sessions and trials there were", lambda table: table[["session", "trial"]]),
)


def measure_linkage(
    original: pd.DataFrame, exported: pd.DataFrame, labels: Mapping[str, str]
) -> tuple[Linkage, ...]:
    """Every attack on an export, from the most that can be known to the least.

    Parameters
    ----------
    original, exported
        Trial tables; in the second, ``observer`` is the label.
    labels
        Code -> label: tells right matches from wrong ones, and is known to no attacker.
    """
    ours, theirs = (_in_order(table) for table in (original, exported))
    return tuple(
        _attack(known, _signatures(know, ours), _signatures(know, theirs), labels) for known, know in _ATTACKS
    )


def guess_plans(exported: pd.DataFrame, plans: Iterable[SessionPlan]) -> PlanGuessing:
    """Look in an export for the clips of plans that an attacker made again from guessed codes and seeds.

    The protocol and the program are public, and so is a stimulus set that many labs build from the same
    source: a plan is as secret as its seed.
    """
    shown: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for (label, _), rows in _in_order(exported).groupby(["observer", "session"], sort=False):
        shown[tuple(rows["clip_id"])].append(str(label))
    found: dict[str, SessionPlan] = {}
    tried = 0
    for plan in plans:
        tried += 1
        trials = [
            (phase.condition, phase.kind, trial.trial, trial.clip_id)
            for phase in plan.phases
            if isinstance(phase, TrialsPhase)
            for trial in phase.trials
        ]
        for label in shown.get(tuple(clip for *_, clip in sorted(trials)), ()):
            found[label] = plan
    return PlanGuessing(tried, found)


def guessable_seeds(records: Sequence[SessionRecord]) -> int:
    """How many sessions have a seed that somebody can find by trying: one that was given, such as 2026."""
    return sum(record.plan.seed < GUESSABLE_SEED for record in records)


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    rows = table.sort_values(_PLACE, kind="stable").reset_index(drop=True)
    # What an export rounds to, and finer than any clock of a person.
    rounded: pd.DataFrame = rows.assign(time_to_choose=rows["time_to_choose"].astype(float).round(3))
    return rounded


def _signatures(know: _Know, table: pd.DataFrame) -> dict[str, int]:
    """Observer -> a number that is the same for the same knowledge."""
    known = know(table)
    observers = known.index if known.index.name == "observer" else table["observer"].loc[known.index]
    hashes = pd.util.hash_pandas_object(known.astype("string"), index=False)
    hashes.index = pd.Index(observers)
    return {str(observer): hash(tuple(rows)) for observer, rows in hashes.groupby(level=0, sort=False)}


def _attack(
    known: str, ours: Mapping[str, int], theirs: Mapping[str, int], labels: Mapping[str, str]
) -> Linkage:
    fitting: dict[int, list[str]] = defaultdict(list)
    for label, signature in theirs.items():
        fitting[signature].append(label)
    matched = narrowed = 0
    expected = 0.0
    for observer, signature in ours.items():
        fits = fitting.get(signature, [])
        if labels.get(observer) not in fits:
            continue
        expected += 1 / len(fits)
        matched += len(fits) == 1
        narrowed += 1 < len(fits) < len(theirs)
    return Linkage(known, matched, narrowed, expected, len(theirs))
