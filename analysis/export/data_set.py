"""Sessions -> all files of a data set, in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.collection import Collection
from analysis.errors import AnalysisError
from analysis.export.aggregates import FOLDER as AGGREGATES
from analysis.export.aggregates import aggregate_files, numeric_columns
from analysis.export.beh import beh_files, task_label
from analysis.export.columns import NUMERIC_COLUMNS
from analysis.export.description import DataSetFacts, description_files
from analysis.export.disclosure.circumstances import shared_circumstances
from analysis.export.disclosure.generalising import Generalised, generalise
from analysis.export.labelled_session import LabelledSession, label_sessions, with_trials
from analysis.export.labels import draw_labels
from analysis.export.participants import participant_files
from analysis.export.phenotype import AnswerTable, answer_table, questionnaire_files
from analysis.export.protocol_copy import protocol_files, protocol_names
from analysis.export.remarks_table import remark_files
from analysis.export.session_circumstances import circumstances_of
from analysis.export.stimuli_table import stimulus_files
from analysis.export.vocabulary import vocabulary
from stimuli.manifest import StimulusSet

_VERSION = re.compile(r"\d+(?:\.\d+)*")


@dataclass(frozen=True)
class Choices:
    """What the data steward chose; see the options of the command. ``remarks`` are those that a person has
    passed, by participant code.
    """

    min_group: int = 3
    aggregate: bool = False
    keeps_key: bool = False
    remarks: Mapping[str, str] | None = None


@dataclass(frozen=True)
class DataSet:
    """A data set before it is written.

    ``files`` maps paths in the data set to contents, ``labels`` participant codes to labels. ``notes`` are
    sentences on what was lost or changed, for the README and for whoever exports. ``generalised`` is empty
    where nobody was asked anything.
    """

    files: Mapping[str, bytes]
    labels: Mapping[str, str]
    sessions: tuple[LabelledSession, ...]
    asked: AnswerTable
    generalised: Generalised | None
    aggregated: bool
    notes: tuple[str, ...]
    min_group: int = 3

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The words that it has whoever took part, also the answers that could be chosen, and its counts."""
        tables = [session.trials.table for session in self.sessions]
        tasks = {
            task_label(str(condition), str(phase))
            for table in tables
            for condition, phase in table[["condition", "phase"]].drop_duplicates().itertuples(index=False)
        }
        answers = [option for options in self.asked.options.values() for option in options]
        counts = [str(len(self.labels)), str(len(self.sessions)), str(self.min_group)]
        versions = {session.details.record.software.get("psychopy", "") for session in self.sessions}
        numbers = (version for version in sorted(versions) if _VERSION.fullmatch(version))
        return vocabulary(self.files, (*sorted(tasks), *answers, *counts, *numbers, *self.notes))

    @property
    def numeric_columns(self) -> frozenset[str]:
        """Columns whose numbers count or measure: a 7 there says nothing of who has the code 7."""
        return NUMERIC_COLUMNS | numeric_columns(self.files)


def build_data_set(collection: Collection, choices: Choices, stimuli: StimulusSet | None) -> DataSet:
    """All files, with new labels at every call.

    Group figures alone are made where they are asked for, where there are fewer than ``min_group``
    participants, and where no way is found to give everybody's answers enough company. Sessions without a
    trial are left out: the standard has no file for them.

    Raises
    ------
    AnalysisError
        Where the sessions do not go into one data set.
    """
    collected = len(collection.sessions)
    collection = replace(collection, sessions=with_trials(collection.sessions))
    records = [details.record for details in collection.details]
    names = protocol_names(records)
    if len({session.observer for session in collection.sessions}) == 1:
        raise AnalysisError(
            f"{collection.sessions[0].origin}: this is the only participant, and figures of one are "
            f"those of a person; an export needs two or more"
        )
    labels = draw_labels(session.observer for session in collection.sessions)
    sessions = label_sessions(collection.sessions, labels, names)
    asked = answer_table(sessions)
    generalised, alone = _generalised(asked, sessions, choices.min_group)
    why_aggregates = _why_aggregates(choices, len(labels), generalised)
    aggregated = bool(why_aggregates)
    without_trial = _left_out(collected - len(sessions))
    notes = (*without_trial, *((why_aggregates,) if aggregated else (*_changes(generalised), *alone)))
    facts = DataSetFacts(
        titles=sorted({session.facts.protocol.title for session in sessions}),
        participants=len(labels),
        sessions=len(sessions),
        min_group=choices.min_group,
        pseudonymised=choices.keeps_key and not aggregated,
        aggregated=aggregated,
        simulated=any(session.trials.observer_kind == "simulated" for session in sessions),
        pilot=any(session.trials.pilot for session in sessions),
        notes=notes,
    )
    files = {
        **description_files(facts),
        **protocol_files([session.details.record for session in sessions], names),
    }
    if aggregated:
        files |= aggregate_files(collection, choices.min_group)
        files |= stimulus_files(sessions, stimuli, AGGREGATES)
    else:
        files |= participant_files(sessions)
        files |= stimulus_files(sessions, stimuli)
        files |= beh_files(sessions)
        files |= questionnaire_files(sessions, asked, generalised) if generalised else {}
        files |= remark_files(choices.remarks or {}, labels)
    return DataSet(files, labels, sessions, asked, generalised, aggregated, notes, choices.min_group)


def _generalised(
    asked: AnswerTable, sessions: Sequence[LabelledSession], min_group: int
) -> tuple[Generalised | None, tuple[str, ...]]:
    """The answers made coarser, and sentences where how sessions were held singles somebody out anyway."""
    circumstances = circumstances_of(sessions)
    told = shared_circumstances(circumstances, min_group).told
    if asked.answers.empty:
        return None, told
    # Whoever was asked nothing has no row among the answers, and hides nobody who has one.
    rows = asked.answers.loc[list(dict.fromkeys(each.label for each in sessions if each.facts.answers))]
    if len(rows) < min_group:
        rows = asked.answers  # too few to keep anything: all is withheld
    held = shared_circumstances(circumstances.loc[rows.index], min_group)
    of_asked = [f"Of those who were asked, {sentence}" for sentence in held.told if sentence not in told]
    found = generalise(
        rows.join(held.shared), asked.roles, min_group, options=asked.options, fixed=held.names
    )
    return found, (*told, *of_asked)


def _why_aggregates(choices: Choices, participants: int, generalised: Generalised | None) -> str:
    if participants < choices.min_group:
        return (
            f"Group figures only: there are {participants} participants, and at least {choices.min_group} "
            f"must share whatever can be known of them."
            + (" From figures of two, each of them can work out the other's." if participants == 2 else "")
        )
    if generalised and not generalised.releasable:
        return f"Group figures only: {generalised.why_not}."
    return "Group figures only, as was asked for." if choices.aggregate else ""


def _left_out(number: int) -> tuple[str, ...]:
    if not number:
        return ()
    return (f"Left out: {number} session{'s' if number > 1 else ''} without a trial.",)


def _changes(generalised: Generalised | None) -> Iterator[str]:
    """What became of the answers, question by question, of those that were changed."""
    for change in generalised.changes if generalised else ():
        if not change.is_kept:
            yield change.sentence
