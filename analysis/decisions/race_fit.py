"""Races fitted to answers and times by penalised maximum likelihood, of one participant or of many.

Biases and advantages of single actions, and the speeds of people, are drawn towards their mean by a normal
penalty (shrinkage: Efron & Morris 1977, Scientific American 236, 119): an action that nobody chose, or a test
without a wrong answer, then has a finite estimate.
"""

from __future__ import annotations

import numpy as np
from scipy import optimize

from analysis.decisions.race import GUESSES, log_density
from analysis.decisions.race_parameters import Layout, RaceFit, RaceModel
from analysis.decisions.race_trials import RaceTrials
from analysis.errors import AnalysisError
from analysis.measures.intervals import Floats

NEAREST = 0.95
"""The shift is at most this share of the fastest time, at which the density has no end. As many of the
fastest answers as may be guesses are passed over: one slip of the hand would hold the shift down for all."""
FEWEST = 20
"""Answers with a time below which no race is fitted."""
STARTS = ((-1.7, -0.9), (0.0, -0.4), (1.7, 0.0))
"""Where searches begin: log-odds of the shift as a share of its limit, logarithm of the scale."""
_LOG_RATIOS = (-3.0, 3.0)
_LOG_SCALES = (-4.0, 2.0)
_SHIFT_LOGITS = (-12.0, 12.0)
_STEP = 1e-4


def fit_race(
    trials: RaceTrials,
    model: RaceModel,
    *,
    start: Floats | None = None,
    intervals: bool = True,
) -> RaceFit:
    """The race with the highest penalised likelihood that several searches found.

    ``start`` is ``raw`` of a fit with the same people, actions and model, for a single search from there.
    Without ``intervals``, which take as long as the search, ``covariance`` is NaN.

    Raises
    ------
    AnalysisError
        With fewer than 20 trials, or where all times are the same.
    """
    if len(trials) < FEWEST:
        raise AnalysisError(f"a race needs {FEWEST} answers with a time, and there are {len(trials)}")
    if np.ptp(trials.times_s) == 0:
        raise AnalysisError(
            f"all {len(trials)} times are {trials.times_s[0]} s; a race needs times that differ"
        )
    search = _Search(trials, model)
    starts = [start] if start is not None else search.starts()
    found = [
        optimize.minimize(search.loss, at, jac=True, method="L-BFGS-B", bounds=search.bounds())
        for at in starts
    ]
    best = min(found, key=lambda end: float(end.fun))
    raw: Floats = np.asarray(best.x, dtype=np.float64)
    race = search.layout.race(raw, search.longest_s)
    return RaceFit(
        layout=search.layout,
        race=race,
        people=trials.people,
        trials=len(trials),
        log_likelihood=-float(best.fun) + 0.5 * float((search.penalty.distances(raw) ** 2).sum()),
        settled=bool(best.success),
        raw=raw,
        covariance=search.covariance(raw) if intervals else np.full((len(raw), len(raw)), np.nan),
    )


class _Search:
    """The loss of some trials under a model, with its derivatives."""

    def __init__(self, trials: RaceTrials, model: RaceModel) -> None:
        self.trials = trials
        self.longest_s = float(trials.times_s.max())
        limit_s = NEAREST * float(np.sort(trials.times_s)[int(GUESSES * len(trials))])
        self.layout = Layout(model, trials.actions, len(trials.people), limit_s)
        self.penalty = self.layout.penalty()
        self.design = self.layout.design(trials).reshape(-1, self.layout.shared)

    def starts(self) -> list[Floats]:
        middle = float(np.median(self.trials.times_s))
        starts = []
        for shift_logit, log_scale in STARTS:
            raw = self.penalty.means.copy()
            raw[-2:] = log_scale, shift_logit
            shift_s = self.layout.race(raw, 1.0).shift_s
            raw[0] = -np.log(middle - shift_s) - 1.0
            starts.append(raw)
        return starts

    def bounds(self) -> list[tuple[float | None, float | None]]:
        """Those of scales and shift: so far out that only a step of the search can meet them."""
        bounds: list[tuple[float | None, float | None]] = [(None, None)] * self.layout.size
        bounds[-2:] = _LOG_SCALES, _SHIFT_LOGITS
        if self.layout.model.shown:
            bounds[-3] = _LOG_RATIOS
        return bounds

    def loss(self, raw: Floats) -> tuple[float, Floats]:
        """Minus the penalised log-likelihood, and its derivatives, (size,)."""
        layout, trials = self.layout, self.trials
        race = layout.race(raw, self.longest_s)
        rates = (self.design @ raw[: layout.shared]).reshape(len(trials), -1)
        speeds = raw[layout.speeds]
        if len(speeds):
            rates += speeds[trials.person][:, None]
        density = log_density(race, rates, trials.times_s, trials.chosen, trials.shown)
        off = self.penalty.distances(raw)
        slopes = off / self.penalty.deviations
        slopes[: layout.shared] -= self.design.T @ density.by_rate.ravel()
        if len(speeds):
            by_person = np.bincount(trials.person, density.by_rate.sum(axis=1), len(speeds))
            slopes[layout.speeds] -= by_person
        if layout.model.shown:
            slopes[-3] -= density.by_log_scale[np.arange(len(trials)), trials.shown].sum()
        slopes[-2] -= density.by_log_scale.sum()
        slopes[-1] -= density.by_shift.sum() * race.shift_s * (1 - race.shift_s / layout.limit_s)
        return float(0.5 * (off**2).sum() - density.value.sum()), slopes

    def covariance(self, raw: Floats) -> Floats:
        """The inverse of the second derivatives at ``raw``; NaN where they do not bend upwards."""
        bends = np.stack(
            [
                (self.loss(raw + _STEP * side)[1] - self.loss(raw - _STEP * side)[1]) / (2 * _STEP)
                for side in np.eye(len(raw))
            ]
        )
        bends = (bends + bends.T) / 2
        if not np.isfinite(bends).all() or np.linalg.eigvalsh(bends)[0] <= 0:
            return np.full_like(bends, np.nan)
        inverse: Floats = np.linalg.inv(bends)
        return inverse
