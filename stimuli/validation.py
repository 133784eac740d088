"""What pydantic finds wrong, as a part of a sentence for the person who can mend it."""

from __future__ import annotations

from pydantic import ValidationError


def first_problem(error: ValidationError) -> str:
    """Field and complaint of the first of the problems, as in "screens.0.width_cm: field required".

    What is wrong with all of it is said of "the file".
    """
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "the file"
    message = first["msg"].removeprefix("Value error, ")
    return f"{field}: {message[:1].lower()}{message[1:]}"
