"""The columns ``p_<Action>`` of a trial table: what a model gave to every action it could have named."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError

PREFIX = "p_"
TOLERANCE = 1e-3
"""How far the probabilities of a row may be from adding up to 1: files hold few decimals."""


def probability_columns(table: pd.DataFrame) -> tuple[str, ...]:
    """The columns of probabilities of ``table``, in its order."""
    return tuple(str(name) for name in table.columns if str(name).startswith(PREFIX))


def probabilities(table: pd.DataFrame) -> pd.DataFrame:
    """The probabilities of every row, columns named by the actions alone; NaN where there are none."""
    columns = probability_columns(table)
    named: pd.DataFrame = table[list(columns)].set_axis(
        [name.removeprefix(PREFIX) for name in columns], axis=1
    )
    return named


def unlikely_responses(table: pd.DataFrame) -> int:
    """How many responses are not the most probable action of their row, nor one of several alike."""
    given = probabilities(table).fillna(0.0)
    named = np.array(given.columns)[None, :] == table["response"].fillna("").to_numpy(dtype=object)[:, None]
    values = given.to_numpy(dtype=np.float64)
    less = np.where(named, values, 0.0).max(axis=1, initial=0.0) < values.max(axis=1, initial=0.0)
    return int((less & table["response"].notna().to_numpy()).sum())


def with_probabilities(
    table: pd.DataFrame, given: pd.DataFrame, places: Sequence[str] | None = None
) -> pd.DataFrame:
    """``table`` with the columns of ``given``, one per action and row by row, checked.

    ``places[i]`` says where row ``i`` came from; without it, rows are counted from 1.

    Raises
    ------
    AnalysisError
        As ``check_probabilities``.
    """
    named = given.rename(columns={name: f"{PREFIX}{name}" for name in given.columns})
    joined = pd.concat([table.reset_index(drop=True), named.reset_index(drop=True)], axis=1)
    return check_probabilities(joined, places or [f"row {row + 1}" for row in range(len(joined))])


def check_probabilities(table: pd.DataFrame, places: Sequence[str]) -> pd.DataFrame:
    """``table`` with its probabilities as float64, each in 0..1, those of a row adding up to 1.

    A row of a model may have none at all, and has none for actions that it could not have named; rows of
    people have none. ``places[i]`` says where row ``i`` came from.

    Raises
    ------
    AnalysisError
        Naming the place, the column, what was found and what is allowed.
    """
    columns = list(probability_columns(table))
    if not columns:
        return table
    numbers = table[columns].apply(lambda column: pd.to_numeric(column, errors="coerce")).astype("float64")
    checked: pd.DataFrame = table.assign(**{name: numbers[name] for name in columns})
    if checked.empty:
        return checked
    values = numbers.to_numpy()
    given = table[columns].notna().to_numpy()
    bad = given & ~((values >= 0) & (values <= 1))
    if bad.any():
        row, column = (int(place) for place in np.argwhere(bad)[0])
        found = table[columns[column]].iloc[row]
        raise AnalysisError(
            f"{places[row]}: {columns[column]} is {found if isinstance(found, float) else repr(found)}; "
            f"allowed is a number from 0 to 1, or n/a"
        )
    people = given.any(axis=1) & (table["observer_kind"] != "model").to_numpy(dtype=bool)
    if people.any():
        row = int(people.argmax())
        raise AnalysisError(
            f"{places[row]}: {table['observer'].iloc[row]} is {table['observer_kind'].iloc[row]}, but has "
            f"probabilities ({', '.join(columns)}); only models have them"
        )
    actions = [name.removeprefix(PREFIX) for name in columns]
    # Tables made elsewhere may not say among what a model chose.
    menus = [set(menu.split("|")) if isinstance(menu, str) else set(actions) for menu in table["menu_order"]]
    outside = given & np.array([[action not in menu for action in actions] for menu in menus])
    if outside.any():
        row, column = (int(place) for place in np.argwhere(outside)[0])
        raise AnalysisError(
            f"{places[row]}: {columns[column]} is a probability of {actions[column]}, which its menu_order, "
            f"{table['menu_order'].iloc[row]}, does not name"
        )
    sums = np.where(given, values, 0).sum(axis=1)
    wrong = given.any(axis=1) & (np.abs(sums - 1) > TOLERANCE)
    if wrong.any():
        row = int(wrong.argmax())
        raise AnalysisError(
            f"{places[row]}: the probabilities {', '.join(columns)} add up to {sums[row]:.4f}; "
            f"they must add up to 1 (within {TOLERANCE})"
        )
    return checked
