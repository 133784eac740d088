"""Mean kappas of each model with people, and how they vary together when people and clip groups are drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.comparison.answers import Answers
from analysis.comparison.design_effect import mean_pull
from analysis.comparison.item_draws import Draws
from analysis.comparison.kappa import Numbers, kappa_of
from analysis.comparison.kappa_parts import Part, centred, spread_of_parts
from analysis.measures.intervals import Spread
from analysis.measures.resampling import variance_of_draws


@dataclass(frozen=True)
class ModelKappas:
    """``estimate`` are the means, each over so many ``people``, those with a kappa; both are (models,).

    ``of_people`` and ``of_groups`` are deviations of the means in every draw of people and of clip groups,
    (draws, models); ``pulls_of_people`` and ``pulls_of_groups`` how far each person and each clip group pulls
    the means, (people, models) and (clip groups, models).
    """

    estimate: Numbers
    people: npt.NDArray[np.int64]
    of_people: Numbers
    of_groups: Numbers
    pulls_of_people: Numbers
    pulls_of_groups: Numbers

    def ordered(self, order: npt.NDArray[np.int64]) -> ModelKappas:
        """The same with the models in this ``order`` of their places."""
        return ModelKappas(
            self.estimate[order],
            self.people[order],
            self.of_people[:, order],
            self.of_groups[:, order],
            self.pulls_of_people[:, order],
            self.pulls_of_groups[:, order],
        )

    def spread(self, contrast: Numbers) -> Spread:
        """The spread of ``contrast``, (combinations, models), of the means."""
        people, groups = (variance_of_draws(part @ contrast.T) for part in (self.of_people, self.of_groups))
        return spread_of_parts(
            contrast @ self.estimate,
            Part(people, self.pulls_of_people @ contrast.T),
            Part(groups, self.pulls_of_groups @ contrast.T),
        )

    def covariance(self) -> Numbers:
        """How the means vary together, (models, models)."""
        return _covariance(self.of_people) + _covariance(self.of_groups)


def person_kappas(answers: Answers, people: npt.NDArray[np.int64], models: npt.NDArray[np.int64]) -> Numbers:
    """Kappa of each of ``people`` with each of ``models``, places among the observers: (people, models)."""
    kappas: Numbers = _kappas(answers.right, people, models, np.ones((1, len(answers.items))))[0]
    return kappas


def model_kappas(
    answers: Answers, people: npt.NDArray[np.int64], models: npt.NDArray[np.int64], draws: Draws
) -> ModelKappas:
    """The means of ``models``, each of which has a kappa with one of ``people`` at least."""
    whole = person_kappas(answers, people, models)
    nobody = np.ones((1, len(people)))
    estimate = _means(whole[None], nobody)[0]
    weights = draws.observer_weights[:, people].astype(np.float64)
    drawn = _kappas(answers.right, people, models, draws.item_weights)
    return ModelKappas(
        estimate=estimate,
        people=np.isfinite(whole).sum(axis=0).astype(np.int64),
        of_people=(_means(whole[None], weights) - estimate) * (len(people) > 1),
        of_groups=_means(drawn, nobody) - estimate,
        pulls_of_people=_pulls_of_people(whole, estimate),
        pulls_of_groups=_pulls_of_groups(answers.right, people, models, whole, draws),
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


def _covariance(deviations: Numbers) -> Numbers:
    exists = np.isfinite(deviations).all(axis=1)
    kept = deviations[exists]
    return np.asarray(kept.T @ kept / max(len(kept), 1), dtype=np.float64)
