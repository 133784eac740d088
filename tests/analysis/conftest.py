"""Session folders as the experiment writes them, filled with answers drawn from the published results."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.reference import published
from benchmarks._drawn_trials import finished_trial
from experiment.journal import JOURNAL_NAME, Journal
from experiment.records import (
    SESSIONS,
    DisplayRecord,
    PhaseFinished,
    PhaseStarted,
    PlannedTrial,
    ProtocolRecord,
    RestPhase,
    ScreenWords,
    SessionFinished,
    SessionPlan,
    SessionRecord,
    SessionStarted,
    TrialsPhase,
    TrialStarted,
)
from tests.analysis.running import Run, run_here

ACTIONS = published().actions


@pytest.fixture
def analysis(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return run_here(monkeypatch, capsys)


@dataclass(frozen=True)
class Recipe:
    """What kind of session to write; the study's size is 4 training and 18 test clips per action."""

    participant: str = "P001"
    session: int = 1
    simulated: str = "published"
    pilot: bool = False
    finished: bool = True
    conditions: tuple[str, ...] = ("UCF5", "AFD5")
    training_per_action: int = 4
    test_per_action: int = 18
    test_items: str = "fewest-shared"
    seed: int = 1
    answer: Callable[[str, str, np.random.Generator], str | None] | None = None
    """(condition, action, rng) -> response, None where the time limit ended the trial; drawn from the
    published confusion where there is no such function."""
    attention_checks: int = 0
    """So many test trials at the end of each test are attention checks."""


def plan_of(recipe: Recipe) -> SessionPlan:
    rng = np.random.default_rng(recipe.seed)
    phases: list[TrialsPhase | RestPhase] = []
    for place, condition in enumerate(recipe.conditions):
        if place:
            phases.append(RestPhase(duration_s=300.0))
        for kind, split, number in (
            ("training", "train", recipe.training_per_action),
            ("test", "test", recipe.test_per_action),
        ):
            clips = [(action, clip) for action in ACTIONS for clip in range(1, number + 1)]
            rng.shuffle(clips)
            trials = []
            for trial, (action, clip) in enumerate(clips, start=1):
                stem = f"v_{action}_g{1 + int(clip) % 7:02d}_c{int(clip) + 20 * place:02d}"
                trials.append(
                    PlannedTrial(
                        trial=trial,
                        clip_id=f"{condition}/{stem}",
                        action=str(action),
                        group=1 + int(clip) % 7,
                        split=split,
                        source_clip_id=f"UCF5/{stem}" if condition != "UCF5" else None,
                        menu_order=ACTIONS,
                        attention_check=kind == "test" and trial > len(clips) - recipe.attention_checks,
                    )
                )
            phases.append(
                TrialsPhase(kind=kind, condition=condition, intro=(), trials=tuple(trials), interval_s=1.0)
            )
    return SessionPlan(
        participant=recipe.participant,
        session=recipe.session,
        order_number=int(recipe.participant[1:]),
        seed=recipe.seed,
        actions=ACTIONS,
        action_labels=ACTIONS,
        phases=tuple(phases),
        words=ScreenWords.model_validate({name: name for name in ScreenWords.model_fields} | {"format": 1}),
    )


def record_of(recipe: Recipe) -> SessionRecord:
    return SessionRecord(
        participant=recipe.participant,
        session=recipe.session,
        simulated=recipe.simulated,
        pilot=recipe.pilot,
        language="en",
        consent_confirmed=True,
        protocol=ProtocolRecord(
            name="pilot" if recipe.pilot else "afd5",
            title="Appearance-free action recognition",
            sha256=("b" if recipe.pilot else "a") * 64,
            conditions=recipe.conditions,
            test_items=recipe.test_items,
            consent_version="1",
        ),
        stimuli="synthetic",
        manifest_sha256="c" * 64,
        plan=plan_of(recipe),
        display=DisplayRecord("virtual", (1280, 800), 60.0, "virtual", False, "none", "observer"),
        software={"python": "3.11", "psychopy": "2026.2.5"},
        commit="0" * 40,
        started_at="2026-01-01T10:00:00+00:00",
    )


def published_choices(condition: str, action: str) -> NDArray[np.float64]:
    """How often people chose each action when ``action`` was shown, in the order of ``ACTIONS``.

    The diagonal is that of the published counts, the errors are shared out as in the printed confusion row.
    """
    study, index = published(), ACTIONS.index(action)
    counts = study.human_counts[condition]
    right = counts.correct[action] / counts.total[action]
    errors = np.array(study.human_confusion[condition][index])
    errors[index] = 0.0
    shares: NDArray[np.float64] = errors / errors.sum() * (1 - right)
    shares[index] = right
    return shares


def draw_answer(condition: str, action: str, rng: np.random.Generator) -> str:
    return ACTIONS[rng.choice(len(ACTIONS), p=published_choices(condition, action))]


def draw_time_s(condition: str, action: str, rng: np.random.Generator) -> float:
    """A log-normal with the published median and quartiles; those of AFD5 for conditions of one's own."""
    times = published().human_time_to_choose_s
    median, q1, q3 = times.get(condition, times["AFD5"])[action]
    sigma = math.log(q3 / q1) / (2 * 0.6745)
    return float(round(rng.lognormal(math.log(median), sigma), 6))


def write_session(data: Path, recipe: Recipe) -> Path:
    """Write ``data/sessions/<participant>_<NN>`` with the package's own types and journal."""
    record, rng = record_of(recipe), np.random.default_rng([recipe.seed, int(recipe.participant[1:])])
    folder = data / "sessions" / f"{recipe.participant}_{recipe.session:02d}"
    folder.mkdir(parents=True)
    (folder / "session.json").write_bytes(SESSIONS.dump_json(record, indent=1))
    answer, now = recipe.answer or draw_answer, 0.0
    with Journal(folder / JOURNAL_NAME) as journal:
        journal.append(SessionStarted(), now)
        for index, phase in enumerate(record.plan.phases):
            journal.append(PhaseStarted(index, phase.kind, phase.condition), now)
            for planned in phase.trials if isinstance(phase, TrialsPhase) else ():
                assert isinstance(phase, TrialsPhase)
                now += 1.0
                started = journal.append(TrialStarted(index, planned.trial, 1, planned.clip_id), now)
                time_s = draw_time_s(phase.condition, planned.action, rng)
                response = answer(phase.condition, planned.action, rng)
                finished = finished_trial(index, planned, started.seq, response, time_s, now)
                journal.append(finished, now + time_s)
                now += time_s
            journal.append(PhaseFinished(index), now)
        if recipe.finished:
            journal.append(SessionFinished(), now)
    return folder


@pytest.fixture
def recipe() -> Recipe:
    """A small session: 2 training and 4 test clips per action."""
    return Recipe(training_per_action=2, test_per_action=4)


@pytest.fixture
def make_session(tmp_path: Path) -> Callable[[Recipe], Path]:
    """Write a session into the data folder ``tmp_path / "data"``."""
    return lambda recipe: write_session(tmp_path / "data", recipe)


@pytest.fixture(scope="session")
def study_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten sessions of the study's size (220 trials each), whose answers are drawn here."""
    data = tmp_path_factory.mktemp("study")
    for number in range(1, 11):
        write_session(data, replace(Recipe(), participant=f"P{number:03d}", seed=number))
    return data
