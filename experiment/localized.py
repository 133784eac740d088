"""Names and texts as the protocol files write them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

Language = Literal["en", "de"]

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,39}$")]
"""What is stored and may name a file: letters, digits and hyphens, so that no name leads out of a folder."""

Localized = dict[Language, str]
"""A text by language."""


def refuse_twice(what: str, names: list[str]) -> None:
    """Raises ``ValueError`` where a name stands in the list more than once."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{what}: {twice[0]!r} stands there twice, each name is allowed once")
