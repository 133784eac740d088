"""Progress where there is no terminal to draw a bar on."""

from __future__ import annotations

from stimuli.progress import progress_lines


def test_a_line_every_ten_seconds_tells_rate_and_time_left() -> None:
    # Given a clip every four seconds, the first 20 of 100 left by an earlier build
    said: list[str] = []
    now_s = 0.0
    on_progress = progress_lines(said.append, lambda: now_s)
    for done in range(21, 30):
        now_s += 4.0
        on_progress("build", done, 100)

    # then the lines come at 12, 24 and 36 s, and the rate counts what was made here alone
    assert said == [
        "build: 23 of 100 clips, 0.2 clips/s, 5:08 left",
        "build: 26 of 100 clips, 0.2 clips/s, 4:56 left",
        "build: 29 of 100 clips, 0.2 clips/s, 4:44 left",
    ]


def test_a_short_stage_says_nothing() -> None:
    said: list[str] = []
    on_progress = progress_lines(said.append, lambda: 0.0)
    for done in range(1, 4):
        on_progress("verify", done, 3)

    assert said == []
