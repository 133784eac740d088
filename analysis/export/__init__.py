"""Anonymised data sets: what is published of a study, and the proof that it gives nobody away."""

from __future__ import annotations
