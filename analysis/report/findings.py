"""What a report says, gathered once: the page and ``summary.json`` are two views of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from analysis.collection import Collection
from analysis.comparison.clip_motion import ClipMotion
from analysis.comparison.comparison_findings import ComparisonFindings, compare
from analysis.comparison.margin import MARGIN
from analysis.comparison.model_findings import ModelFindings, model_findings
from analysis.counted_trials import counted_trials
from analysis.decisions.findings import DecisionFindings, decision_findings, offered_actions
from analysis.errors import AnalysisError
from analysis.exclusions import Excluded, RuleSet, apply_exclusions, built_in_rules
from analysis.measures.accidental_clicks import accidental_click_table
from analysis.measures.accuracy import accuracy_drop, accuracy_drop_by_observer
from analysis.measures.crossing import Items
from analysis.measures.items import clip_overlap, same_clips_for_all
from analysis.measures.quality import attention_checks, presentation
from analysis.measures.time_fits import time_fits
from analysis.questionnaire import count_answers
from analysis.report.headline import beside, headline
from analysis.session_quality import session_quality
from analysis.study_measures import StudyMeasures, measure_study
from analysis.summary import ConditionSummary, data_kind, summarise

SEED = 20220
"""Of the bootstrap: the same data give the same report."""


@dataclass(frozen=True)
class ConditionPair:
    """Two conditions that some participants answered in.

    ``drop`` is the row of ``accuracy_drop``, ``by_observer`` the table of ``accuracy_drop_by_observer``,
    ``overlap`` that of ``clip_overlap``.
    """

    first: str
    second: str
    drop: pd.DataFrame
    by_observer: pd.DataFrame
    overlap: pd.DataFrame


@dataclass(frozen=True)
class Findings:
    """All measures. Those of the conditions and of the study leave out attention checks, and what the rules
    of exclusion removed.

    ``table`` are the trials that the rules left, of all phases. ``headline`` is the table of ``beside``: the
    headline numbers with and without exclusions. ``timing`` is that of ``session_quality``, ``accidental``
    that of ``accidental_click_table``, ``checks`` that of ``attention_checks``; these and ``presentation``
    are of all sessions, whatever was excluded. ``fits`` is the table of ``time_fits``, empty where it was not
    asked for. ``answers`` is the table of ``count_answers``. ``unanswered``
    counts test trials without a response, which are wrong answers. ``test_items`` are the ways in which the
    protocols chose test clips; empty where only tables were read. ``turns`` counts, for each assignment of
    ``swapped`` lists of clips to the test phases, the sessions that had it; empty where there are none.
    ``models`` are those on the clips of the test trials that count; None without predictions.
    ``comparison`` sets observers beside each other; None with one participant and no model. ``decisions`` are
    models of choice and time; None where they were not asked for. ``items`` were drawn beside participants.
    """

    collection: Collection
    items: Items
    excluded: Excluded
    headline: pd.DataFrame
    conditions: tuple[ConditionSummary, ...]
    pairs: tuple[ConditionPair, ...]
    study: StudyMeasures
    fits: pd.DataFrame
    answers: pd.DataFrame
    timing: pd.DataFrame
    accidental: pd.DataFrame
    presentation: pd.DataFrame
    checks: pd.DataFrame
    unanswered: int
    test_items: tuple[str, ...]
    same_clips: bool
    turns: tuple[int, ...]
    models: ModelFindings | None
    comparison: ComparisonFindings | None
    decisions: DecisionFindings | None

    @property
    def table(self) -> pd.DataFrame:
        """The trials of people that are left after exclusions, training among them."""
        return self.excluded.trials

    @property
    def excluded_something(self) -> bool:
        """Whether a rule removed a trial."""
        return len(self.table) < len(self.collection.table)

    @property
    def observers(self) -> int:
        """Who answered test trials that count; somebody who left during the training did not."""
        return int(counted_trials(self.table)["observer"].nunique())

    @property
    def sessions(self) -> int:
        """How many have test trials that count."""
        return len(counted_trials(self.table)[["observer", "session"]].drop_duplicates())

    @property
    def test_trials(self) -> int:
        """How many count, all conditions together."""
        return sum(len(summary.trials) for summary in self.conditions)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of the observers: ``human``, ``simulated``."""
        return tuple(sorted(str(kind) for kind in self.collection.table["observer_kind"].unique()))

    @property
    def simulated(self) -> bool:
        return "simulated" in self.kinds

    @property
    def pilot(self) -> bool:
        return bool((self.collection.table["pilot"] == 1).any())

    @property
    def data_kind(self) -> str:
        """``simulated``, ``pilot``, both or (empty) neither."""
        return data_kind(self.collection.table)

    def training(self, condition: str) -> pd.DataFrame:
        """The training trials of a condition that the rules left."""
        rows = self.table["condition"] == condition
        training: pd.DataFrame = self.table[rows & (self.table["phase"] == "training")]
        return training


def gather(
    collection: Collection,
    rules: RuleSet | None = None,
    *,
    fit_times: bool = False,
    fit_decisions: bool = False,
    motions: Sequence[ClipMotion] = (),
    margin: float = MARGIN,
    items: Items = "group",
) -> Findings:
    """Compute all that a report shows, after the ``rules`` of exclusion; without any, of everybody.

    With ``fit_times``, distributions are fitted to the times of every participant, which takes seconds each.
    With ``fit_decisions``, so are races and EZ-diffusion, and what networks foretell of times.
    ``motions`` (of clips) and ``margin`` (of equivalence) are those of ``compare``. ``items`` are drawn
    beside participants in all measures of people; what is set beside models draws groups of clips.

    Raises
    ------
    AnalysisError
        Where no test trial is among the data, or the rules leave none.
    """
    table = collection.table
    everything = counted_trials(table)
    if everything.empty:
        raise AnalysisError(
            "the sessions hold training trials only; a report needs at least one answered test trial"
        )
    excluded = apply_exclusions(table, rules or built_in_rules("none"))
    kept = excluded.trials
    test = counted_trials(kept)
    if test.empty:
        raise AnalysisError(
            f"the rules of exclusion in {excluded.rules.name} leave no test trial of {len(everything)}; see "
            "what "
            f"each removes with weaker rules, or use --exclusions none"
        )
    names = [name for name in collection.conditions if (test["condition"] == name).any()]
    conditions = _summaries(collection, test, items)
    pairs = _pairs(test, names, everything, items)
    of_kept = _headline(conditions, pairs, test)
    of_all = of_kept
    if len(test) < len(everything):
        all_names = [name for name in collection.conditions if (everything["condition"] == name).any()]
        of_all = _headline(
            _summaries(collection, everything, items),
            _pairs(everything, all_names, everything, items),
            everything,
        )
    models = model_findings(test, collection.models, names)
    training = kept[(kept["phase"] == "training") & (kept["attention_check"] == 0)]
    return Findings(
        collection=collection,
        items=items,
        excluded=excluded,
        headline=beside(of_all, of_kept),
        conditions=conditions,
        pairs=pairs,
        study=measure_study(
            test,
            training,
            collection.actions,
            pd.concat([summary.accuracy for summary in conditions], ignore_index=True),
            np.random.default_rng(SEED),
            items,
        ),
        fits=time_fits(test, ["condition", "observer"], np.random.default_rng(SEED))
        if fit_times
        else pd.DataFrame(),
        answers=count_answers([facts.answers for facts in collection.facts]),
        timing=session_quality(collection.sessions),
        accidental=accidental_click_table(everything),
        presentation=presentation(table),
        checks=attention_checks(table),
        unanswered=int(test["response"].isna().sum()),
        test_items=tuple(sorted({facts.protocol.test_items for facts in collection.facts})),
        same_clips=all(same_clips_for_all(everything[everything["condition"] == name]) for name in names),
        turns=_turns(collection),
        models=models,
        comparison=compare(
            test,
            models.trials if models else None,
            np.random.default_rng(SEED),
            motions,
            margin,
            pd.concat([pair.drop for pair in pairs]) if pairs and items == "group" else None,
        ),
        decisions=decision_findings(
            test,
            models.trials if models else test.iloc[:0],
            offered_actions(collection, test),
            np.random.default_rng(SEED),
        )
        if fit_decisions
        else None,
    )


def _summaries(collection: Collection, test: pd.DataFrame, items: Items) -> tuple[ConditionSummary, ...]:
    # Each set of trials gets the same draws, so that what exclusions change is not chance.
    rng = np.random.default_rng(SEED)
    of_condition = ((name, test[test["condition"] == name]) for name in collection.conditions)
    return tuple(
        summarise(trials, collection.actions, rng, collection.actions_in(name), items)
        for name, trials in of_condition
        if len(trials)
    )


def _pairs(
    test: pd.DataFrame, names: Sequence[str], everything: pd.DataFrame, items: Items
) -> tuple[ConditionPair, ...]:
    """Drops of ``test``; which clips people met is told from ``everything``, before rules removed trials."""
    rng = np.random.default_rng(SEED)
    pairs = (
        ConditionPair(
            first,
            second,
            accuracy_drop(test, first, second, rng, items=items),
            accuracy_drop_by_observer(test, first, second),
            clip_overlap(everything, first, second),
        )
        for first, second in combinations(names, 2)
    )
    return tuple(pair for pair in pairs if len(pair.drop))


def _headline(
    conditions: Sequence[ConditionSummary], pairs: Sequence[ConditionPair], test: pd.DataFrame
) -> pd.DataFrame:
    return headline(conditions, [pair.drop for pair in pairs], int(test["observer"].nunique()))


def _turns(collection: Collection) -> tuple[int, ...]:
    known = [facts for facts in collection.facts if facts.turn is not None]
    counts = Counter(facts.turn for facts in known)
    return tuple(counts[turn] for turn in range(max((facts.lists for facts in known), default=0)))
