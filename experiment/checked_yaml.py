"""YAML from outside -> a checked model, or one sentence that names file, field, what was found and what is
allowed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from experiment.errors import InputRefused

_MOST_LETTERS_QUOTED = 80


class Checked(BaseModel):
    """Base of what is read from YAML: unknown fields are refused, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_Model = TypeVar("_Model", bound=BaseModel)


def read_text(path: Path) -> str:
    """The UTF-8 text of a file. Raises ``InputRefused`` where there is none."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise InputRefused(f"{path}: there is no such file; check the name or add the file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputRefused(f"{path}: cannot be read as UTF-8 text ({error})") from None


def parse_yaml(model: type[_Model], text: str, path: Path) -> _Model:
    """The model a YAML text describes; ``path`` is for the message.

    Raises
    ------
    InputRefused
        Where the text is no YAML mapping or a field is missing, unknown or out of range.
    """
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}:" if mark else ""
        raise InputRefused(f"{path}:{where} not valid YAML ({getattr(error, 'problem', error)})") from None
    if not isinstance(content, dict):
        raise InputRefused(
            f"{path}: found {type(content).__name__}, allowed is a mapping of fields to values"
        )
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise InputRefused(f"{path}: {_sentence(error, content)}") from None


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
