"""All that is said of the agreement of observers, gathered once for the command and the report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.comparison.agreement import ALL_CONDITIONS, NOTICEABLE, Pairs, bare_pairs, pair_agreement
from analysis.comparison.answers import Answers
from analysis.comparison.confusion_agreement import confusion_agreement
from analysis.comparison.item_draws import DRAWS, draw
from analysis.comparison.mean_agreement import COLUMNS as MEAN_COLUMNS
from analysis.comparison.mean_agreement import mean_agreement
from analysis.errors import AnalysisError
from analysis.measures.intervals import ratio

_CLASS_DRAWS = 500
_NAMED = 5


@dataclass(frozen=True)
class AgreementFindings:
    """``pairs``, ``means`` and ``confusions`` are the tables of ``pair_agreement``, ``mean_agreement`` and
    ``confusion_agreement``, of all conditions. ``classes`` is ``means`` of the clips of each action, with the
    column ``action`` after ``condition``. ``remarks`` are sentences: overlap, and what could not be told.
    """

    pairs: pd.DataFrame
    means: pd.DataFrame
    confusions: pd.DataFrame
    classes: pd.DataFrame
    remarks: tuple[str, ...]


def agreement_findings(
    answers: Answers, rng: np.random.Generator, *, by_condition: bool = False, draws: int = DRAWS
) -> AgreementFindings:
    """Agreement in every condition by itself, or of all items together.

    Observers without an answer in a condition are not in its tables.

    Raises
    ------
    AnalysisError
        Where there are fewer than two observers, or no two of them answered the same item.
    """
    if len(answers.observers) < 2:
        raise AnalysisError(
            f"there is one observer only ({', '.join(answers.observers)}); agreement takes two or more"
        )
    if (np.triu(answers.shared, 1) == 0).all():
        raise AnalysisError(
            f"no two of the {len(answers.observers)} observers answered the same item "
            f"({answers.observers[0]} answered {_first_item(answers, 0)}, "
            f"{answers.observers[1]} {_first_item(answers, 1)}); items are told by clip_id"
        )
    parts = [_part(part, name, rng, draws) for name, part in _parts(answers, by_condition)]
    return AgreementFindings(
        pairs=pd.concat([part.pairs for part in parts], ignore_index=True),
        means=pd.concat([part.means for part in parts], ignore_index=True),
        confusions=pd.concat([part.confusions for part in parts], ignore_index=True),
        classes=pd.concat([part.classes for part in parts], ignore_index=True),
        remarks=(
            *answers.remarks,
            *_of_all(answers, by_condition),
            *(remark for part in parts for remark in part.remarks),
        ),
    )


def _parts(answers: Answers, by_condition: bool) -> Iterator[tuple[str, Answers]]:
    if not by_condition:
        yield ALL_CONDITIONS, answers
        return
    conditions = np.array(answers.conditions, dtype=object)
    for name in answers.present_conditions:
        part = answers.at(np.equal(conditions, name).astype(np.bool_))
        if len(part.observers) > 1:
            yield name, part


def _part(answers: Answers, condition: str, rng: np.random.Generator, draws: int) -> AgreementFindings:
    drawn = draw(answers, rng, draws)
    pairs = pair_agreement(answers, condition, drawn, rng)
    return AgreementFindings(
        pairs=pairs.table,
        means=mean_agreement(answers, pairs, drawn),
        confusions=confusion_agreement(answers, condition, drawn, rng),
        classes=_classes(answers, condition, rng, min(draws, _CLASS_DRAWS)),
        remarks=tuple(f"{condition}: {remark}" for remark in _of_part(answers, pairs)),
    )


def _classes(answers: Answers, condition: str, rng: np.random.Generator, draws: int) -> pd.DataFrame:
    """Mean kappas over the items of each action: who errs at these together, beyond erring at this action."""
    columns = list(MEAN_COLUMNS)
    columns.insert(columns.index("condition") + 1, "action")
    # No action may have two observers who met it, and no mean then.
    tables = [pd.DataFrame(columns=columns)]
    for action in np.unique(answers.actions):
        part = answers.at(answers.actions == action)
        if len(part.observers) < 2:
            continue
        drawn = draw(part, rng, draws)
        table = mean_agreement(part, bare_pairs(part, condition, drawn), drawn)
        table.insert(list(table.columns).index("condition") + 1, "action", answers.menu[action])
        tables.append(table)
    whole: pd.DataFrame = pd.concat(tables[1:] or tables, ignore_index=True)
    return whole


def _of_all(answers: Answers, by_condition: bool) -> Iterator[str]:
    simulated = [
        name for name, kind in zip(answers.observers, answers.kinds, strict=True) if kind == "simulated"
    ]
    if simulated:
        yield f"{len(simulated)} of the observers called human are simulated"
    if not by_condition and len(answers.present_conditions) > 1:
        yield (
            f"the conditions {', '.join(answers.present_conditions)} are pooled: that one of them is harder "
            f"for everybody counts as agreement; `--by condition` takes each by itself"
        )
    people, models = ~answers.is_model, answers.is_model
    if people.any():
        seen = answers.answered[people].any(axis=0)
        for model in np.flatnonzero(models):
            lacking = int((seen & ~answers.answered[model]).sum())
            if lacking:
                yield (
                    f"{answers.observers[model]} has no answer to {lacking} of the {int(seen.sum())} clips "
                    f"that people answered; its pairs are told from the others"
                )


def _of_part(answers: Answers, pairs: Pairs) -> Iterator[str]:
    table = pairs.table
    items = table["items"]
    if items.min() == items.max():
        yield f"every pair of the {len(answers.observers)} observers shares {items.min()} items"
    else:
        yield (
            f"pairs of the {len(answers.observers)} observers share {items.min()} to {items.max()} items "
            f"(median {items.median():g})"
        )
    if alone := [f"{row.a} and {row.b}" for row in table[items == 0].itertuples()]:
        yield f"pairs without a shared item: {_listed(alone)}; their agreement is n/a"
    if len(np.unique(answers.actions)) == 1:
        yield (
            f"all items show {answers.menu[answers.actions[0]]}: whoever always names it makes no mistake, "
            f"and agreement tells little"
        )
    # Nobody without an answer is always right or always wrong.
    share = ratio(np.nansum(answers.right, axis=1), answers.answered.sum(axis=1).astype(np.float64))
    for value, word in ((1.0, "right"), (0.0, "wrong")):
        if names := [name for name, mean in zip(answers.observers, share, strict=True) if mean == value]:
            yield f"always {word}, so that no kappa with them tells anything: {_listed(names)}"
    undefined = int((table["kappa"].isna() & (items > 0)).sum())
    if undefined:
        yield (
            f"kappa is undefined (n/a) in {undefined} of {len(table)} pairs: both make no mistake, or only "
            f"mistakes"
        )
    doubtful = int(((table["undefined_share"] > NOTICEABLE) & table["kappa"].notna()).sum())
    if doubtful:
        yield (
            f"kappa is not estimable here in {doubtful} of {len(table)} pairs: with so few errors it would "
            f"be undefined in more than {NOTICEABLE:.0%} of studies of this size"
        )


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _first_item(answers: Answers, observer: int) -> str:
    answered = np.flatnonzero(answers.answered[observer])
    return answers.items[answered[0]] if len(answered) else "none"
