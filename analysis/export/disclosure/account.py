"""What the disclosure report is written from, and what an export does with every kind of information."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analysis.export.disclosure.generalising import Generalised
from analysis.export.disclosure.leak_scan import LeakScan
from analysis.export.disclosure.linkage import Linkage

Fate = Literal["dropped", "changed", "kept"]


@dataclass(frozen=True)
class Treatment:
    """What became of one kind of information, and why."""

    what: str
    fate: Fate
    why: str


@dataclass(frozen=True)
class RemarkAccount:
    """Free remarks: how many were given, and what a person decided. ``asked_for`` is false without
    ``--remarks``; ``review_file`` is the name of the file to decide in; ``findings`` counts what was found
    in those given, by kind.
    """

    given: int
    published: int = 0
    refused: int = 0
    undecided: int = 0
    asked_for: bool = False
    review_file: str = ""
    findings: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class DisclosureAccount:
    """All that the report tells of one export.

    ``generalised`` is None where nobody was asked anything; ``linkage`` is empty where no trial rows were
    written. ``guessable_seeds`` counts sessions whose plan somebody can make again by trying seeds.
    ``validator`` and ``notes`` are sentences.
    """

    data_set: str
    participants: int
    sessions: int
    trials: int
    files: int
    min_group: int
    pseudonymised: bool
    aggregated: bool
    simulated: bool
    generalised: Generalised | None
    scan: LeakScan
    linkage: tuple[Linkage, ...]
    guessable_seeds: int
    remarks: RemarkAccount
    validator: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def treatments(account: DisclosureAccount) -> tuple[Treatment, ...]:
    """What an export does with each kind of information, in the order in which a reader asks."""
    labels = Treatment(
        "Participant codes",
        "changed",
        "Replaced by random labels, drawn anew for every export. "
        + (
            "A key from labels to codes was kept by the person who exported: the data are pseudonymised."
            if account.pseudonymised
            else "No key is kept: nobody can go back, this program included."
        ),
    )
    rows = (
        Treatment("Rows of trials and participants", "dropped", "Only figures of groups are written."),
        Treatment("Participant codes", "dropped", "No row of a participant is written."),
    )
    shared = (
        Treatment("Dates and clock times", "dropped", "No file says on which day or when a session ran."),
        Treatment(
            "Host and user names, serial numbers, paths",
            "dropped",
            "Nothing of the machine is written but what an analysis of times needs.",
        ),
        Treatment(
            "Seeds, order numbers, plans, hashes of session files",
            "dropped",
            "With its seed a plan can be made again, and with it the order of clips.",
        ),
        Treatment("Modification times of files", "changed", "All files have one constant time."),
        Treatment("Footage", "dropped", "Clips are listed with checksums."),
        Treatment("The protocol", "kept", "It is the same for everybody; texts, questions and rules."),
    )
    if account.aggregated:
        return (*rows, *shared)
    return (
        labels,
        Treatment("Order of rows and files", "changed", "By label, which is random."),
        *shared,
        Treatment(
            "Onsets",
            "changed",
            "Seconds since the first trial of the session; they say nothing of the time of day.",
        ),
        Treatment(
            "Times within a trial",
            "changed",
            "Rounded to a nanosecond: the digits below tell how long the computer had been on.",
        ),
        Treatment("Language of a session", "dropped", "The protocol has the texts of all languages."),
        Treatment(
            "Clips, answers, times to choose, late frames of every trial",
            "kept",
            "They are what the study is about. A whole sequence of them is a fingerprint: see what remains.",
        ),
        Treatment(
            "Ratings of the clips' difficulty",
            "kept",
            "They judge what was shown and are known to nobody else.",
        ),
        Treatment(
            "Quasi-identifiers (eyesight, familiarity, age and the like)",
            "changed",
            f"Made coarser or withheld until {account.min_group} participants share every combination.",
        ),
        _of_remarks(account.remarks),
    )


def _of_remarks(remarks: RemarkAccount) -> Treatment:
    if remarks.published:
        return Treatment(
            "Free remarks",
            "changed",
            "Only those that a person has read and passed, as that person left them.",
        )
    return Treatment(
        "Free remarks", "dropped", "People write names into them, and no program finds them all."
    )
