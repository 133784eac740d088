"""A questionnaire file, ``protocols/questionnaires/<name>.yaml``, field by field."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from experiment.checked_yaml import Checked
from experiment.localized import Language, Localized, Name, refuse_twice
from experiment.records import UNDECLARED_ROLE, ItemRole


class Scale(Checked):
    """Answers to choose from: what is stored, and what is shown in each language."""

    options: Annotated[tuple[str, ...], Field(min_length=2, max_length=9)]
    labels: dict[Language, tuple[str, ...]]

    @model_validator(mode="after")
    def _labels_match(self) -> Scale:
        for language, labels in self.labels.items():
            if len(labels) != len(self.options):
                raise ValueError(
                    f"labels.{language}: found {len(labels)} labels for {len(self.options)} options"
                )
        return self


class Item(Checked):
    """A question; ``scale`` names its answers, ``free_text`` questions have none.

    ``role`` is what an answer is for the anonymised export: ``quasi_identifier`` (others can know it, and it
    can single a person out together with other answers), ``sensitive`` (nobody else knows it, nobody should
    learn it), ``rating`` (of what was shown; says nothing of who answered) or ``free_text``. Where it is left
    out, the cautious one counts: ``quasi_identifier``, or ``free_text`` without a scale.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9_]*$")]
    text: Localized
    scale: str | None = None
    role: ItemRole

    @model_validator(mode="before")
    @classmethod
    def _cautious_role(cls, fields: Any) -> Any:
        if not isinstance(fields, dict) or "role" in fields:
            return fields
        return fields | {"role": "free_text" if fields.get("scale") is None else UNDECLARED_ROLE}


class Page(Checked):
    name: Name
    heading: Localized
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=6)]


class QuestionnaireFile(Checked):
    format: Literal[1]
    name: Name
    scales: dict[str, Scale]
    pages: Annotated[tuple[Page, ...], Field(min_length=1)]

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
