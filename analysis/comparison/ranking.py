"""Models in the order of their likeness to people, and how sure that order is.

A model is the more like people, the larger its mean error consistency with them (``kappa``). Participants and
clip groups are drawn anew; from the draws follows how the means of all models vary together. From that follow
the interval of every difference between two models, at a level that holds for all of them at once (Hothorn,
Bretz & Westfall 2008, Biometrical Journal 50, 346), and the probability of each rank. Models whose difference
may be zero are not ranked against one another: they share a letter (Piepho 2004, Journal of Computational and
Graphical Statistics 13, 456).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_lowercase

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from analysis.comparison.answers import Answers
from analysis.comparison.design_effect import mean_pull
from analysis.comparison.item_draws import DRAWS, Draws, draw
from analysis.comparison.kappa import Numbers, kappa_of
from analysis.comparison.kappa_parts import Part, centred, spread_of_parts
from analysis.comparison.rankable import rankable
from analysis.errors import AnalysisError
from analysis.measures.intervals import LEVEL, Spread, methods, plain_interval
from analysis.measures.resampling import variance_of_draws
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
    drawn = draw(answers, rng, draws)
    weights = drawn.observer_weights[:, people].astype(np.float64)
    nobody = np.ones((1, len(people)))
    whole_kappas = _kappas(answers.right, people, models, np.ones((1, len(answers.items))))
    kept, remarks = rankable(answers, people, models, np.isfinite(whole_kappas[0]).any(axis=0), condition)
    if not kept.any():
        raise AnalysisError(
            f"no model has a kappa with anybody in {named(condition)} whose spread can be told; there is "
            f"nothing to rank"
        )
    kappas = _kappas(answers.right, people, models[kept], drawn.item_weights)
    whole_kappas = whole_kappas[:, :, kept]
    estimate = _means(whole_kappas, nobody)[0]
    of_people = (_means(whole_kappas, weights) - estimate) * (len(people) > 1)
    of_groups = _means(kappas, nobody) - estimate
    method = _method(len(people), drawn.stratum)
    parts = _Parts(
        of_people,
        of_groups,
        _pulls_of_people(whole_kappas[0], estimate),
        _pulls_of_groups(answers.right, people, models[kept], whole_kappas[0], drawn),
    )
    order = np.argsort(-estimate, kind="stable")
    names = [answers.observers[model] for model in models[kept][order]]
    number = np.isfinite(whole_kappas[0]).sum(axis=0)[order]
    return _ranking(names, condition, number, estimate[order], parts.ordered(order), method, rng, remarks)


@dataclass(frozen=True)
class _Parts:
    """Deviations of the means in every draw of people and of clip groups, (draws, models), and how far each
    person and each clip group pulls the means, (people, models) and (clip groups, models).
    """

    people: Numbers
    groups: Numbers
    pulls_of_people: Numbers
    pulls_of_groups: Numbers

    def ordered(self, order: npt.NDArray[np.int64]) -> _Parts:
        return _Parts(
            self.people[:, order],
            self.groups[:, order],
            self.pulls_of_people[:, order],
            self.pulls_of_groups[:, order],
        )

    def spread(self, estimate: Numbers, contrast: Numbers) -> Spread:
        """The spread of ``contrast`` (combinations, models) of the means ``estimate``."""
        people, groups = (variance_of_draws(part @ contrast.T) for part in (self.people, self.groups))
        return spread_of_parts(
            contrast @ estimate,
            Part(people, self.pulls_of_people @ contrast.T),
            Part(groups, self.pulls_of_groups @ contrast.T),
        )

    def covariance(self) -> Numbers:
        """How the means vary together, (models, models)."""
        return _covariance(self.people) + _covariance(self.groups)


def _ranking(
    names: list[str],
    condition: str,
    people: npt.NDArray[np.int64],
    estimate: Numbers,
    parts: _Parts,
    method: str,
    rng: np.random.Generator,
    remarks: tuple[str, ...],
) -> Ranking:
    count = len(names)
    own = parts.spread(estimate, np.eye(count))
    low, high = plain_interval(own, -1, 1)
    first, second = np.triu_indices(count, 1)
    contrast = np.eye(count)[first] - np.eye(count)[second]
    between = parts.spread(estimate, contrast)
    covariance = parts.covariance()
    normal = _draws(covariance, rng)
    half = _common_quantile(normal, covariance, contrast, between) * np.sqrt(between.variance)
    drawn = normal * _wider(float(np.concatenate([own.df, between.df]).min()), rng)
    differs = between.variance > _ROUNDING**2
    told = (np.abs(between.estimate) > half) & differs
    ahead = np.zeros((count, count), dtype=np.bool_)
    ahead[first[told], second[told]] = True
    letters = _letters(ahead)
    models = pd.DataFrame(
        {
            "model": names,
            "condition": condition,
            "people": people,
            "kappa": estimate,
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
        _probabilities(names, condition, estimate + drawn, rng),
        differences,
        _sentence(names, named(condition), ahead, letters),
        remarks,
    )


def _kappas(
    right: Numbers, people: npt.NDArray[np.int64], models: npt.NDArray[np.int64], weights: Numbers
) -> Numbers:
    """Kappa of each person with each model in every draw of items: (draws, people, models)."""
    ours, theirs = right[people][:, None, :], right[models][None, :, :]
    shared = np.isfinite(ours) & np.isfinite(theirs)
    cases = [ours * theirs, ours * (1 - theirs), (1 - ours) * theirs, (1 - ours) * (1 - theirs)]
    counts = [
        np.asarray(weights, dtype=np.float64) @ np.where(shared, case, 0).reshape(-1, right.shape[1]).T
        for case in cases
    ]
    kappas = kappa_of(np.stack(counts, axis=-1))
    return kappas.reshape(len(weights), len(people), len(models))


def _means(kappas: Numbers, weights: Numbers) -> Numbers:
    """Means over people, (draws, models), of (draws or 1, people, models) by (draws or 1, people)."""
    exists = np.isfinite(kappas)
    heavy = weights[:, :, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        means: Numbers = (np.where(exists, kappas, 0) * heavy).sum(axis=1) / (exists * heavy).sum(axis=1)
    return means


def _pulls_of_people(kappas: Numbers, means: Numbers) -> Numbers:
    """(people, models), of kappas of that shape; nothing where a kappa is undefined."""
    exists = np.isfinite(kappas)
    pulls: Numbers = np.where(exists, kappas - means, 0) / exists.sum(axis=0)
    return pulls


def _pulls_of_groups(
    right: Numbers,
    people: npt.NDArray[np.int64],
    models: npt.NDArray[np.int64],
    kappas: Numbers,
    drawn: Draws,
) -> Numbers:
    """(clip groups, models)."""
    of_models = []
    for place, model in enumerate(models):
        members = people[np.isfinite(kappas[:, place])]
        pull = mean_pull(right, members, np.full(len(members), model))
        of_models.append(np.bincount(drawn.group, pull, len(drawn.stratum)))
    return centred(np.stack(of_models, axis=1), drawn.stratum)


def _method(people: int, stratum: npt.NDArray[np.int64]) -> str:
    if len(stratum) == len(np.unique(stratum)):
        return (
            "bootstrap over people (there is one clip group), models fixed"
            if people > 1
            else ("not computed: one participant and one clip group")
        )
    if people > 1:
        return "crossed bootstrap over people and clip groups, models fixed"
    return "bootstrap over clip groups (there is one participant), models fixed"


def _covariance(deviations: Numbers) -> Numbers:
    exists = np.isfinite(deviations).all(axis=1)
    kept = deviations[exists]
    return np.asarray(kept.T @ kept / max(len(kept), 1), dtype=np.float64)


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


def _letters(ahead: npt.NDArray[np.bool_]) -> list[str]:
    """Letters such that two models share one just where neither is ``ahead`` of the other."""
    count = len(ahead)
    groups = [frozenset(range(count))]
    for one, other in np.argwhere(ahead | ahead.T):
        split = []
        for group in groups:
            split += [group - {one}, group - {other}] if {one, other} <= group else [group]
        groups = [group for group in dict.fromkeys(split) if not any(group < larger for larger in split)]
    groups.sort(key=sorted)
    return [
        "".join(_letter(place) for place, group in enumerate(groups) if model in group)
        for model in range(count)
    ]


def _letter(place: int) -> str:
    return ascii_lowercase[place] if place < 26 else f"({place + 1})"


def _sentence(names: list[str], condition: str, ahead: npt.NDArray[np.bool_], letters: list[str]) -> str:
    if len(names) == 1:
        return f"{condition}: there is one model, {names[0]}, and nothing to rank"
    if not ahead.any():
        return (
            f"{condition}: by how human-like their errors are, no two of the {len(names)} models can be told "
            f"apart, so there is no ranking"
        )
    if len(set(letters)) == len(names) and all(len(letter) == 1 for letter in letters):
        return f"{condition}: from most to least human-like, {', '.join(names)}"
    said = "; ".join(_ahead_of(names, ahead))
    return f"{condition}: {said}; no other two models can be told apart"


def _ahead_of(names: list[str], ahead: npt.NDArray[np.bool_]) -> Iterator[str]:
    for place, name in enumerate(names):
        behind = [names[other] for other in np.flatnonzero(ahead[place])]
        if behind:
            yield f"{name} errs more like people than {', '.join(behind)}"
