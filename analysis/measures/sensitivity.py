"""How well each action is told from the others (d'), and how readily it is answered (criterion)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import norm

from analysis.measures.confusion import NEVER_SHOWN
from analysis.measures.intervals import NORMAL, Floats, Spread, methods, plain_interval, ratio
from analysis.measures.resampling import DRAWS, Items, in_order_of, resample

ALWAYS_SHOWN = "not computed: no other action was shown"


def d_prime_of_rates(hit_rate: Floats, false_alarm_rate: Floats) -> tuple[Floats, Floats]:
    """d' and criterion c of two rates between 0 and 1, both excluded.

    ``d' = z(H) - z(F)``, ``c = -(z(H) + z(F)) / 2`` (Macmillan & Creelman 2005, Detection Theory, equations
    1.5 and 2.1): c above 0 is a reluctance to answer. Rates of .69 and .31 give d' = .992 and c = 0.
    """
    hit, false_alarm = norm.ppf(hit_rate), norm.ppf(false_alarm_rate)
    return hit - false_alarm, -(hit + false_alarm) / 2


def d_prime(hits: Floats, signals: Floats, false_alarms: Floats, noises: Floats) -> tuple[Floats, Floats]:
    """d' and criterion c of ``hits`` in ``signals`` trials and ``false_alarms`` in ``noises`` trials.

    With the log-linear correction (Hautus 1995, Behavior Research Methods 27, 46): half a trial is added to
    hits and false alarms, one to signals and noises, always, so that rates of 0 and 1 need no exception. 10
    of 10 hits and no false alarm of 10 are rates of .9545 and .0455, so d' = 3.381, c = 0.
    """
    return d_prime_of_rates((hits + 0.5) / (signals + 1), (false_alarms + 0.5) / (noises + 1))


def sensitivity(
    trials: pd.DataFrame,
    actions: Sequence[str],
    rng: np.random.Generator,
    draws: int = DRAWS,
    items: Items = "group",
) -> pd.DataFrame:
    """d' and criterion of every action against all others, per condition, all participants together.

    Trials that showed the action are the signals, all others the noises; answering the action is a yes. A
    trial without a response is a no. ``bias`` is how often the action was answered over how often it was
    shown, 1 where that is as often.

    Intervals are those of the crossed bootstrap, but no variance is taken as less than that of as many
    independent trials at the corrected rates (for d' that of Gourevitch & Galanter 1967): where all answers
    are right, draws differ next to nothing, and would claim a certainty that no number of trials gives.

    Pooled counts understate the d' of participants who differ in their criteria (Macmillan & Kaplan 1985,
    Psychological Bulletin 98, 185); ``sensitivity_by_observer`` has theirs.

    Returns
    -------
    DataFrame
        ``condition``, ``action``, ``measure`` (``d_prime``, ``criterion``, ``bias``), ``hits``, ``signals``,
        ``false_alarms``, ``noises``, ``value``, ``low``, ``high``, ``method``; NaN where the action was never
        shown or nothing else was.
    """
    rows = []
    for condition, group in trials.groupby("condition", sort=True):
        drawn = resample(group, rng, items, draws)
        answered = group["response"].to_numpy(dtype=object, na_value="")
        for action in actions:
            signal = (group["action"] == action).to_numpy(dtype=np.float64)
            yes = (answered == action).astype(np.float64)
            counts = np.column_stack([yes * signal, signal, yes * (1 - signal), 1 - signal])
            hits, signals, false_alarms, noises = counts.sum(axis=0).astype(int)
            named = (condition, action), (hits, signals, false_alarms, noises)
            if not signals or not noises:
                reason = ALWAYS_SHOWN if signals else NEVER_SHOWN
                rows += [(*named[0], name, *named[1], np.nan, np.nan, np.nan, reason) for name in _MEASURES]
                continue
            spread = _at_least(drawn.spread(counts, _measures), _over_trials(counts.sum(axis=0)))
            low, high = plain_interval(spread, lowest=_LOWEST)
            method = methods(spread, drawn.method)
            rows += [
                (*named[0], name, *named[1], spread.estimate[place], low[place], high[place], method[place])
                for place, name in enumerate(_MEASURES)
            ]
    columns = ["condition", "action", "measure", "hits", "signals", "false_alarms", "noises"]
    return in_order_of(pd.DataFrame(rows, columns=[*columns, "value", "low", "high", "method"]), trials)


def sensitivity_by_observer(trials: pd.DataFrame, actions: Sequence[str]) -> pd.DataFrame:
    """d' and criterion of every action for every participant, with intervals for d'.

    The variance of d' is that of Gourevitch & Galanter (1967, Psychometrika 32, 25) at the corrected rates,
    as Macmillan & Creelman (2005, equation 13.4) give it.

    Returns
    -------
    DataFrame
        ``observer``, ``condition``, ``action``, ``hits``, ``signals``, ``false_alarms``, ``noises``,
        ``d_prime``, ``criterion``, ``low``, ``high`` (of d'), ``method``.
    """
    keys = ["observer", "condition"]
    total = trials.groupby(keys, sort=False).size()
    shown = trials.groupby([*keys, "action"], sort=False).size()
    answered = trials.groupby([*keys, "response"], sort=False).size()
    right = trials[trials["correct"] == 1].groupby([*keys, "action"], sort=False).size()
    table = trials[keys].drop_duplicates().merge(pd.DataFrame({"action": list(actions)}), how="cross")
    index = pd.MultiIndex.from_frame(table[[*keys, "action"]])
    signals, yes, hits = (
        counts.reindex(index, fill_value=0).to_numpy(dtype=np.float64) for counts in (shown, answered, right)
    )
    noises = total.reindex(pd.MultiIndex.from_frame(table[keys])).to_numpy(dtype=np.float64) - signals
    told = (signals > 0) & (noises > 0)
    d, criterion = (np.where(told, value, np.nan) for value in d_prime(hits, signals, yes - hits, noises))
    error = np.sqrt(_variance(hits, signals) + _variance(yes - hits, noises))
    reason = np.where(signals > 0, ALWAYS_SHOWN, NEVER_SHOWN)
    result: pd.DataFrame = table.assign(
        hits=hits.astype(int),
        signals=signals.astype(int),
        false_alarms=(yes - hits).astype(int),
        noises=noises.astype(int),
        d_prime=d,
        criterion=criterion,
        low=d - NORMAL * error,
        high=d + NORMAL * error,
        method=np.where(told, "normal approximation over trials", reason),
    )
    return result


_MEASURES = ("d_prime", "criterion", "bias")
_LOWEST = np.array([-np.inf, -np.inf, 0.0])


def _measures(sums: Floats) -> Floats:
    """From hits, signals, false alarms and noises, (draws, 4), to d', criterion and bias, (draws, 3)."""
    hits, signals, false_alarms, noises = np.moveaxis(sums, -1, 0)
    bias = ratio(hits + false_alarms, signals)
    return np.stack([*d_prime(hits, signals, false_alarms, noises), bias], axis=-1)


def _over_trials(sums: Floats) -> Floats:
    """The variances of ``_measures`` if trials were independent, at the corrected rates."""
    hits, signals, false_alarms, noises = sums
    of_hits, of_false_alarms = _variance(hits, signals), _variance(false_alarms, noises)
    d = of_hits + of_false_alarms
    answers = signals * _binomial(hits, signals) + noises * _binomial(false_alarms, noises)
    return np.array([d, d / 4, answers / signals**2])


def _at_least(spread: Spread, variance: Floats) -> Spread:
    """``spread`` with no variance below ``variance``, which is known and so has no end of degrees of freedom.

    What is added to the variance of the draws adds nothing to its uncertainty (Satterthwaite 1946).
    """
    added = spread.variance < variance
    with np.errstate(divide="ignore", invalid="ignore"):
        df = np.where(added, spread.df * (variance / spread.variance) ** 2, spread.df)
    return Spread(spread.estimate, np.where(added, variance, spread.variance), df)


def _binomial(yes: Floats, number: Floats) -> Floats:
    rate = (yes + 0.5) / (number + 1)
    return rate * (1 - rate)


def _variance(yes: Floats, number: Floats) -> Floats:
    density = norm.pdf(norm.ppf((yes + 0.5) / (number + 1)))
    variance: Floats = _binomial(yes, number) / ((number + 1) * density**2)
    return variance
