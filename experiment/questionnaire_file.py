"""A questionnaire file, ``protocols/questionnaires/<name>.yaml``, field by field."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from experiment.checked_yaml import Checked
from experiment.localized import Language, Localized, Name, refuse_twice
from experiment.records import UNDECLARED_ROLE, ItemRole


class Scale(Checked):
    """Answers to choose from."""

    options: Annotated[tuple[str, ...], Field(min_length=2, max_length=9)]
    """What is stored."""
    labels: dict[Language, tuple[str, ...]]
    """What is shown, one label for each option."""

    @model_validator(mode="after")
    def _labels_match(self) -> Scale:
        for language, labels in self.labels.items():
            if len(labels) != len(self.options):
                raise ValueError(
                    f"labels.{language}: found {len(labels)} labels for {len(self.options)} options"
                )
        return self


class Item(Checked):
    """A question.

    Where ``role`` is left out, the cautious one counts: ``quasi_identifier`` (others can know the answer,
    and it can single a person out together with others), or ``free_text`` without a scale.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9_]*$")]
    """Names the answer in the data."""
    text: Localized
    """The question."""
    scale: str | None = None
    """One of ``scales``; null for a text to type in."""
    role: ItemRole
    """What an answer is for the anonymised export; left out, the cautious one."""

    @model_validator(mode="before")
    @classmethod
    def _cautious_role(cls, fields: Any) -> Any:
        if not isinstance(fields, dict) or "role" in fields:
            return fields
        return fields | {"role": "free_text" if fields.get("scale") is None else UNDECLARED_ROLE}


class Page(Checked):
    """Questions on one screen."""

    name: Name
    """Names the page in the data."""
    heading: Localized
    """What stands above the questions."""
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=6)]
    """The questions."""


class QuestionnaireFile(Checked):
    """What stands at the left margin of the file."""

    format: Literal[1]
    """The version of this form."""
    name: Name
    """That of the file, without its ending."""
    scales: dict[str, Scale]
    """Scales by name; each can serve many questions."""
    pages: Annotated[tuple[Page, ...], Field(min_length=1)]
    """One after the other."""

    @model_validator(mode="after")
    def _names_are_known(self) -> QuestionnaireFile:
        # Answers are stored by page and item name: a name that stood there twice would answer two questions
        # at once.
        for what, names in (
            ("pages", [page.name for page in self.pages]),
            ("items", [item.name for page in self.pages for item in page.items]),
        ):
            refuse_twice(what, names)
        for item in (item for page in self.pages for item in page.items):
            if (item.scale is None) != (item.role == "free_text"):
                raise ValueError(f"{item.name}.scale: a free_text item has none, every other item needs one")
            if item.scale is not None and item.scale not in self.scales:
                raise ValueError(
                    f"{item.name}.scale: found {item.scale!r}, allowed: {', '.join(self.scales)}"
                )
        return self
