"""The report: a folder with one self-contained page, the figures, the tables and a summary for programs.

This package is the only one that writes figures and results.
"""

from __future__ import annotations

from analysis.report.folder import write_report

__all__ = ["write_report"]
