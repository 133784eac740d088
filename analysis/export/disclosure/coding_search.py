"""Which codings of the quasi-identifiers lose the fewest bits, what must be withheld besides included.

An answer that c of n participants gave and that is published as a level that d of them have loses log2(d / c)
bits, a withheld one log2(n / c): the non-uniform entropy measure of Gionis & Tassa, IEEE Transactions on
Knowledge and Data Engineering 21 (2009).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.export.disclosure.answer_coding import Coding, finest, option_counts
from analysis.export.disclosure.withholding import WITHHELD, withhold_cells


def lost_bits(before: pd.Series, levels: pd.Series) -> NDArray[np.float64]:
    """What each answer loses when published as its level, in bits; nothing where there was none.

    Of four answers a, a, b, b with the levels a, a, missing, missing the last two lose one bit each.
    """
    count = before.map(before.value_counts()).astype(float)
    published = levels.map(levels.value_counts()).astype(float).where(levels.notna(), float(len(before)))
    lost = np.log2((published / count).to_numpy(dtype=float))
    return np.where(before.notna(), lost, 0.0)


class CodingSearch:
    """Looks for the codings of the quasi-identifiers that lose least, what must be withheld included."""

    def __init__(
        self,
        answers: pd.DataFrame,
        quasi: Sequence[str],
        options: Mapping[str, tuple[str, ...]],
        min_group: int,
        fixed: Sequence[str],
    ) -> None:
        self._answers, self._quasi, self._min_group = answers, list(quasi), min_group
        self._fixed = np.array([name in fixed for name in quasi], dtype=bool)
        self._counts = {name: option_counts(answers[name]) for name in quasi}
        self._finest = {name: finest(options[name]) for name in quasi}
        self._options = {name: tuple(self._counts[name]) for name in quasi}
        self._given = {
            name: answers[name]
            .map({o: n for n, o in enumerate(self._options[name])})
            .fillna(len(self._options[name]))
            .to_numpy(dtype=np.int64)
            for name in quasi
        }
        self._coded: dict[tuple[str, Coding], tuple[NDArray[np.int64], NDArray[np.float64]]] = {}

    def best(self) -> dict[str, Coding]:
        """The codings with the least loss that was met."""
        current = best = dict(self._finest)
        least = self._loss(current, self._withheld(current))
        while candidates := self._one_step_coarser(current, least):
            losses = [self._loss(each, self._withheld(each)) for each in candidates]
            place = int(np.argmin(losses))
            current = candidates[place]
            # On a tie the finer one stays: fewer levels would be taken away for nothing.
            if losses[place] < least - 1e-9:
                least, best = losses[place], current
        return dict(best)

    def published(self, codings: Mapping[str, Coding]) -> pd.DataFrame:
        """The quasi-identifiers as they are published under these codings."""
        withheld = self._withheld(codings)
        columns = {}
        for place, name in enumerate(self._quasi):
            levels = self._answers[name].map(codings[name].level_of)
            columns[name] = levels.astype(object).where(withheld[:, place] != WITHHELD, None)
        published: pd.DataFrame = pd.DataFrame(columns, index=self._answers.index).astype(object)
        return published

    def _one_step_coarser(self, codings: Mapping[str, Coding], least: float) -> list[dict[str, Coding]]:
        """Those that could still lose less than ``least``: what a coding loses by itself only grows."""
        free = [name for name, fixed in zip(self._quasi, self._fixed, strict=True) if not fixed]
        steps = [
            {**codings, name: coding} for name in free for coding in codings[name].coarser(self._counts[name])
        ]
        return [step for step in steps if self._coding_loss(step) < least]

    def _withheld(self, codings: Mapping[str, Coding]) -> NDArray[np.int64]:
        if not self._quasi:
            return np.zeros((len(self._answers), 0), dtype=np.int64)
        parts = [self._code(name, codings[name]) for name in self._quasi]
        codes = np.column_stack([codes for codes, _ in parts])
        lost = np.column_stack([lost for _, lost in parts])
        cost = np.column_stack([self._all_lost(name) for name in self._quasi]) - lost
        return withhold_cells(codes, cost, self._min_group, self._fixed)

    def _loss(self, codings: Mapping[str, Coding], codes: NDArray[np.int64]) -> float:
        total = 0.0
        for place, name in enumerate(self._quasi):
            _, lost = self._code(name, codings[name])
            total += float(np.where(codes[:, place] == WITHHELD, self._all_lost(name), lost).sum())
        return total

    def _coding_loss(self, codings: Mapping[str, Coding]) -> float:
        return sum(float(self._code(name, codings[name])[1].sum()) for name in self._quasi)

    def _all_lost(self, name: str) -> NDArray[np.float64]:
        return self._code(name, Coding())[1]

    def _code(self, name: str, coding: Coding) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The numbers of the levels, and the bits that the coding alone loses."""
        if (name, coding) not in self._coded:
            given, options = self._given[name], self._options[name]
            numbers = {level: number for number, level in enumerate(coding.levels)}
            # The last place is that of no answer.
            level_of = np.full(len(options) + 1, WITHHELD, dtype=np.int64)
            for place, option in enumerate(options):
                level_of[place] = numbers.get(coding.level_of.get(option, ""), WITHHELD)
            codes = level_of[given]
            level_sizes = np.append(np.bincount(codes[codes >= 0], minlength=len(numbers)), len(codes))
            option_sizes = np.bincount(given, minlength=len(options) + 1)
            lost = np.log2(level_sizes[codes] / option_sizes[given])
            self._coded[name, coding] = codes, np.where(given == len(options), 0.0, lost)
        return self._coded[name, coding]
