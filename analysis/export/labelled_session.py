"""Sessions under the names that they bear in the data set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.errors import AnalysisError
from analysis.session_facts import SessionFacts
from analysis.sessions import FolderDetails, SessionTrials


@dataclass(frozen=True)
class LabelledSession:
    """One session to be exported.

    ``label`` is that of the participant; ``number`` counts the sessions of the participant that are exported,
    from 1; ``entity`` is the label of the session (``01``), empty where nobody has several. ``protocol``
    names the protocol's file. ``trials`` is the session as read, with its code.
    """

    label: str
    number: int
    entity: str
    protocol: str
    trials: SessionTrials
    facts: SessionFacts
    details: FolderDetails

    @property
    def stem(self) -> str:
        """How the names of its files begin."""
        return f"sub-{self.label}" + (f"_ses-{self.entity}" if self.entity else "")

    @property
    def folder(self) -> str:
        """Where its files are in the data set."""
        return f"sub-{self.label}" + (f"/ses-{self.entity}" if self.entity else "") + "/beh"


def with_trials(sessions: Iterable[SessionTrials]) -> tuple[SessionTrials, ...]:
    """The sessions that can be exported: files of a data set are tables of trials."""
    return tuple(session for session in sessions if len(session.table))


def label_sessions(
    sessions: Sequence[SessionTrials], labels: Mapping[str, str], protocols: Mapping[str, str]
) -> tuple[LabelledSession, ...]:
    """The sessions in the order of their labels, which are random; ``protocols`` maps hashes to file names.

    Raises
    ------
    AnalysisError
        Where a session did not come from its folder.
    """
    several = max(Counter(session.observer for session in sessions).values(), default=0) > 1
    numbers: Counter[str] = Counter()
    labelled = []
    for session in sorted(sessions, key=lambda each: (labels[each.observer], each.session)):
        if session.details is None or session.facts is None:
            raise AnalysisError(f"{session.origin}: an export is made of session folders, and this is none")
        numbers[session.observer] += 1
        number = numbers[session.observer]
        labelled.append(
            LabelledSession(
                label=labels[session.observer],
                number=number,
                entity=f"{number:02d}" if several else "",
                protocol=protocols[session.facts.protocol.sha256],
                trials=session,
                facts=session.facts,
                details=session.details,
            )
        )
    return tuple(labelled)
