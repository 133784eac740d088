"""How tables are written here: tabs between fields, one line of names first, `n/a` for an empty field."""

from __future__ import annotations

from collections.abc import Iterable

EMPTY = "n/a"


def tsv_line(values: Iterable[object]) -> str:
    """A line of a table, its end included: None is `n/a`, true and false are 1 and 0.

    ("P001", 3, None, True) is "P001\\t3\\tn/a\\t1\\n". What is written must hold no tab and no line break.
    """
    return "\t".join(_field(value) for value in values) + "\n"


def _field(value: object) -> str:
    if value is None:
        return EMPTY
    return str(int(value) if isinstance(value, bool) else value)
