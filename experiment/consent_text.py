"""The text that participants consent to, ``protocols/consent/<language>/<name>.md``.

Its first line says its version (``Version: 1``); the rest is Markdown.
"""

from __future__ import annotations

import re

_FIRST_LINE = re.compile(r"Version: (?P<version>\S.*)")


def parse_consent(text: str, version: str) -> str:
    """The Markdown of a consent text after its first line.

    Raises
    ------
    ValueError
        One sentence, where the first line is not the ``version`` that the protocol names: nobody may confirm
        another text than the one that is recorded.
    """
    first, _, markdown = text.lstrip("\ufeff").partition("\n")
    found = _FIRST_LINE.fullmatch(first.strip())
    if found is None:
        raise ValueError(f"line 1: found {first.strip()[:80]!r}; allowed is `Version: {version}`")
    if found["version"].strip() != version:
        raise ValueError(
            f"line 1: found version {found['version'].strip()[:80]!r}, but the protocol's consent.version is "
            f"{version}; make the two equal"
        )
    if not markdown.strip():
        raise ValueError("line 2: the text is missing")
    return markdown.strip() + "\n"
