"""The export: wall-clock time, processor time and peak memory for 10 and for 1,000 participants.

    python -m benchmarks.export [--participants 10 1000]

Session folders of the study's size (220 trials and the questionnaire) are written with answers drawn from the
published results. Reading them, making the answers coarser, writing, the validator, the search for leaks and
the disclosure report are in the figures given here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np

from analysis.reference import published
from benchmarks._drawn_trials import finished_trial
from benchmarks._process_cost import REPOSITORY, measure_process
from benchmarks._study_cost import StudyCost, print_costs
from experiment.journal import JOURNAL_NAME, Entry, format_line
from experiment.plan import Seat, make_plan
from experiment.protocol import read_protocol
from experiment.records import (
    SESSIONS,
    Answers,
    DisplayRecord,
    Event,
    ProtocolRecord,
    QuestionnairePhase,
    SessionFinished,
    SessionPlan,
    SessionRecord,
    SessionStarted,
    TrialsPhase,
)
from stimuli.clip import Clip
from stimuli.manifest import StimulusSet

_FIRST = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Cost(StudyCost):
    """What one export took; ``files`` and ``export_mb`` are those of the data set."""

    files: int
    export_mb: float


def main() -> None:
    print_costs(__doc__, cost_of_an_export)


def cost_of_an_export(participants: int, folder: Path) -> Cost:
    """Write session folders, export them with the command line, and measure that process.

    Raises
    ------
    subprocess.CalledProcessError
        Where nothing was exported.
    """
    data, out = folder / f"data_{participants}", folder / f"export_{participants}"
    trials = write_sessions(participants, data, np.random.default_rng(participants))
    took = measure_process([sys.executable, "-m", "analysis", "export", data, "-o", out, "--allow-simulated"])
    files = [file for file in out.rglob("*") if file.is_file()]
    return Cost(
        participants=participants,
        trials=trials,
        **asdict(took),
        files=len(files),
        export_mb=round(sum(file.stat().st_size for file in files) / 1e6, 2),
    )


def write_sessions(participants: int, data: Path, rng: np.random.Generator) -> int:
    """So many session folders of the study, without waiting for the disk; the number of their trials."""
    protocol, stimuli, trials = read_protocol(REPOSITORY / "protocols" / "afd5.yaml"), clip_names(), 0
    for number in range(1, participants + 1):
        code = f"P{number:05d}"
        plan = make_plan(protocol, stimuli, Seat(code, 1, number, int(rng.integers(2**31))))
        record = SessionRecord(
            participant=code,
            session=1,
            simulated="drawn",
            pilot=False,
            language="en",
            consent_confirmed=True,
            protocol=ProtocolRecord(
                name=protocol.file.name,
                title=protocol.file.title,
                sha256=protocol.sha256,
                conditions=tuple(condition.name for condition in protocol.file.conditions),
                test_items=protocol.file.test_items,
                consent_version="1",
            ),
            stimuli="nowhere",
            manifest_sha256=stimuli.sha256,
            plan=plan,
            display=DisplayRecord("virtual", (1920, 1080), 60.0, "virtual", False, "none", "virtual"),
            software={"python": "3.11.0", "system": "Linux-6.1"},
            commit="1f" * 20,
            started_at=(_FIRST + timedelta(hours=number)).isoformat(timespec="milliseconds"),
        )
        folder = data / "sessions" / f"{code}_01"
        folder.mkdir(parents=True)
        (folder / "session.json").write_bytes(SESSIONS.dump_json(record, indent=1))
        lines = [format_line(Entry(seq, t_s, event)) for seq, (t_s, event) in enumerate(_events(plan, rng))]
        (folder / JOURNAL_NAME).write_bytes(b"".join(lines))
        trials += plan.trials
    return trials


def clip_names() -> StimulusSet:
    """A stimulus set of the study's size, in name only."""
    clips = []
    for condition in ("UCF5", "AFD5"):
        for action in published().actions:
            for number in range(60):
                group, stem = 1 + number % 25, f"v_{action}_g{1 + number % 25:02d}_c{number:02d}"
                clips.append(
                    Clip(
                        clip_id=f"{condition}/{stem}",
                        condition=condition,
                        action=action,
                        group=group,
                        split="test" if group <= 7 or number >= 40 else "demo" if number == 39 else "train",
                        path=f"{condition.lower()}/{action}/{stem}.mp4",
                        sha256="0" * 64,
                        frames=100,
                        fps=25.0,
                        width=320,
                        height=240,
                        source_clip_id=f"UCF5/{stem}" if condition == "AFD5" else None,
                    )
                )
    return StimulusSet(Path("nowhere"), tuple(clips), "2e" * 32)


def _events(plan: SessionPlan, rng: np.random.Generator) -> Iterator[tuple[float, Event]]:
    """What happens in a session: right answers in training, drawn ones in the test, drawn times."""
    now = 0.0
    yield now, SessionStarted(simulated="drawn")
    for place, phase in enumerate(plan.phases):
        if isinstance(phase, QuestionnairePhase):
            for page in phase.pages:
                answers = {
                    item.name: str(rng.choice(item.options)) if item.options else "" for item in page.items
                }
                yield now, Answers(phase=place, page=page.name, answers=answers)
        if not isinstance(phase, TrialsPhase):
            continue
        for trial in phase.trials:
            now += phase.interval_s
            time_s = float(rng.lognormal(1.0, 0.5))
            response = trial.action
            if phase.kind == "test":
                shares = np.array(published().human_confusion[phase.condition][plan.actions.index(response)])
                response = plan.actions[rng.choice(len(shares), p=shares / shares.sum())]
            onset_s, now = now, now + time_s
            interval_ms = float(rng.normal(16.67, 0.01))
            yield now, finished_trial(place, trial, trial.trial, response, time_s, onset_s, interval_ms, 0.3)
    yield now, SessionFinished()


if __name__ == "__main__":
    main()
