"""Models in the order of their likeness to people, and how sure that order is.

A model is the more like people, the larger its mean error consistency with them (``kappa``). Participants and
clip groups are drawn anew; from the draws follows how the means of all models vary together. From that follow
the interval of every difference between two models, at a level that holds for all of them at once (Hothorn,
Bretz & Westfall 2008, Biometrical Journal 50, 346), and the probability of each rank. Models whose difference
may be zero are not ranked against one another: they share a letter (``rank_letters``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.comparison.answers import Answers
from analysis.comparison.item_draws import DRAWS, draw
from analysis.comparison.kappa import Numbers
from analysis.comparison.kappa_parts import how_drawn
from analysis.comparison.model_kappas import ModelKappas, model_kappas, person_kappas
from analysis.comparison.rank_letters import order_sentence, shared_letters
from analysis.comparison.rankable import rankable
from analysis.errors import AnalysisError
from analysis.measures.intervals import LEVEL, Spread, methods, plain_interval
from analysis.summary import named

RANK_DRAWS = 20_000
_ROUNDING = 1e-7
"""Kappas that differ by less are the same."""


@dataclass(frozen=True)
class Ranking:
    """``models`` has a row a model, the most human-like first: ``model``, ``condition``, ``people`` (how many
    have a kappa with it), ``kappa``, ``low``, ``high`` (95 %), ``best_rank`` and ``worst_rank`` (the ranks
    that are not ruled out), ``letters`` (models that share one cannot be told apart), ``method``.
    ``probabilities`` has ``model``, ``condition``, ``rank`` (from 1), ``probability``. ``differences`` has
    ``first``, ``second``, ``condition``, ``difference`` of their kappas, ``low``, ``high`` (95 % for all
    pairs at once), ``told_apart``. ``sentence`` says what may be said. ``remarks`` name models left out.
    """

    models: pd.DataFrame
    probabilities: pd.DataFrame
    differences: pd.DataFrame
    sentence: str
    remarks: tuple[str, ...]


def rank_models(answers: Answers, condition: str, rng: np.random.Generator, draws: int = DRAWS) -> Ranking:
    """The ranking of the models among ``answers`` (of one condition).

    A mean is over the people whose kappa with the model is defined. Models without any are left out, and so
    are those that are never wrong, or never right, at the same clip as somebody: draws of their answers hold
    no such clip either, and would make their kappa look far surer than it is.

    Raises
    ------
    AnalysisError
        Where there are no people, no models, or no model has a kappa with anybody.
    """
    people, models = np.flatnonzero(~answers.is_model), np.flatnonzero(answers.is_model)
    if not len(people) or not len(models):
        lacking = "people" if not len(people) else "models"
        raise AnalysisError(
            f"there are no {lacking} in {named(condition)}; a ranking sets models against people"
        )
    defined = np.asarray(np.isfinite(person_kappas(answers, people, models)).any(axis=0), dtype=np.bool_)
    kept, remarks = rankable(answers, people, models, defined, condition)
    if not kept.any():
        raise AnalysisError(
            f"no model has a kappa with anybody in {named(condition)} whose spread can be told; there is "
            f"nothing to rank"
        )
    drawn = draw(answers, rng, draws)
    kappas = model_kappas(answers, people, models[kept], drawn)
    order = np.argsort(-kappas.estimate, kind="stable")
    names = [answers.observers[model] for model in models[kept][order]]
    method = how_drawn(len(people), drawn.stratum)
    return _ranking(names, condition, kappas.ordered(order), method, rng, remarks)


def _ranking(
    names: list[str],
    condition: str,
    kappas: ModelKappas,
    method: str,
    rng: np.random.Generator,
    remarks: tuple[str, ...],
) -> Ranking:
    count = len(names)
    own = kappas.spread(np.eye(count))
    low, high = plain_interval(own, -1, 1)
    first, second = np.triu_indices(count, 1)
    contrast = np.eye(count)[first] - np.eye(count)[second]
    between = kappas.spread(contrast)
    covariance = kappas.covariance()
    normal = _draws(covariance, rng)
    half = _common_quantile(normal, covariance, contrast, between) * np.sqrt(between.variance)
    drawn = normal * _wider(float(np.concatenate([own.df, between.df]).min()), rng)
    differs = between.variance > _ROUNDING**2
    told = (np.abs(between.estimate) > half) & differs
    ahead = np.zeros((count, count), dtype=np.bool_)
    ahead[first[told], second[told]] = True
    letters = shared_letters(ahead)
    models = pd.DataFrame(
        {
            "model": names,
            "condition": condition,
            "people": kappas.people,
            "kappa": kappas.estimate,
            "low": low,
            "high": high,
            "best_rank": 1 + ahead.sum(axis=0),
            "worst_rank": count - ahead.sum(axis=1),
            "letters": letters,
            "method": methods(own, method),
        }
    )
    differences = pd.DataFrame(
        {
            "first": np.array(names, dtype=object)[first],
            "second": np.array(names, dtype=object)[second],
            "condition": condition,
            "difference": between.estimate,
            "low": np.where(differs, between.estimate - half, np.nan),
            "high": np.where(differs, between.estimate + half, np.nan),
            "told_apart": told.astype(int),
        }
    )
    return Ranking(
        models,
        _probabilities(names, condition, kappas.estimate + drawn, rng),
        differences,
        order_sentence(names, named(condition), ahead, letters),
        remarks,
    )


def _draws(covariance: Numbers, rng: np.random.Generator) -> Numbers:
    """Normal deviations of the means, (draws, models)."""
    values, vectors = np.linalg.eigh(covariance)
    # Models with the same answers must vary as one, and rounding would tell them apart.
    values = np.where(values > 1e-12 * values.max(), values, 0)
    deviations: Numbers = (
        rng.standard_normal((RANK_DRAWS, len(covariance))) @ (vectors * np.sqrt(values)).T
    ).astype(np.float64)
    return deviations


def _wider(df: float, rng: np.random.Generator) -> Numbers:
    """What makes normal draws those of Student's multivariate t, (draws, 1)."""
    if not np.isfinite(df):
        return np.ones((RANK_DRAWS, 1))
    return np.asarray(np.sqrt(df / rng.chisquare(df, (RANK_DRAWS, 1))), dtype=np.float64)


def _common_quantile(normal: Numbers, covariance: Numbers, contrast: Numbers, between: Spread) -> Numbers:
    """How many standard errors to either side of each difference hold all at once in 95 % of the draws.

    The level that holds all of them is found from normal draws; each difference has that quantile of
    Student's t with its own degrees of freedom, and never less than that of its own 95 % interval.
    """
    scale = np.sqrt(np.maximum(((contrast @ covariance) * contrast).sum(axis=1), 0))
    differs = scale > _ROUNDING
    if not differs.any():
        return np.full(len(contrast), np.nan)
    largest = (np.abs(normal @ contrast[differs].T) / scale[differs]).max(axis=1)
    level = 2 * float(stats.norm.cdf(np.quantile(largest, LEVEL))) - 1
    return between.quantile_at(max(level, LEVEL))


def _probabilities(
    names: list[str], condition: str, means: Numbers, rng: np.random.Generator
) -> pd.DataFrame:
    # Models with the same answers tie in every draw: the lot decides, and each rank is as likely.
    lots = means + 10 * _ROUNDING * rng.standard_normal(means.shape)
    ranks = np.argsort(np.argsort(-lots, axis=1), axis=1)
    share = np.stack([(ranks == rank).mean(axis=0) for rank in range(len(names))], axis=1)
    table: pd.DataFrame = pd.DataFrame(
        [
            (name, condition, rank + 1, float(share[place, rank]))
            for place, name in enumerate(names)
            for rank in range(len(names))
        ],
        columns=["model", "condition", "rank", "probability"],
    )
    return table
