"""Choice and time together: models of how a decision comes about."""

from __future__ import annotations
