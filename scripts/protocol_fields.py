"""Every field of protocols and questionnaires as tables: docs/protocol-fields.md, from the pydantic models.

python scripts/protocol_fields.py            writes the page
python scripts/protocol_fields.py --check    ends with 1 where the page is not what would be written
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from experiment.checked_yaml import Checked
from experiment.protocol_file import (
    Action,
    Condition,
    Consent,
    CriterionSpec,
    DisplayDemand,
    ProtocolFile,
    QuestionnaireSpec,
    ResponseSpec,
    RestSpec,
    SlidesSpec,
    TestingSpec,
    TrainingSpec,
)
from experiment.questionnaire_file import Item, Page, QuestionnaireFile, Scale

PAGE = Path(__file__).resolve().parent.parent / "docs" / "protocol-fields.md"
PROTOCOL: tuple[tuple[str, type[Checked]], ...] = (
    ("The file", ProtocolFile),
    ("`actions`, each", Action),
    ("`conditions`, each", Condition),
    ("`response`", ResponseSpec),
    ("`consent`", Consent),
    ("`display`", DisplayDemand),
    ("`phases`: slides", SlidesSpec),
    ("`phases`: training", TrainingSpec),
    ("`criterion` of a training", CriterionSpec),
    ("`phases`: test", TestingSpec),
    ("`phases`: rest", RestSpec),
    ("`phases`: questionnaire", QuestionnaireSpec),
)
QUESTIONNAIRE: tuple[tuple[str, type[Checked]], ...] = (
    ("The file", QuestionnaireFile),
    ("`scales`, each", Scale),
    ("`pages`, each", Page),
    ("`items`, each", Item),
)
HEAD = """# Every field of a protocol

Written by `scripts/protocol_fields.py` from `experiment/protocol_file.py` and `questionnaire_file.py`: change
the fields there. [Protocols](protocol.md) explains them with examples and says what each choice confounds. A
field without a default must stand in the file. Texts for participants are given by language; a session needs
those of its own.
"""
UNITS = {"s": "seconds", "hz": "Hz", "px": "pixels"}
PATTERNS = {
    r"^[A-Za-z0-9][A-Za-z0-9-]{0,39}$": "letters, digits and hyphens, 40 at most",
    r"^[a-z][A-Za-z0-9_]*$": "letters, digits and underscores, a small letter first",
}


def main() -> int:
    """Write the page or compare it."""
    page = page_of_fields()
    if "--check" in sys.argv[1:]:
        current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page
        if not current:
            print(f"{PAGE.name} is not what the models say; run scripts/protocol_fields.py", file=sys.stderr)
        return 0 if current else 1
    PAGE.write_text(page, encoding="utf-8")
    return 0


def page_of_fields() -> str:
    """The whole page, in Markdown."""
    protocol = "\n".join(table(title, model, "##") for title, model in PROTOCOL)
    questionnaire = "\n".join(table(title, model, "###") for title, model in QUESTIONNAIRE)
    return f"{HEAD}\n{protocol}\n## Questionnaires: `questionnaires/<name>.yaml`\n\n{questionnaire}"


def table(title: str, model: type[Checked], heading: str) -> str:
    """One model: a heading, its sentence, a row for each field."""
    schema = model.model_json_schema()
    sentence = inspect.cleandoc(model.__doc__ or "").partition("\n\n")[0]
    rows = [
        f"| `{name}` | {allowed(schema['properties'][name])} | {unit(name)} | "
        f"{default(schema['properties'][name])} | {meaning(field.description)} |"
        for name, field in model.model_fields.items()
    ]
    lines = ["| field | allowed | unit | default | meaning |", "|---|---|---|---|---|", *rows]
    return f"{heading} {title}\n\n{code(sentence)}\n\n" + "\n".join(lines) + "\n"


def allowed(field: dict[str, Any]) -> str:
    """The values of a field in words, from its part of a JSON schema."""
    if "$ref" in field:
        return "a table below"
    if "anyOf" in field:
        return ", or ".join(allowed(each) for each in field["anyOf"])
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    return WORDS[field["type"]](field)


def limits(field: dict[str, Any], suffix: str, what: str) -> str:
    """`1 to 9 letters`, `at least 2`, or nothing where there are no limits."""
    low, high = field.get(f"min{suffix}"), field.get(f"max{suffix}")
    if low is None and high is None:
        return ""
    count = f"{low:g} or more" if high is None else f"{low:g} to {high:g}"
    whole = "whole, " if field["type"] == "integer" else ""
    return f"{whole}{count} {what}".rstrip()


def text_of(field: dict[str, Any]) -> str:
    return PATTERNS.get(field.get("pattern", ""), limits(field, "Length", "characters") or "text")


def number_of(field: dict[str, Any]) -> str:
    return limits(field, "imum", "") or "a number"


def list_of(field: dict[str, Any]) -> str:
    if "prefixItems" in field:
        first, *others = field["prefixItems"]
        return f"a list of {len(others) + 1} numbers, each {number_of(first)}"
    what = "texts" if field["items"].get("type") == "string" else "entries"
    return f"a list, {limits(field, 'Items', what) or what}"


def mapping_of(field: dict[str, Any]) -> str:
    what = "a list of texts" if field["additionalProperties"].get("type") == "array" else "a text"
    languages = field.get("propertyNames", {}).get("enum")
    return f"{what} by language: {', '.join(f'`{name}`' for name in languages)}" if languages else "by name"


WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "null": lambda _: "null",
    "boolean": lambda _: "true or false",
    "string": text_of,
    "integer": number_of,
    "number": number_of,
    "array": list_of,
    "object": mapping_of,
}


def unit(name: str) -> str:
    """A field carries its unit in its name."""
    return UNITS.get(name.rpartition("_")[2], "") if "_" in name else ""


def default(field: dict[str, Any]) -> str:
    if "default" not in field:
        return ""
    value = field["default"]
    return "those there" if isinstance(value, dict) else f"`{json.dumps(value).strip(chr(34))}`"


def meaning(description: str | None) -> str:
    return code(description or "The kind of this phase.")


def code(text: str) -> str:
    """Docstrings mark code by double back quotes, Markdown by single ones."""
    return " ".join(text.split()).replace("``", "`")


if __name__ == "__main__":
    sys.exit(main())
