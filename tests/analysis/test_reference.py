from __future__ import annotations

from analysis.reference import published


def test_the_counts_give_the_printed_accuracies() -> None:
    """Counts were read off figures, the accuracies printed: they agree to a tenth of a percent."""
    study = published()
    for condition, counts in study.human_counts.items():
        share = 100 * sum(counts.correct.values()) / sum(counts.total.values())
        assert abs(share - study.humans[condition].top1) < 0.1


def test_the_diagonal_of_the_confusion_is_that_of_the_counts() -> None:
    study = published()
    for condition, rows in study.human_confusion.items():
        counts = study.human_counts[condition]
        for place, action in enumerate(study.actions):
            assert abs(rows[place][place] - counts.correct[action] / counts.total[action]) < 0.0151
            assert abs(sum(rows[place]) - 1) < 0.0101
