"""The register of participants, also after a spreadsheet program had it."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiment.errors import InputRefused
from experiment.participants import Participant, read_participants, register

PARTICIPANTS = (
    Participant("P001", 1, "1", True, pilot=False, simulated=False),
    Participant("sim01", 1, "1", False, pilot=False, simulated=True),
    Participant("P002", 2, "1", True, pilot=False, simulated=False),
)


def registered_in(data: Path) -> Path:
    for participant in PARTICIPANTS:
        register(data, participant)
    return data / "participants.tsv"


def test_a_register_saved_with_a_byte_order_mark_is_read(tmp_path):
    path = registered_in(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_participants(tmp_path) == PARTICIPANTS


def test_a_field_of_endless_length_is_refused(tmp_path):
    path = registered_in(tmp_path)
    path.write_text(path.read_text("utf-8") + "x" * 200_000, "utf-8")
    with pytest.raises(InputRefused, match=r"participants\.tsv: line 5 cannot be read .*field larger"):
        read_participants(tmp_path)


@pytest.mark.parametrize("fields_left", [1, 2, 5])
def test_a_short_row_is_refused_with_its_line(tmp_path, fields_left):
    path = registered_in(tmp_path)
    lines = path.read_text("utf-8").splitlines()
    lines[2] = "\t".join(lines[2].split("\t")[:fields_left])
    path.write_text("\n".join(lines) + "\n", "utf-8")
    before = path.read_bytes()
    with pytest.raises(
        InputRefused, match=r"participants\.tsv: line 3 cannot be read .*restore it from a copy"
    ):
        read_participants(tmp_path)
    # and nobody is added to a register that is damaged
    with pytest.raises(InputRefused, match="line 3"):
        register(tmp_path, Participant("P003", 3, "1", True, pilot=False, simulated=False))
    assert path.read_bytes() == before
