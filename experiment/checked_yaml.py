"""YAML from outside -> a checked model, or one sentence that names file, field, what was found and what is
allowed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from experiment.errors import InputRefused
from experiment.text_file import read_text
from stimuli.errors import on_one_line
from stimuli.plain_yaml import load_plain_yaml

_MOST_LETTERS_QUOTED = 80
_MOST_LETTERS_SAID = 500


class Checked(BaseModel):
    """Base of what is read from YAML: unknown fields and numbers that are none (nan, inf) are refused.

    Nothing changes after reading. The text below a field is its description, which the docs print.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True)


_Model = TypeVar("_Model", bound=BaseModel)


def read_yaml(model: type[_Model], path: Path) -> _Model:
    """The model a YAML file describes. Raises ``InputRefused`` as ``read_text`` and ``parse_yaml``."""
    return parse_yaml(model, read_text(path), path)


def parse_yaml(model: type[_Model], text: str, path: Path) -> _Model:
    """The model a YAML text describes; ``path`` is for the message.

    Raises
    ------
    InputRefused
        Where the text is no YAML mapping or a field is missing, unknown or out of range.
    """
    try:
        content = load_plain_yaml(text)
    except ValueError as error:
        raise InputRefused(f"{path}: {on_one_line(error, _MOST_LETTERS_SAID)}") from None
    if not isinstance(content, dict):
        found = "nothing" if content is None else f"a {type(content).__name__}"
        raise InputRefused(f"{path}: found {found}, allowed is a mapping of fields to values")
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise InputRefused(f"{path}: {on_one_line(_sentence(error, content), _MOST_LETTERS_SAID)}") from None


def _sentence(error: ValidationError, content: dict[str, object]) -> str:
    first = error.errors(include_url=False)[0]
    field = _field(first["loc"], content)
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "value_error":
        return f"{field}.{message}" if field else message
    if first["type"] == "extra_forbidden":
        return f"{field}: unknown field (found {first['input']!r}); remove it or correct its name"
    if first["type"] in ("union_tag_invalid", "union_tag_not_found"):
        context = first.get("ctx", {})
        if "expected_tags" not in context:
            return f"{field}.kind: the field is missing"
        return f"{field}.kind: found {context['tag']!r}; allowed: {context['expected_tags']}"
    if first["loc"] and first["loc"][-1] == "[key]":
        return f"{field.removesuffix('.[key]')}: {message[0].lower()}{message[1:]}"
    if first["type"] == "missing":
        return f"{field}: the field is missing"
    found = repr(first["input"])
    if len(found) > _MOST_LETTERS_QUOTED:
        found = found[: _MOST_LETTERS_QUOTED - 3] + "..."
    return f"{field}: found {found}; {message[0].lower()}{message[1:]}"


def _field(location: tuple[int | str, ...], content: object) -> str:
    """The dotted path of a field, without the tags that pydantic adds for the members of a union."""
    parts = []
    tagged: object = None
    for place, part in enumerate(location):
        last = place == len(location) - 1
        # The tag comes once, before the fields; a field may have the same name (slides of kind slides).
        if isinstance(content, dict) and part == content.get("kind") and content is not tagged:
            tagged = content
            continue
        if isinstance(content, dict) and (part in content or last):
            content = content.get(part)
        elif isinstance(content, list | tuple) and isinstance(part, int) and part < len(content):
            content = content[part]
        elif not last:
            continue
        parts.append(str(part))
    return ".".join(parts)
