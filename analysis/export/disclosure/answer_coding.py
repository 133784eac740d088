"""The options of an answer, and coarser levels made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

OTHER = "other"
_BOUNDS = re.compile(r"(?P<low>\d+)(?:\s*[-–]\s*(?P<high>\d+)|(?P<open>\+))?$")


@dataclass(frozen=True)
class Coding:
    """How the options of one question are published.

    ``ordered`` are the levels of options that stand in an order, each a run of neighbours; ``single`` are
    options that are published as they are, ``rare`` those that became "other". Options that stand nowhere are
    withheld; where no level is left, the question is.
    """

    ordered: tuple[tuple[str, ...], ...] = ()
    single: tuple[str, ...] = ()
    rare: tuple[str, ...] = ()

    @property
    def levels(self) -> dict[str, tuple[str, ...]]:
        """Published level -> the options it stands for, in their order."""
        found = {merged_label(run): run for run in self.ordered}
        found |= {option: (option,) for option in self.single}
        return found | ({OTHER: self.rare} if self.rare else {})

    @property
    def level_of(self) -> dict[str, str]:
        """Option -> published level, without those that are withheld."""
        return {option: level for level, options in self.levels.items() for option in options}

    @property
    def is_removed(self) -> bool:
        return not (self.ordered or self.single or self.rare)

    def coarser(self, counts: Mapping[str, int]) -> Iterator[Coding]:
        """Every coding that is one step coarser; ``counts`` says how many people chose each option.

        Of ordered options two neighbours are merged, and one outside the order ("not said") is withheld. Of
        options without an order the rarest becomes "other", until two levels are left. Last comes the
        question itself.
        """
        if self.is_removed:
            return
        if self.ordered:
            # Two levels at least must stay: one alone says nothing.
            for place in range(len(self.ordered) - 1 if len(self.levels) > 2 else 0):
                merged = self.ordered[place] + self.ordered[place + 1]
                yield replace(self, ordered=(*self.ordered[:place], merged, *self.ordered[place + 2 :]))
            if len(self.ordered) > 1:
                for option in self.single:
                    yield replace(self, single=tuple(other for other in self.single if other != option))
        elif len(self.levels) > 2:
            yield self._rarest_merged(counts)
        yield Coding()

    def _rarest_merged(self, counts: Mapping[str, int]) -> Coding:
        by_count = sorted(self.single, key=lambda option: (option != OTHER, counts.get(option, 0)))
        # "Other" must stand for two options at least, and an option of that name belongs to it.
        number = 1 if self.rare else 2
        chosen = (*self.rare, *by_count[:number])
        return replace(self, single=tuple(o for o in self.single if o not in chosen), rare=chosen)


def option_counts(answers: pd.Series) -> dict[str, int]:
    """How many participants chose each option."""
    return {str(option): int(number) for option, number in answers.value_counts().items()}


def finest(options: Sequence[str]) -> Coding:
    """Every option as a level of its own. Options that are numbers or ranges, from small to large, are in an
    order: "1" to "5", or "18-24" to "65+"; others ("not said") stand beside it.
    """
    numbered = [option for option in options if _BOUNDS.match(option)]
    lows = [int(_bounds(option)["low"]) for option in numbered]
    if len(numbered) < 2 or lows != sorted(set(lows)):
        return Coding(single=tuple(options))
    return Coding(
        ordered=tuple((option,) for option in numbered),
        single=tuple(option for option in options if option not in numbered),
    )


def merged_label(run: Sequence[str]) -> str:
    """What a run of neighbours is called: "2", "3" is "2-3"; "18-24", "25-34" is "18-34"; the last may be
    open: "55-64", "65+" is "55+".
    """
    if len(run) == 1:
        return run[0]
    first, last = _bounds(run[0]), _bounds(run[-1])
    end = "+" if last["open"] else f"-{last['high'] or last['low']}"
    return f"{first['low']}{end}"


def _bounds(option: str) -> dict[str, str]:
    found = _BOUNDS.match(option)
    if found is None:  # the levels of an order are made of such options alone
        raise ValueError(f"{option!r} does not begin with a number")
    return found.groupdict(default="")
