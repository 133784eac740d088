"""What a timing check reports; arithmetic on recorded times, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiment.phases.trials import DROP_FACTOR
from experiment.records import InputKind

KNOWN_WITHIN_MS = 1.0
"""An injection that took longer says not when its press happened."""


@dataclass(frozen=True)
class Errors:
    """Sizes of ``n`` errors in ms; ``bias_ms`` is their mean with its sign, positive where late, ``sd_ms``
    their standard deviation, which is what others publish as precision.

    Of the errors -0.2, 0.1 and 0.4 ms the median is 0.2, the maximum 0.4, the bias 0.1 and the standard
    deviation 0.245.
    """

    n: int
    median_ms: float
    p95_ms: float
    max_ms: float
    bias_ms: float
    sd_ms: float


def errors_of(errors_s: Sequence[float]) -> Errors | None:
    """Errors in seconds, summed up; ``None`` where there are none."""
    if not errors_s:
        return None
    errors_ms = np.asarray(errors_s, dtype=np.float64) * 1000
    sizes = np.abs(errors_ms)
    figures = (np.median(sizes), np.percentile(sizes, 95), sizes.max(), errors_ms.mean(), errors_ms.std())
    return Errors(len(errors_s), *(round(float(figure), 3) for figure in figures))


@dataclass(frozen=True)
class ResponseFigures:
    """Error of time-to-choose against presses that were injected at known times.

    A press happened while its injection ran. Where that took more than ``known_within_ms``, because the
    machine or its X server was busy, the time of the press is not known and it is counted as ``unknown``;
    ``all_keys`` and ``all_mouse`` have those too.
    ``injection_ms`` is how long injections took, the median and the longest.
    """

    source: str
    keys: Errors | None
    mouse: Errors | None
    known_within_ms: float
    unknown: int
    all_keys: Errors | None
    all_mouse: Errors | None
    injection_ms: tuple[float, float]


@dataclass(frozen=True)
class PressError:
    """How much later than it happened a press was recorded, and how long its injection took."""

    device: InputKind
    error_s: float
    took_s: float


def responses_of(source: str, presses: Sequence[PressError]) -> ResponseFigures:
    """Figures of presses; at least one."""
    known = [press for press in presses if press.took_s * 1000 <= KNOWN_WITHIN_MS]

    def errors(of: Sequence[PressError], device: InputKind) -> Errors | None:
        return errors_of([press.error_s for press in of if press.device == device])

    took_ms = np.asarray([press.took_s for press in presses]) * 1000
    return ResponseFigures(
        source=source,
        keys=errors(known, "key"),
        mouse=errors(known, "mouse"),
        known_within_ms=KNOWN_WITHIN_MS,
        unknown=len(presses) - len(known),
        all_keys=errors(presses, "key"),
        all_mouse=errors(presses, "mouse"),
        injection_ms=(round(float(np.median(took_ms)), 3), round(float(took_ms.max()), 3)),
    )


@dataclass(frozen=True)
class FrameFigures:
    """Intervals between flips while a clip ran. A drop is an interval over 1.5 frame periods."""

    seconds: float
    flips: int
    period_ms: float
    interval_median_ms: float
    interval_sd_ms: float
    interval_min_ms: float
    interval_max_ms: float
    drops: int


def frames_of(flip_times_s: Sequence[float], period_s: float) -> FrameFigures:
    """Figures of at least two flips, in order; raises ``ValueError`` for fewer."""
    if len(flip_times_s) < 2:
        raise ValueError("at least two flips are needed for an interval")
    intervals_ms = np.diff(np.asarray(flip_times_s, dtype=np.float64)) * 1000
    return FrameFigures(
        seconds=round(float(flip_times_s[-1] - flip_times_s[0]), 2),
        flips=len(flip_times_s),
        period_ms=round(period_s * 1000, 4),
        interval_median_ms=round(float(np.median(intervals_ms)), 4),
        interval_sd_ms=round(float(intervals_ms.std()), 4),
        interval_min_ms=round(float(intervals_ms.min()), 3),
        interval_max_ms=round(float(intervals_ms.max()), 3),
        drops=int(np.count_nonzero(intervals_ms > DROP_FACTOR * period_s * 1000)),
    )


@dataclass(frozen=True)
class OnsetFigures:
    """From a press to the first frame of the next clip: what was programmed, and how far off it was.

    ``max_frames`` is the largest error in frame periods.
    """

    clip_s: float
    programmed_s: float
    errors: Errors
    max_frames: float


def onsets_of(
    clip_s: float, programmed_s: float, presses_s: Sequence[float], onsets_s: Sequence[float], period_s: float
) -> OnsetFigures:
    """Figures of at least one pair of a press and the onset after it; raises ``ValueError`` for none."""
    gaps = zip(presses_s, onsets_s, strict=True)
    errors = errors_of([onset_s - press_s - programmed_s for press_s, onset_s in gaps])
    if errors is None:
        raise ValueError("at least one onset after a press is needed")
    return OnsetFigures(clip_s, programmed_s, errors, round(errors.max_ms / 1000 / period_s, 3))
