"""Where this program lies: its protocols and texts, and what it starts as processes of their own."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
