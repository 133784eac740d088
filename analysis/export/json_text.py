"""JSON files of a data set: readable, UTF-8, the same bytes for the same content."""

from __future__ import annotations

import json
from collections.abc import Mapping


def json_bytes(content: Mapping[str, object]) -> bytes:
    """Indented UTF-8 with a line break at the end; a number that is not finite is refused (ValueError)."""
    return (json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
