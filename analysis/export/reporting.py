"""An export -> the account of it that the disclosure report is written from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path

import pandas as pd

from analysis.collection import Collection
from analysis.errors import AnalysisError
from analysis.export.beh import exported_trials
from analysis.export.data_set import Choices, DataSet
from analysis.export.disclosure.account import DisclosureAccount, RemarkAccount
from analysis.export.disclosure.disclosure_page import PAGE
from analysis.export.disclosure.leak_scan import LeakScan
from analysis.export.disclosure.linkage import Linkage, guessable_seeds, measure_linkage
from analysis.export.disclosure.remarks import scan_remarks
from analysis.export.labelled_session import LabelledSession
from analysis.export.remarks_table import REVIEW, given_remarks
from stimuli.errors import reason_of


def report_path(out: Path) -> Path:
    """Where the report goes: beside the data set, never into it."""
    return out.resolve().parent / PAGE


def put_aside(report: Path) -> tuple[Path, ...]:
    """Where a report that is there already went: it is that of another export. None where there is none.

    Raises
    ------
    AnalysisError
        Where it cannot be renamed.
    """
    if not report.exists():
        return ()
    names = (report.with_name(f"{report.stem}.{number}{report.suffix}") for number in count(1))
    free = next(name for name in names if not name.exists())
    try:
        report.rename(free)
    except OSError as error:
        raise AnalysisError(
            f"{report} is of another export and cannot be renamed ({reason_of(error)})"
        ) from error
    return (free,)


def account_of(
    collection: Collection,
    data_set: DataSet,
    choices: Choices,
    scan: LeakScan,
    validator: Sequence[str],
    name: str,
) -> DisclosureAccount:
    """What is told of an export; ``name`` is that of the data set, ``validator`` what the validator said."""
    return DisclosureAccount(
        data_set=name,
        participants=len(data_set.labels),
        sessions=len(data_set.sessions),
        trials=sum(len(session.trials.table) for session in data_set.sessions),
        files=len(data_set.files),
        min_group=choices.min_group,
        pseudonymised=choices.keeps_key and not data_set.aggregated,
        aggregated=data_set.aggregated,
        simulated=any(session.trials.observer_kind == "simulated" for session in data_set.sessions),
        generalised=data_set.generalised,
        scan=scan,
        linkage=() if data_set.aggregated else _linkage(data_set.sessions, data_set.labels),
        guessable_seeds=guessable_seeds([session.details.record for session in data_set.sessions]),
        remarks=_remarks(
            given_remarks(collection.sessions), None if data_set.aggregated else choices.remarks
        ),
        validator=tuple(validator),
        # What became of each question stands in a table of its own.
        notes=tuple(note for note in data_set.notes if note not in _said_of_questions(data_set)),
    )


def _said_of_questions(data_set: DataSet) -> set[str]:
    changes = data_set.generalised.changes if data_set.generalised else ()
    return {change.sentence for change in changes}


def _linkage(sessions: Sequence[LabelledSession], labels: Mapping[str, str]) -> tuple[Linkage, ...]:
    original, exported = (
        pd.concat([table.assign(session=session.number) for session, table in tables], ignore_index=True)
        for tables in (
            [(session, session.trials.table) for session in sessions],
            [(session, exported_trials(session).assign(observer=session.label)) for session in sessions],
        )
    )
    return measure_linkage(original, exported, labels)


def _remarks(given: Mapping[str, str], passed: Mapping[str, str] | None) -> RemarkAccount:
    found = Counter(finding.kind for finding in scan_remarks(given))
    return RemarkAccount(
        given=len(given),
        published=len(passed or {}),
        # Nothing is exported while remarks are undecided, so that all others were refused.
        refused=len(given) - len(passed) if passed is not None else 0,
        asked_for=passed is not None,
        review_file=REVIEW,
        findings=tuple(sorted(found.items())),
    )
