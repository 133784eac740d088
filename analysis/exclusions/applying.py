"""Rules x trial table -> what is left, and what each rule removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.counted_trials import counts
from analysis.errors import AnalysisError
from analysis.exclusions.judging import ParticipantRule, TrialRule, verdicts
from analysis.exclusions.rules import AnyRule, RuleSet

_FLOW = (
    "step",
    "rule",
    "level",
    "words",
    "removed_participants",
    "removed_trials",
    "removed_others",
    "participants",
    "trials",
    "others",
    "not_judged",
)
_PEOPLE = ("observer", "step", "rule", "found")


@dataclass(frozen=True)
class Excluded:
    """What the rules left.

    ``trials`` are the rows of the trial table that are left, in their order and with their index.

    ``flow`` has a row for what there was before (step 0, rule ``none``, no level) and one for each rule, in
    the order in which they were applied: ``step``, ``rule``, ``level`` (``trial`` or ``participant``),
    ``words`` (the rule in words), ``removed_participants`` (of whom nothing is left), ``removed_trials`` and
    ``removed_others``, then what is left: ``participants``, ``trials`` (of the test, the ones that results
    are computed from), ``others`` (of training, and attention checks). ``not_judged`` counts the trials, or
    the participants, that the rule could not judge because the data do not say; they stay.

    ``people`` has a row for each participant that a rule of that level removed: ``observer``, ``step``,
    ``rule``, ``found`` (in words).
    """

    rules: RuleSet
    trials: pd.DataFrame
    flow: pd.DataFrame
    people: pd.DataFrame

    @property
    def remarks(self) -> tuple[str, ...]:
        """A sentence for every rule that could not judge everything."""
        unjudged = self.flow[self.flow["not_judged"] > 0]
        return tuple(
            f"rule {row['step']} ({row['rule']}) could not judge {row['not_judged']} {row['level']}s, "
            f"because the data do not say or allow what it needs; they stay"
            for _, row in unjudged.iterrows()
        )


def apply_exclusions(trials: pd.DataFrame, rules: RuleSet) -> Excluded:
    """Apply ``rules`` in their order to a trial table of people.

    Each rule sees what the ones before it left. A participant is removed with all sessions and phases.

    Raises
    ------
    AnalysisError
        Where a rule names a condition that is not in ``trials``: names it, and those that are.
    """
    _refuse_unknown_conditions(trials, rules)
    left = pd.Series(True, index=trials.index)
    flow = [_step(0, "none", None, "all sessions that count", trials, left, left, 0)]
    people: list[tuple[str, int, str, str]] = []
    for step, rule in enumerate(rules.rules, start=1):
        before = left
        removed, verdict = _judged(rule, trials, left)
        left = left & ~removed
        if isinstance(rule, TrialRule) and rule.level == "trial":
            not_judged = int(verdict["out"].isna().sum())
        else:
            present = trials.loc[before, "observer"].unique()
            not_judged = int(verdict["out"].reindex(present).isna().sum())
            words = _value_words(rule)
            people += [
                (str(observer), step, rule.rule, words.format(row["value"]))
                for observer, row in verdict[verdict["out"].fillna(False).astype(bool)].iterrows()
            ]
        flow.append(_step(step, rule.rule, rule.level, rule.words(), trials, before, left, not_judged))
    return Excluded(
        rules=rules,
        trials=trials[left],
        flow=pd.DataFrame(flow, columns=list(_FLOW)),
        people=pd.DataFrame(people, columns=list(_PEOPLE)),
    )


def _refuse_unknown_conditions(trials: pd.DataFrame, rules: RuleSet) -> None:
    """A condition that is misspelt would cancel an exclusion without a word."""
    known = [str(name) for name in trials["condition"].unique()]
    for step, rule in enumerate(rules.rules, start=1):
        if unknown := [name for name in rule.conditions if name not in known]:
            raise AnalysisError(
                f"{rules.name}: rule {step} ({rule.rule}) field conditions: found {', '.join(unknown)}, "
                f"which is not in the data; their conditions are {', '.join(known) or 'none'}"
            )


def _judged(
    rule: AnyRule, trials: pd.DataFrame, left: pd.Series[bool]
) -> tuple[pd.Series[bool], pd.DataFrame]:
    """Which rows a rule removes, and its verdicts, by row or by observer."""
    if isinstance(rule, TrialRule):
        watched = rule.watched(trials[left], rule.phases)
        broken = rule.broken(watched).astype("boolean")
        if rule.more_than_share is None:
            removed = broken.fillna(False).reindex(trials.index, fill_value=False).astype(bool)
            return removed, verdicts(broken.astype("Float64").astype(float), broken)
        shares = broken.astype("Float64").groupby(watched["observer"]).mean()
        verdict = verdicts(shares.astype(float), shares > rule.more_than_share)
    elif rule.sees_removed:
        present = trials["observer"].isin(trials.loc[left, "observer"].unique())
        verdict = rule.judge(trials[present].assign(left=left[present]))
    else:
        verdict = rule.judge(trials[left])
    out = verdict.index[verdict["out"].fillna(False).astype(bool)]
    return left & trials["observer"].isin(out).astype(bool), verdict


def _value_words(rule: AnyRule) -> str:
    if isinstance(rule, ParticipantRule):
        return rule.value_words
    return f"{rule.trial_words()} in {{:.3f}} of the trials"


def _step(
    step: int,
    rule: str,
    level: str | None,
    words: str,
    trials: pd.DataFrame,
    before: pd.Series[bool],
    after: pd.Series[bool],
    not_judged: int,
) -> tuple[Any, ...]:
    counted = counts(trials)
    people = [trials.loc[rows, "observer"].nunique() for rows in (before, after)]
    tests = [int((counted & rows).sum()) for rows in (before, after)]
    others = [int((~counted & rows).sum()) for rows in (before, after)]
    removed = [was - is_now for was, is_now in (people, tests, others)]
    return (step, rule, level, words, *removed, people[1], tests[1], others[1], not_judged)
