"""All that is said of the agreement of observers, gathered once for the command and the report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.comparison.agreement import ALL_CONDITIONS, bare_pairs, pair_agreement
from analysis.comparison.answers import Answers
from analysis.comparison.confusion_agreement import confusion_agreement
from analysis.comparison.item_draws import DRAWS, draw
from analysis.comparison.mean_agreement import COLUMNS as MEAN_COLUMNS
from analysis.comparison.mean_agreement import mean_agreement
from analysis.comparison.model_runs import kappa_remarks
from analysis.comparison.remarks import item_remarks, pair_remarks, simulated_remark
from analysis.errors import AnalysisError
from analysis.summary import named

_CLASS_DRAWS = 500


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
            *kappa_remarks(answers.several_runs),
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
        remarks=tuple(
            f"{named(condition)}: {remark}"
            for remark in (*pair_remarks(answers, pairs.table), *item_remarks(answers))
        ),
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
    yield from simulated_remark(answers)
    if not by_condition and len(answers.present_conditions) > 1:
        yield (
            f"the conditions {', '.join(answers.present_conditions)} are pooled: that one of them is harder "
            f"for everybody counts as agreement; `--by condition` takes each by itself"
        )


def _first_item(answers: Answers, observer: int) -> str:
    answered = np.flatnonzero(answers.answered[observer])
    return answers.items[answered[0]] if len(answered) else "none"
