"""The actions that menus offered, by ``menu_order`` of the trial table, and answers outside them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.errors import AnalysisError

_ONE_MENU = ["observer", "session", "condition", "phase"]
"""What a menu holds is the same, in whatever order, as long as these are."""


def menu_actions(trials: pd.DataFrame) -> set[str]:
    """The actions in the menus of ``trials``; none where no menu is known."""
    return {action for menu in trials["menu_order"].dropna().unique() for action in str(menu).split("|")}


def named_actions(trials: pd.DataFrame) -> set[str]:
    """The actions of ``trials``: shown, answered, or in a menu."""
    shown_or_answered = pd.concat([trials["action"], trials["response"]]).dropna().unique()
    return {*map(str, shown_or_answered), *menu_actions(trials)}


def offered_actions(trials: pd.DataFrame) -> set[str]:
    """The actions in the menus of ``trials``; where there is none, those that were shown or answered."""
    return menu_actions(trials) or named_actions(trials)


def refuse_outside_menu(table: pd.DataFrame, places: Sequence[str]) -> None:
    """Refuse an action or a response that the menu of its trial does not offer: it would change the chance.

    Raises
    ------
    AnalysisError
        Naming the place, the column, what was found and what is allowed.
    """
    for column in ("action", "response"):
        pairs = table[["menu_order", column]].dropna().drop_duplicates()
        outside = [
            str(name) not in str(menu).split("|")
            for menu, name in zip(pairs["menu_order"], pairs[column], strict=True)
        ]
        if any(outside):
            row = int(pairs.index[outside][0])
            menu = str(table["menu_order"].iloc[row]).split("|")
            raise AnalysisError(
                f"{places[row]}: {column} is {str(table[column].iloc[row])!r}, which is not in menu_order; "
                f"allowed is {', '.join(menu)}"
            )


def refuse_changed_menu(table: pd.DataFrame, places: Sequence[str]) -> None:
    """Refuse a menu that holds other actions than an earlier one of its session, condition and phase.

    Raises
    ------
    AnalysisError
        Naming both places and both menus.
    """
    menus = table[[*_ONE_MENU, "menu_order"]].dropna(subset=["menu_order"]).drop_duplicates()
    first: dict[tuple[object, ...], int] = {}
    for row, *key, menu in menus.itertuples(name=None):
        known = first.setdefault(tuple(key), row)
        other = str(table["menu_order"].iloc[known])
        if set(other.split("|")) != set(str(menu).split("|")):
            raise AnalysisError(
                f"{places[row]}: menu_order is {menu}, but in {places[known]} it is {other}; in a session, "
                f"all menus of a condition and phase hold the same actions"
            )
