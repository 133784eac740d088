"""How a session was held singles people out, too: the screen, the system, what they answered with, how often
they came.

Files of the data set show these as they are, so that they cannot be made coarser. Where enough people share
them they count among the quasi-identifiers; where not, whoever exports is told.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.export.disclosure.risk import measure_risk


@dataclass(frozen=True)
class SharedCircumstances:
    """``shared`` has one row per participant and those circumstances whose combinations enough people share;
    ``told`` are sentences on the others.
    """

    shared: pd.DataFrame
    told: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(str(name) for name in self.shared.columns)


def shared_circumstances(circumstances: pd.DataFrame, min_group: int) -> SharedCircumstances:
    """Which columns can be combined so that ``min_group`` share every combination, the first ones first.

    Columns that are the same for everybody say nothing and are in neither result.
    """
    shared: list[str] = []
    told = []
    for name in map(str, circumstances.columns):
        if circumstances[name].nunique(dropna=False) < 2:
            continue
        risk = measure_risk(circumstances, [*shared, name], min_group)
        if risk.acceptable:
            shared.append(name)
            continue
        with_others = f" together with {', '.join(shared)}" if shared else ""
        rare = risk.below_min_group
        share = "1 participant shares" if rare == 1 else f"{rare} participants share"
        told.append(
            f"{share} their {name}{with_others} with fewer than {min_group - 1} others: whoever knows it of "
            f"somebody may find their rows."
        )
    return SharedCircumstances(circumstances[shared], tuple(told))
