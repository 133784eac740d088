"""Whether a classifier can tell the action from single frames of noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from stimuli.audit.records import Recognition, Verdict

Floats = npt.NDArray[np.floating]

FEWEST_GROUPS = 4
"""Of each action: with fewer, too little is left to train on and no interval means anything."""
_FOLDS = 5


@dataclass(frozen=True)
class LabelledClues:
    """One clip for the classifier: `clues` float (frames, features), its action, and its group."""

    action: str
    group: int
    clues: Floats


def recognise(clips: Sequence[LabelledClues], p_limit: float) -> Recognition:
    """Cross-validated accuracy of a linear classifier (multinomial logistic regression) on single frames.

    Groups of clips, which share scene and person, are trained on or tested as a whole. The accuracy is the
    mean over actions of the mean over their groups, so chance is one over the number of actions, whatever
    their shares; interval (95 %) and probability are Student's, on groups, with Welch's degrees of freedom.
    Actions with fewer than four groups are left out; with fewer than two actions left, nothing is told.
    """
    groups_of: dict[str, set[int]] = {}
    for clip in clips:
        groups_of.setdefault(clip.action, set()).add(clip.group)
    actions = sorted(action for action, groups in groups_of.items() if len(groups) >= FEWEST_GROUPS)
    used = [clip for clip in clips if clip.action in actions]
    counts = (len(used), sum(len(groups_of[action]) for action in actions), len(actions))
    if len(actions) < 2:
        return _untold(clips, groups_of)
    shares: dict[tuple[str, int], list[float]] = {}
    for clip, right in zip(used, _predictions(used, actions), strict=True):
        shares.setdefault((clip.action, clip.group), []).append(float(right.mean()))
    per_action = [
        np.array([np.mean(of_group) for (of, _), of_group in sorted(shares.items()) if of == action])
        for action in actions
    ]
    return _judged(per_action, counts, len(used[0].clues), p_limit)


def interval_and_p(per_action: Sequence[Floats], chance: float) -> tuple[float, float, float, float]:
    """Mean over actions of the mean of their values, its 95 % interval, and the probability by chance of as
    much or more (one-sided).
    """
    k = len(per_action)
    accuracy = float(np.mean([values.mean() for values in per_action]))
    variances = [float(values.var(ddof=1)) / len(values) / k**2 for values in per_action]
    error = float(np.sqrt(sum(variances)))
    if error == 0:
        return accuracy, accuracy, accuracy, float(accuracy <= chance)
    freedom = sum(variances) ** 2 / sum(
        variance**2 / (len(values) - 1) for variance, values in zip(variances, per_action, strict=True)
    )
    half = float(stats.t.isf(0.025, freedom)) * error
    p = float(stats.t.sf((accuracy - chance) / error, freedom))
    return accuracy, max(0.0, accuracy - half), min(1.0, accuracy + half), p


def _predictions(clips: Sequence[LabelledClues], actions: Sequence[str]) -> list[npt.NDArray[np.bool_]]:
    """Of each clip, which of its frames were named right when its group was held out."""
    # Imported late: scikit-learn takes a second that most commands need not wait.
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    frames = np.concatenate([clip.clues for clip in clips])
    of_clip = np.repeat(np.arange(len(clips)), [len(clip.clues) for clip in clips])
    labels = np.array([actions.index(clip.action) for clip in clips])[of_clip]
    groups = np.array([clip.group for clip in clips])[of_clip]
    right = np.zeros(len(frames), dtype=bool)
    folds = min(_FOLDS, len(np.unique(groups)))
    for train, test in GroupKFold(folds).split(frames, labels, groups):
        classifier = make_pipeline(
            StandardScaler(), LogisticRegression(C=0.01, class_weight="balanced", max_iter=300)
        )
        if len(np.unique(labels[train])) > 1:
            classifier.fit(frames[train], labels[train])
            right[test] = classifier.predict(frames[test]) == labels[test]
    return [right[of_clip == index] for index in range(len(clips))]


def _judged(
    per_action: Sequence[Floats], counts: tuple[int, int, int], frames: int, p_limit: float
) -> Recognition:
    chance = 1 / len(per_action)
    accuracy, low, high, p = interval_and_p(per_action, chance)
    numbers = (
        f"{100 * accuracy:.1f} % of single frames are named right (95 % interval {100 * low:.1f} to"
        f" {100 * high:.1f} %), chance is {100 * chance:.0f} %"
    )
    verdict = (
        Verdict(outcome="fail", reason=f"{numbers}: a single frame tells the action.")
        if p < p_limit
        else Verdict(outcome="pass", reason=f"{numbers}.")
    )
    return Recognition(
        clips=counts[0],
        groups=counts[1],
        actions=counts[2],
        frames_per_clip=frames,
        accuracy=accuracy,
        low=low,
        high=high,
        chance=chance,
        p=p,
        verdict=verdict,
    )


def _untold(clips: Sequence[LabelledClues], groups_of: dict[str, set[int]]) -> Recognition:
    most = max((len(groups) for groups in groups_of.values()), default=0)
    reason = (
        f"A classifier needs at least two actions with {FEWEST_GROUPS} groups of clips each, some to learn"
        f" from and others to be tested on; here are {len(groups_of)} actions with at most {most} groups."
    )
    return Recognition(
        clips=len(clips),
        groups=sum(len(groups) for groups in groups_of.values()),
        actions=len(groups_of),
        frames_per_clip=len(clips[0].clues) if clips else 0,
        accuracy=None,
        low=None,
        high=None,
        chance=1 / max(len(groups_of), 1),
        p=None,
        verdict=Verdict(outcome="cannot be told", reason=reason),
    )
