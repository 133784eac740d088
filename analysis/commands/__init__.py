"""The subcommands of ``python -m analysis``, one module each; nothing here is imported by the rest."""

from __future__ import annotations
