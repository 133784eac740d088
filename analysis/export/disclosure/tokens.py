"""Texts as words, and identifying values as runs of words.

A date, a path or a name is found whatever stands between its parts: 2026-11-21 is the run 2026, 11, 21, and
so are 2026/11/21 and 2026_11_21. Letters count the same in capitals and small.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence

_TOKEN = re.compile(
    r"(?<![\d:])(?P<clock>\d{1,2}:\d\d)(?P<seconds>:\d\d)?(?![\d:])"
    r"|(?<![\d.])(?P<whole>\d+)\.(?P<fraction>\d+)(?!\.?\d)"
    r"|[^\W_]+"
)
# In 2026-11-21T06:36:51Z the letters belong to no word.
_BETWEEN_DATE_AND_TIME = re.compile(r"(?<=\d)t(?=\d\d:?\d\d)|(?<=\d)z\b")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
MEASURE = re.compile(r"-?\d{1,8}\.\d+(?:e-?\d+)?")
"""A number with decimals: no code, date or seed, and no time since 1970. Nothing is looked for in it."""
_LONG_NUMBER = 9
SHORT = 4
"""Values with fewer signs are no words to look for in a text: they stand in it by chance."""
_SUBSTRING = 6
_REMEMBERED = 200
"""Texts up to this length are remembered: the cells of a column come again in every file."""
_HEX = re.compile(r"[0-9a-f]+")


def tokens(text: str) -> list[str]:
    """The words and numbers of a text.

    A decimal number is one token, so that the code 1234 is not found in 0.1234; of a long one (a time since
    1970) the whole seconds are another. A clock time is one token, and without its seconds a second one, so
    that 06:36 is found in 06:36:51 and not in "06, 36".
    """
    found = []
    visible = text if text.isascii() else _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    text = _BETWEEN_DATE_AND_TIME.sub(" ", visible.casefold())
    for match in _TOKEN.finditer(text):
        if match["clock"]:
            found += [match["clock"], *([match["clock"] + match["seconds"]] if match["seconds"] else [])]
        elif match["whole"]:
            long = len(match["whole"]) >= _LONG_NUMBER
            found += [*([match["whole"]] if long else []), match[0]]
        else:
            found.append(match[0])
    return found


class ValueIndex:
    """Finds many values in many texts, in time that grows with the texts alone.

    Values of ``SHORT`` signs and more are found as runs of whole words; those of one word with at least six
    signs, some of them letters beyond f, also within longer words. Shorter ones are found where they are all
    that a field holds.
    """

    def __init__(self, values: Sequence[str]) -> None:
        self._runs: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        self._within: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._short: dict[str, list[int]] = defaultdict(list)
        self._seen: dict[str, frozenset[int]] = {}
        for number, value in enumerate(values):
            run = self._run(value)
            if len(value) < SHORT or not run:
                self._short[value.casefold()].append(number)
                continue
            self._runs[run[0]].append((run, number))
            if len(run) == 1 and len(run[0]) >= _SUBSTRING and not _HEX.fullmatch(run[0]):
                self._within[len(run[0])][run[0]].append(number)

    def in_text(self, text: str) -> set[int]:
        """The numbers of the values of ``SHORT`` signs and more that the text holds."""
        if MEASURE.fullmatch(text):
            return set()
        if text not in self._seen:
            found = frozenset(self._search(text))
            if len(text) > _REMEMBERED:
                return set(found)
            self._seen[text] = found
        return set(self._seen[text])

    def _search(self, text: str) -> set[int]:
        words = tokens(text)
        found: set[int] = set()
        for place, word in enumerate(words):
            for run, number in self._runs.get(word, ()):
                if len(run) == 1 or tuple(words[place : place + len(run)]) == run:
                    found.add(number)
            if len(word) > _SUBSTRING and word[0] != ".":
                found |= self._in_word(word)
        return found

    def as_field(self, text: str) -> set[int]:
        """The numbers of the shorter values that are all that a field holds."""
        return set(self._short.get(text.strip().casefold(), ()))

    def in_words_of(self, texts: Iterable[str]) -> set[int]:
        """The numbers of all values that texts hold, short ones as words of their own."""
        found: set[int] = set()
        for text in texts:
            found |= self.in_text(text)
            for word in set(tokens(text)):
                found.update(self._short.get(word, ()))
        return found

    @staticmethod
    def _run(value: str) -> tuple[str, ...]:
        """A value as the run of words it is looked for as: of a clock time with seconds that alone."""
        run = tokens(value)
        return tuple(
            word for word, longer in zip(run, [*run[1:], ""], strict=True) if f"{word}:" not in longer
        )

    def _in_word(self, word: str) -> set[int]:
        found: set[int] = set()
        for length, values in self._within.items():
            for start in range(len(word) - length + 1 if length < len(word) else 0):
                found.update(values.get(word[start : start + length], ()))
        return found
