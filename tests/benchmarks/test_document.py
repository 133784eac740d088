from __future__ import annotations

from benchmarks._bars import BARS
from benchmarks._document import Circumstances, Measured, document

WHERE = Circumstances("a machine, 2 cores", "Python 3.11.7", "a89c471", "2026-11-30", 0.25, 0.31)


def test_plain_figures_make_a_list_and_like_ones_a_table() -> None:
    steps = {"render": {"ms": 4.4321, "kb": 10}, "noise": {"ms": 2.0, "kb": None}}
    page = document([Measured("stimuli", "Stimulus sets.", 61.2, {"clips": 5, "steps": steps})], WHERE)
    assert "## stimuli\n\nStimulus sets. (61 s)\n\n| figure |  |\n| --- | --- |\n| clips | 5 |\n" in page
    assert "| steps | ms | kb |\n| --- | --- | --- |\n| render | 4.432 | 10 |\n| noise | 2 | n/a |\n" in page
    assert "| five million additions in Python | 0.31 s |\n| all benchmarks | 1.0 minutes |" in page


def test_what_was_promised_stands_beside_what_was_measured() -> None:
    slow = {"participants_10": {"wall_s": 7.4}, "participants_1000": {"wall_s": 91.5, "peak_memory_mb": 1100}}
    page = document([Measured("analysis", "The report.", 99.0, slow)], WHERE)
    assert "| report of 10 participants | at most 15 s | 7.4 s |  |" in page
    assert "| report of 1,000 participants | at most 90 s | 91.5 s | **missed** |" in page
    assert "| two workers beside one | at least 1.7 times | not measured |  |" in page


def test_a_benchmark_that_failed_is_named() -> None:
    page = document([Measured("flow", "Flow.", 1.0, failure="it ended with exit code 1")], WHERE)
    assert "Not measured: it ended with exit code 1" in page


def test_every_promise_is_of_a_benchmark_that_exists() -> None:
    from benchmarks.__main__ import FOLDER

    assert {bar.benchmark for bar in BARS} <= {path.stem for path in FOLDER.glob("[!_]*.py")}
