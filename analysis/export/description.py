"""What a data set says of itself: ``dataset_description.json``, ``README``, ``CHANGES``."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

from analysis.export.json_text import json_bytes

PACKAGE = "appearance-free-actions"
BIDS_VERSION = "1.10.1"
_WIDTH = 80


@dataclass(frozen=True)
class DataSetFacts:
    """What the texts say. ``titles`` are those of the protocols; ``pseudonymised`` where a key is kept;
    ``aggregated`` where there are group figures only. ``notes`` are sentences on what was changed or lost.
    """

    titles: Sequence[str]
    participants: int
    sessions: int
    min_group: int
    pseudonymised: bool
    aggregated: bool
    simulated: bool
    pilot: bool
    notes: Sequence[str] = ()

    @property
    def status(self) -> str:
        """``pseudonymised`` or ``anonymised``."""
        return "pseudonymised" if self.pseudonymised else "anonymised"


def description_files(facts: DataSetFacts) -> dict[str, bytes]:
    """Path in the data set -> content."""
    return {
        "dataset_description.json": json_bytes(_description(facts)),
        "README": _readme(facts).encode(),
        # The date of a release is for whoever releases it; this one only says that there was none.
        "CHANGES": b"1.0.0 Not Released\n  - First version.\n",
    }


def fixed_texts() -> tuple[str, ...]:
    """What these files say of every study."""
    nobody = DataSetFacts((), 0, 0, 0, pseudonymised=False, aggregated=False, simulated=True, pilot=True)
    each = [
        replace(nobody, pseudonymised=pseudonymised, aggregated=aggregated)
        for pseudonymised in (True, False)
        for aggregated in (True, False)
    ]
    return tuple(content.decode() for facts in each for content in description_files(facts).values())


def _description(facts: DataSetFacts) -> dict[str, object]:
    kind = "group figures" if facts.aggregated else "responses"
    return {
        "Name": f"{'; '.join(facts.titles)} ({facts.status} {kind})",
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "study" if facts.aggregated else "raw",
        "License": "n/a",
        "Authors": ["n/a", "n/a"],
        "GeneratedBy": [
            {"Name": PACKAGE, "Version": version(PACKAGE), "Description": "python -m analysis export"}
        ],
        "SourceDatasets": [],
        "HEDVersion": [],
    }


def _readme(facts: DataSetFacts) -> str:
    kind = "simulated participants" if facts.simulated else "participants"
    of_pilot = " Some or all of the sessions are pilots." if facts.pilot else ""
    about = (
        f"People watched clips of actions, in ordinary video and in noise that keeps the motion alone, and "
        f"chose from a menu which action each shows. These are the data of {facts.participants} {kind} in "
        f"{facts.sessions} sessions.{of_pilot}"
    )
    status = _PSEUDONYMISED if facts.pseudonymised else _ANONYMISED
    if facts.aggregated:
        of_rows = _NOTHING_ELSE
    else:
        of_rows = _LABELS.format(min_group=facts.min_group) + _NOTHING_ELSE + _FINGERPRINT
    parts = [
        "; ".join(facts.titles) + "\n",
        textwrap.fill(about, _WIDTH) + "\n",
        _AGGREGATES if facts.aggregated else _RESPONSES,
        f"Status\n\n{status}{of_rows}",
        *([f"What was changed\n\n{_bullets(facts.notes)}"] if facts.notes else []),
        _BEFORE_RELEASE,
    ]
    return "\n".join(parts)


def _bullets(sentences: Sequence[str]) -> str:
    lines = (
        textwrap.fill(sentence, _WIDTH, initial_indent="- ", subsequent_indent="  ") for sentence in sentences
    )
    return "".join(f"{line}\n" for line in lines)


_RESPONSES = """\
What is here

- participants.tsv: one row per participant, with a random label.
- sub-<label>/[ses-<number>/]beh: one table of trials for each phase
  (task-<condition><phase>). The columns are described in
  task-<condition><phase>_beh.json, the session in the file beside each table.
- phenotype/questionnaire.tsv: the answers to the questionnaire, if there was
  one.
- stimuli/stimuli.tsv: the clips that were shown, with checksums. The footage is
  not part of the data set.
- code/protocols: the protocol that was run: phases, rules, texts, questions.

Times are in seconds. Onsets count from the first trial of a session.
`python -m analysis report` and `python -m analysis trials` read this folder.
"""
_AGGREGATES = """\
What is here

- derivatives/aggregates: tables of group figures with 95 % intervals, each with
  a description beside it. No table has a row of one participant.
- derivatives/aggregates/stimuli.tsv: the clips that were shown, with checksums.
  The footage is not part of the data set.
- code/protocols: the protocol that was run: phases, rules, texts, questions.
"""
_NOTHING_ELSE = """\
There are no dates, clock times, host names, paths, seeds or orders of
participants.
"""
_LABELS = """\
Labels and the order of rows and files are random. Every combination of answers
that others may know is shared by at least {min_group} participants.
"""
_ANONYMISED = """\
The data set is anonymised; no key from labels to participants was kept.
"""
_PSEUDONYMISED = """\
The data set is pseudonymised, not anonymous: a key from labels to participants
was kept, and with it people can be identified again.
"""
_FINGERPRINT = """\
What remains: a whole sequence of responses and times is unlike any other, so
that whoever holds the original data can find a person's rows again.
"""
_BEFORE_RELEASE = """\
Before release

Fill in License and Authors in dataset_description.json, which stand there as
n/a, and the date in CHANGES.
"""
