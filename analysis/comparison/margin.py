"""Within which difference of accuracies people and a model count as on a par."""

from __future__ import annotations

from analysis.errors import AnalysisError

MARGIN = 0.05
"""The margin unless another is asked for: five percentage points.

By about as much do single participants of the study differ from one another (a standard deviation of .05 to
.06 in AFD5): a model within it is as near to the average person as people are. Where people make hardly any
mistake, as in UCF5, it is wide: five points are then several times all their errors.
"""


def check_margin(margin: float) -> None:
    """Refuse what is no margin.

    Raises
    ------
    AnalysisError
        Unless it lies above 0 and below 1.
    """
    if not 0 < margin < 1:
        raise AnalysisError(f"the margin is {margin:g}; allowed is a share above 0 and below 1, as 0.05")
