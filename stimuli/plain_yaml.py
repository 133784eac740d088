"""YAML without what makes it dangerous: values only, no aliases, no tags, no key twice, little depth.

An alias lets nine lines stand for a billion values, and a tag names a Python object to be made. Neither has a
use in a protocol or in rules of exclusion, so both are refused where they stand.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import yaml

DEEPEST = 20
MOST_VALUES = 20_000
LONGEST_NUMBER = 40

_MERGE = "tag:yaml.org,2002:merge"
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")


def load_plain_yaml(text: str) -> object:
    """Mappings, lists, texts, numbers, booleans, dates and null, as a YAML text has them.

    Raises
    ------
    ValueError
        One sentence, which begins with the line where there is one.
    """
    try:
        loader = _PlainLoader(text)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise ValueError(_sentence(error, text)) from None


class _PlainLoader(yaml.SafeLoader):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self._values = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]  # of PyYAML
        if isinstance(event, yaml.AliasEvent):
            raise _refused(
                f"aliases (*{event.anchor}) are not allowed, write the value out", event.start_mark
            )
        if event.anchor is not None:
            raise _refused(
                f"anchors (&{event.anchor}) are not allowed, write the value out", event.start_mark
            )
        if event.tag is not None:
            raise _refused(f"tags ({event.tag}) are not allowed, write the value alone", event.start_mark)
        self._values += 1
        if self._values > MOST_VALUES:
            raise _refused(f"found more than {MOST_VALUES:,} values, the most allowed", event.start_mark)
        if self._depth == DEEPEST:
            raise _refused(f"values lie more than {DEEPEST} levels deep", event.start_mark)
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if node.tag in _NUMBERS and len(node.value) > LONGEST_NUMBER:
            raise _refused(
                f"found a number of {len(node.value):,} letters, allowed are {LONGEST_NUMBER}",
                node.start_mark,
            )
        try:
            return super().construct_object(node, deep)
        except (ValueError, OverflowError) as error:
            # The 31st of February looks like a date and is none.
            raise _refused(
                f"found {node.value!r:.80}, which is no value ({error})", node.start_mark
            ) from None

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            if key_node.tag == _MERGE:
                raise _refused("merging (<<) is not allowed, write the fields out", key_node.start_mark)
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise _refused("found a list or mapping as the name of a field", key_node.start_mark)
            if key in seen:
                raise _refused(f"the field {str(key)!r:.80} stands there twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def _refused(problem: str, mark: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


def _sentence(error: yaml.YAMLError, text: str) -> str:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        return f"{where}not valid YAML ({error.problem or error.context})"
    position = getattr(error, "position", 0)
    where = f"line {text.count(chr(10), 0, position) + 1}: "
    return f"{where}not valid YAML (found the character U+{ord(text[position]):04X})"
