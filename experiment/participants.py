"""The register of participants, ``DATA/participants.tsv``: codes and order numbers, never a name."""

from __future__ import annotations

import csv
import re
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from experiment.errors import InputRefused
from stimuli.durable import write_durably
from stimuli.tsv import tsv_line

PARTICIPANTS_NAME = "participants.tsv"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,19}")


class SeatTaken(Exception):
    """Another session started in the meantime and took the code or order number."""


@dataclass(frozen=True)
class Participant:
    """One row of ``participants.tsv``. No name, address or birthday is ever asked for or stored.

    ``order_number`` counts from 1 among participants of the same kind (study, pilot, simulated) and drives
    counterbalancing, so that pilots and rehearsals do not unbalance a study.
    """

    participant: str
    order_number: int
    consent_version: str
    consent_confirmed: bool
    pilot: bool
    simulated: bool

    @property
    def kind(self) -> str:
        """``participant``, ``pilot participant``, ``simulated participant`` or ``simulated pilot
        participant``.
        """
        return f"{'simulated ' * self.simulated}{'pilot ' * self.pilot}participant"


def checked_code(code: str) -> str:
    """The participant code, where it is one. Raises ``InputRefused``."""
    if not _CODE.fullmatch(code):
        raise InputRefused(
            f"--participant: found {code!r}; allowed are 1 to 20 letters, digits and hyphens, "
            "the first a letter or digit (a code, never a name)"
        )
    return code


def read_participants(data: Path) -> tuple[Participant, ...]:
    """The register of participants; empty where there is none yet. Raises ``InputRefused`` where it is
    damaged.
    """
    path = data / PARTICIPANTS_NAME
    if not path.exists():
        return ()
    participants: list[Participant] = []
    try:
        # Spreadsheet programs put a byte order mark before what they save.
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                participants.append(_participant_of(row))  # noqa: PERF401 - the count so far is the line of an error
    except (KeyError, TypeError, ValueError, OSError, csv.Error) as error:
        line = len(participants) + 2
        raise InputRefused(f"{path}: line {line} cannot be read ({error}); restore it from a copy") from None
    return tuple(participants)


def registered(data: Path, participant: Participant) -> Participant:
    """This participant as the register knows it, or with the next free order number.

    Raises
    ------
    InputRefused
        Where the code is registered as another kind: a pilot's or a rehearsal's data never mix with a
        participant's.
    """
    register = read_participants(data)
    for known in register:
        if known.participant == participant.participant:
            if known.kind != participant.kind:
                raise InputRefused(
                    f"--participant: {known.participant} is registered in {data / PARTICIPANTS_NAME} as a "
                    f"{known.kind}, not a {participant.kind}; take another"
                )
            return known
    taken = (known.order_number for known in register if known.kind == participant.kind)
    return Participant(**{**asdict(participant), "order_number": 1 + max(taken, default=0)})


def next_free_code(data: Path, stem: str) -> str:
    """``<stem>01``, ``<stem>02`` ...: the first that is not registered yet."""
    taken = {participant.participant for participant in read_participants(data)}
    number = 1
    while (code := f"{stem}{number:02d}") in taken:
        number += 1
    return code


def register(data: Path, participant: Participant) -> None:
    """Add a participant, unless the row is there already; to be called by one process at a time.

    Raises
    ------
    SeatTaken
        Where the code or the order number is somebody else's by now.
    OSError
        Where the register cannot be written; it is then as it was.
    """
    known = read_participants(data)
    if participant in known:
        return
    if registered(data, participant) != participant:
        raise SeatTaken
    names = (field.name for field in fields(Participant))
    rows = (asdict(row).values() for row in (*known, participant))
    text = "".join(tsv_line(row) for row in (names, *rows))
    write_durably(data / PARTICIPANTS_NAME, text.encode())


def _participant_of(row: dict[str, str]) -> Participant:
    return Participant(
        participant=row["participant"],
        order_number=int(row["order_number"]),
        consent_version=row["consent_version"],
        consent_confirmed=_flag(row["consent_confirmed"]),
        pilot=_flag(row["pilot"]),
        simulated=_flag(row["simulated"]),
    )


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(f"found {text!r}, allowed 0 or 1")
    return text == "1"
