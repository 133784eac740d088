"""What is told before the first screen of how well sizes and luminance are known."""

from __future__ import annotations

from dataclasses import replace

from experiment.preflight import Checklist, note_display
from experiment.protocol_file import DisplayDemand
from experiment.records import DisplayRecord, LuminanceRecord, ViewingRecord

DISPLAY = DisplayRecord("psychopy", (1920, 1080), 60.0, "vsync", True, "none", "none")
SEEN = ViewingRecord(48.0, "given", 50.0, "default", 34.907, ())
LIGHT = LuminanceRecord((150, 150, 150), "mean luminance of noise", "unmeasured", (2.2, 2.2, 2.2))


def told(**changes) -> dict[str, tuple[str, str]]:
    checklist = Checklist()
    note_display(checklist, replace(DISPLAY, **changes), DisplayDemand(), 25.0)
    return {check.name: (check.status, check.text) for check in checklist.checks}


def test_a_width_that_is_known_is_told_and_one_that_is_not_is_a_warning():
    known = told(viewing=SEEN, luminance=LIGHT)
    assert known["screen width"] == ("ok", "48.0 cm (given), 34.9 px per degree")
    assert known["distance"] == ("ok", "50 cm (default)")
    assert known["gamma"] == ("ok", "surround 150, 150, 150: mean luminance of noise")
    note = "the screen was calibrated at 2560 x 1440 px and has 1920 x 1080 px now: --calibrate again"
    seen = replace(SEEN, width_cm=None, width_source="unmeasured", px_per_degree=None, note=note)
    assert told(viewing=seen)["screen width"] == ("warning", f"unmeasured: {note}")
    reported = replace(SEEN, width_source="reported", note="by the monitor itself, which can be wrong")
    assert told(viewing=reported)["screen width"][0] == "warning"


def test_a_table_that_could_not_be_used_and_a_dark_surround_are_warnings():
    checks = told(luminance=replace(LIGHT, state="not applied", surround=(60, 60, 60)))
    assert checks["gamma"][0] == "warning"
    assert checks["legibility"] == (
        "warning",
        "letters on this dark surround have a contrast of 1.8, not 3",
    )
    assert "legibility" not in told(luminance=LIGHT)
    assert "screen width" not in told()
