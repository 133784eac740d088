"""A logistic mixed model with crossed random participants and clips, to set beside the bootstrap.

statsmodels fits it by a variational approximation, which is fast and known to make intervals too narrow (it
takes parameters as independent: Blei, Kucukelbir & McAuliffe 2017, Journal of the American Statistical
Association 112, 859). So its intervals are shown beside those of the bootstrap and never in their place.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import expit, logit

from analysis.measures.intervals import NORMAL, Floats

MOST_OBSERVERS = 100
METHOD = "mixed logistic model, variational: the interval is too narrow"
RAN_AWAY = "not computed: the fit ran away, the answers are too much alike"
_PRIOR_SD = 10.0
"""Of the log-odds: wide, since accuracies of .99 are 4.6."""
_RUN_AWAY = 10.0
"""Log-odds; people or clips who differ by more are no finding, but a search that ran away."""


def mixed_model(trials: pd.DataFrame) -> pd.DataFrame:
    """Accuracy per condition for the whole population of participants and clips, by the model.

    Right or wrong is a logistic regression on a constant, with normal deviations of participants and of
    clips. The accuracy is the mean over both (Gauss-Hermite), and so comparable with that of ``accuracy``.

    Returns
    -------
    DataFrame
        ``condition``, ``observers``, ``clips``, ``trials``, ``log_odds`` (of the typical participant and
        clip), ``sd_observers``, ``sd_clips`` (log-odds), ``accuracy``, ``low``, ``high`` (0 to 1),
        ``method``; NaN where it could not be computed, and ``method`` then says why.
    """
    rows = []
    for condition, group in trials.groupby("condition", sort=False):
        observer, people = pd.factorize(group["observer"])
        clip, clips = pd.factorize(group["clip_id"])
        right = group["correct"].to_numpy(dtype=np.float64)
        named = (condition, len(people), len(clips), len(group))
        reason = _reason(right, len(people), len(clips))
        if reason:
            rows.append((*named, *[np.nan] * 6, f"not computed: {reason}"))
        else:
            rows.append((*named, *_fit(right, observer, clip)))
    columns = ["condition", "observers", "clips", "trials", "log_odds", "sd_observers", "sd_clips"]
    table: pd.DataFrame = pd.DataFrame(rows, columns=[*columns, "accuracy", "low", "high", "method"])
    return table


def disagreement(model: pd.DataFrame, bootstrap: pd.DataFrame) -> pd.DataFrame:
    """Where the model and the bootstrap disagree: the model's accuracy is outside the bootstrap's interval.

    The model's own interval has no say, since it is too narrow. ``model`` is the table of ``mixed_model``,
    ``bootstrap`` that of ``accuracy`` by condition.

    Returns
    -------
    DataFrame
        ``condition``, ``model``, ``bootstrap``, ``low``, ``high`` (the bootstrap's), ``agree`` (True, False,
        or missing where there is no model), ``method`` (of the model) and ``sentence`` for the reader.
    """
    table = model[["condition", "accuracy", "method"]].merge(
        bootstrap[["condition", "accuracy", "low", "high"]], on="condition", suffixes=("", "_bootstrap")
    )
    table = table.rename(columns={"accuracy": "model", "accuracy_bootstrap": "bootstrap"})
    inside = table["model"].between(table["low"], table["high"]).astype("boolean")
    table["agree"] = inside.mask(table["model"].isna())
    table["sentence"] = [
        _sentence(*row)
        for row in zip(
            table["condition"], table["model"], table["low"], table["high"], table["method"], strict=True
        )
    ]
    columns = ["condition", "model", "bootstrap", "low", "high", "agree", "method", "sentence"]
    result: pd.DataFrame = table[columns]
    return result


def mean_accuracy(log_odds: float, sd: float) -> float:
    """The mean of ``expit`` over a normal distribution of log-odds: 1.0 and 1.0 give .6967."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    return float(weights @ expit(log_odds + sd * nodes) / weights.sum())


def _reason(right: Floats, people: int, clips: int) -> str:
    if people > MOST_OBSERVERS:
        return f"more than {MOST_OBSERVERS} participants"
    if people < 2 or clips < 2:
        return "it takes two participants and two clips"
    if right.all():
        return "every answer is right"
    return "" if right.any() else "every answer is wrong"


def _fit(right: Floats, observer: np.ndarray, clip: np.ndarray) -> tuple[float | str, ...]:
    from statsmodels.genmod.bayes_mixed_glm import BinomialBayesMixedGLM

    people, clips = int(observer.max()) + 1, int(clip.max()) + 1
    row = np.arange(len(right))
    belongs = sparse.csr_matrix(
        (np.ones(2 * len(row)), (np.tile(row, 2), np.concatenate([observer, people + clip])))
    )
    kind = np.repeat([0, 1], [people, clips])
    model = BinomialBayesMixedGLM(right, np.ones((len(right), 1)), belongs, kind, fe_p=_PRIOR_SD)
    start = np.zeros(3 + people + clips)
    start[0], start[1:3] = logit(right.mean()), -0.5
    with warnings.catch_warnings():
        # That it did not converge is said in `method`.
        warnings.simplefilter("ignore")
        fit = model.fit_vb(mean=start, sd=np.full(len(start), 0.5))
    log_odds, error = float(fit.fe_mean[0]), float(fit.fe_sd[0])
    of_people, of_clips = (float(sd) for sd in np.exp(fit.vcp_mean))
    # With a handful of wrong (or right) answers in many the approximation has no best place.
    if not max(of_people, of_clips) < _RUN_AWAY:
        return (*[np.nan] * 6, RAN_AWAY)
    sd = float(np.hypot(of_people, of_clips))
    bounds = [mean_accuracy(log_odds + side * NORMAL * error, sd) for side in (0, -1, 1)]
    method = METHOD if fit.optim_retvals.success else f"{METHOD}; the fit did not settle"
    return (log_odds, of_people, of_clips, *bounds, method)


def _sentence(condition: str, model: float, low: float, high: float, method: str) -> str:
    if np.isnan(model):
        return f"{condition}: no mixed model ({method.removeprefix('not computed: ')})."
    where = "within" if low <= model <= high else "outside"
    return (
        f"{condition}: the mixed model puts the accuracy at {100 * model:.1f} %, {where} the bootstrap's "
        f"interval of {100 * low:.1f} to {100 * high:.1f} %."
    )
