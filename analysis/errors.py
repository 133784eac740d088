"""What goes wrong in an analysis."""

from __future__ import annotations


class AnalysisError(Exception):
    """Data that cannot be analysed, or a report that cannot be written.

    The message is one sentence for the person who can mend it: which file and row; what was found; what is
    allowed.
    """
