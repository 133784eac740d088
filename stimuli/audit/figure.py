"""The set at a glance: one mark a clip for each of what the verdicts rest on."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from stimuli.audit.records import Audit, Outcome
from stimuli.audit.verdicts import most_epe_px

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS: dict[Outcome, str] = {"pass": "#0b5c94", "fail": "#b42318", "cannot be told": "#8a93a3"}
_SMALLEST_P = 1e-20
_MARK: dict[str, Any] = {"s": 16, "alpha": 0.75, "lw": 0}
_Point = tuple[float, float, Outcome]


def set_figure(audit: Audit) -> str:
    """A data URI of an SVG: what the leak tests found, and motion beside recursive noise."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(
        {"font.size": 9, "svg.hashsalt": "audit", "axes.spines.right": False, "axes.spines.top": False}
    ):
        figure = Figure(figsize=(9.2, 2.9), layout="constrained")
        axes = figure.subplots(1, 3)
        _leaks(axes[0], audit)
        _correlations(axes[1], audit)
        _errors(axes[2], audit)
        data = io.BytesIO()
        figure.savefig(data, format="svg", metadata={"Date": None})
    return f"data:image/svg+xml;base64,{base64.b64encode(data.getvalue()).decode()}"


def _leaks(axes: Axes, audit: Audit) -> None:
    """Smallest probability of each test over the frames of a clip."""
    names = ("p_histogram", "p_autocorrelation", "p_repeats")
    clips = [clip for clip in audit.clips if clip.leak is not None]
    spread = np.random.default_rng(0).uniform(-0.22, 0.22, len(clips))
    for place, name in enumerate(names):
        values = np.array([max(getattr(clip.leak, name), _SMALLEST_P) for clip in clips])
        failed = values < audit.limits.p_frame
        for mask, colour in ((failed, _COLOURS["fail"]), (~failed, _COLOURS["pass"])):
            axes.scatter(place + spread[mask], values[mask], color=colour, **_MARK)
    axes.axhline(audit.limits.p_frame, color="#5b6474", ls="--", lw=0.9)
    axes.set_yscale("log")
    axes.set_ylim(_SMALLEST_P / 5, 3)
    axes.set_xticks(range(3), ["values", "neighbours", "repeats"])
    axes.set_xlim(-0.5, 2.5)
    axes.set_ylabel("p of the frame that shows most\n(below 1e−20 drawn there)")
    axes.set_title("Static leak", loc="left", fontsize=10)


def _correlations(axes: Axes, audit: Audit) -> None:
    points = _beside_recursive(audit, "r")
    lowest = min([-0.05, *(y - 0.05 for _, y, _ in points)])
    axes.axhline(0, color="#d9dde5", lw=1)
    _against_recursive(axes, points, (0, 1.03), (lowest, 1.03))
    axes.plot([0, 1], [0, audit.limits.least_share_of_recursive_r], color="#5b6474", ls="--", lw=0.9)
    axes.set_xlabel("r of recursive noise, same flow")
    axes.set_ylabel("r of the clip's noise")
    axes.set_title("Motion: correlation", loc="left", fontsize=10)


def _errors(axes: Axes, audit: Audit) -> None:
    points = _beside_recursive(audit, "epe_px")
    right = max([1.0, *(x * 1.1 for x, _, _ in points)])
    _against_recursive(axes, points, (0, right), (0, max([1.0, *(y * 1.1 for _, y, _ in points)])))
    x = np.linspace(0, right)
    axes.plot(x, [most_epe_px(value, audit.limits) for value in x], color="#5b6474", ls="--", lw=0.9)
    axes.set_xlabel("error of recursive noise (px)")
    axes.set_ylabel("error of the clip's noise (px)")
    axes.set_title("Motion: end-point error", loc="left", fontsize=10)


def _beside_recursive(audit: Audit, name: str) -> list[_Point]:
    """Of every clip in which both were measured: of recursive noise, of the clip, and the verdict."""
    measured = [
        (getattr(clip.motion.recursive, name), getattr(clip.motion.clip, name), clip.verdicts.motion.outcome)
        for clip in audit.clips
        if clip.motion is not None
    ]
    return [point for point in measured if point[0] is not None and point[1] is not None]


def _against_recursive(
    axes: Axes, points: Sequence[_Point], x_range: tuple[float, float], y_range: tuple[float, float]
) -> None:
    for outcome, colour in _COLOURS.items():
        chosen = [point for point in points if point[2] == outcome]
        axes.scatter([x for x, _, _ in chosen], [y for _, y, _ in chosen], color=colour, **_MARK)
    axes.plot([0, x_range[1]], [0, x_range[1]], color="#d9dde5", lw=1)
    axes.set_xlim(*x_range)
    axes.set_ylim(*y_range)
