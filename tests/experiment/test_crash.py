"""kill -9 at any moment costs at most the trial on the screen; the lock it leaves behind stops nobody."""

from __future__ import annotations

import gzip
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from experiment.journal import Entry, read_journal
from experiment.records import Resumed, SessionFinished, TrialFinished, TrialStarted
from experiment.session_store import read_session
from tests.experiment.material import counted_clips, write_placeholders
from tests.experiment.sessions import REPOSITORY, STUDY

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 is a POSIX signal")


# Simulated sessions without a screen are over in seconds. This one takes its time in trials, so that kills
# fall into them and not only between them.
SLOWED = """
import sys, time
from experiment.backends.virtual import VirtualDisplay
from experiment.cli import app

def slowly(self, scene, show=VirtualDisplay.show):
    if scene.name in ("fixation", "training", "test"):
        time.sleep(1e-5)
    return show(self, scene)

VirtualDisplay.show = slowly
app()
"""


@dataclass(frozen=True)
class Moment:
    """When to kill: so many bytes of journal after the start, and a little later. ``startup_s`` kills at a
    time of its own instead, whatever stands in the journal.
    """

    growth: int
    later_s: float
    startup_s: float | None

    @classmethod
    def drawn(cls, chance: random.Random) -> Moment:
        startup_s = chance.uniform(0.0, 1.5) if chance.random() < 0.1 else None
        return cls(chance.randint(1, 1400), chance.uniform(0.0, 0.02), startup_s)


def kill_at(moment: Moment, arguments: list[str], journal: Path) -> bool:
    """Start a session and kill it; True where it had not ended by itself."""
    before = journal.stat().st_size if journal.exists() else 0
    started_s = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=REPOSITORY)
    while process.poll() is None:
        if moment.startup_s is not None:
            time.sleep(moment.startup_s)
            process.send_signal(signal.SIGKILL)
            break
        if journal.exists() and journal.stat().st_size - before >= moment.growth:
            time.sleep(moment.later_s)
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(0.0005 if time.perf_counter() - started_s > 0.5 else 0.02)
    _, errors = process.communicate(timeout=60)
    assert process.returncode in (-signal.SIGKILL, 0), errors.decode()
    return process.returncode != 0


def check_nothing_lost_or_doubled(folder: Path) -> None:
    """Every planned trial is finished once; what was shown again is marked; the frame log holds every
    finished trial.
    """
    reading = read_journal(folder / "journal.jsonl")
    plan = read_session(folder).plan
    finished = [entry.event for entry in reading.entries if isinstance(entry.event, TrialFinished)]
    planned = {(i, t.trial) for i, p in enumerate(plan.phases) for t in getattr(p, "trials", ())}
    assert not reading.damage
    assert Counter((event.phase, event.trial) for event in finished) == dict.fromkeys(planned, 1)
    started = Counter(
        (entry.event.phase, entry.event.trial)
        for entry in reading.entries
        if isinstance(entry.event, TrialStarted)
    )
    assert {(e.phase, e.trial): e.attempt for e in finished} == dict(started)
    assert isinstance(reading.entries[-1].event, SessionFinished)
    with gzip.open(folder / "frames.tsv.gz", "rt") as file:
        flips = Counter(int(line.split("\t")[0]) for line in list(file)[1:])
    without_flips = [event for event in finished if not flips[event.trial_seq]]
    assert len(without_flips) <= sum(isinstance(entry.event, Resumed) for entry in reading.entries)
    assert all(flips[event.trial_seq] == event.flips for event in finished if event not in without_flips)


@dataclass
class Campaign:
    """What came of killing full-length sessions; ``seconds`` is the time it took."""

    kills: int = 0
    sessions: int = 0
    trials: int = 0
    shown_again: int = 0
    torn_lines: int = 0
    seconds: float = 0.0


def crash_campaign(folder: Path, kills: int, seed: int) -> Campaign:
    """Kill sessions of 220 trials at random moments and resume each until so many kills have happened and the
    last session is finished.

    After every kill all that had been recorded before is still there, and at most one trial was begun and not
    finished.
    """
    began_s = time.perf_counter()
    chance = random.Random(seed)
    stimuli = write_placeholders(folder / "stimuli", counted_clips(36, 24))
    campaign = Campaign()
    while campaign.kills < kills:
        campaign.sessions += 1
        kill_one_session(campaign, kills, chance, stimuli, folder / "data", f"K{campaign.sessions:03d}")
    campaign.seconds = round(time.perf_counter() - began_s)
    print(campaign)
    return campaign


def kill_one_session(
    campaign: Campaign, kills: int, chance: random.Random, stimuli: Path, data: Path, code: str
) -> None:
    given = [str(STUDY), "--simulate", "data", "--stimuli", str(stimuli), "--data", str(data)]
    arguments = [sys.executable, "-c", SLOWED, *given, "--participant", code]
    session = data / "sessions" / f"{code}_01"
    journal = session / "journal.jsonl"
    recorded: tuple[Entry, ...] = ()
    while campaign.kills < kills:
        resume = ["--resume"] if session.exists() else []
        if not kill_at(Moment.drawn(chance), [*arguments, *resume], journal):
            break
        campaign.kills += 1
        if not session.exists():
            continue
        reading = read_journal(journal)
        campaign.torn_lines += len(reading.damage)
        assert len(reading.damage) <= 1
        assert reading.entries[: len(recorded)] == recorded
        cut_off = unfinished_showings(reading.entries[len(recorded) :])
        assert cut_off <= 1
        campaign.shown_again += cut_off
        recorded = reading.entries
        if isinstance(recorded[-1].event if recorded else None, SessionFinished):
            break
    else:
        subprocess.run([*arguments, "--resume"], check=True, timeout=120, capture_output=True, cwd=REPOSITORY)
    check_nothing_lost_or_doubled(session)
    campaign.trials += sum(isinstance(e.event, TrialFinished) for e in read_journal(journal).entries)


def unfinished_showings(entries: tuple[Entry, ...]) -> int:
    """Trials that were begun in these records and not finished."""
    started = {e.seq for e in entries if isinstance(e.event, TrialStarted)}
    return len(started - {e.event.trial_seq for e in entries if isinstance(e.event, TrialFinished)})


def test_a_session_killed_at_twelve_moments_loses_and_doubles_nothing(tmp_path):
    campaign = crash_campaign(tmp_path, kills=12, seed=11)
    assert (campaign.sessions, campaign.trials) == (1, 220)


@pytest.mark.campaign
@pytest.mark.timeout(1800)
def test_two_hundred_kills_lose_and_double_nothing(tmp_path):
    campaign = crash_campaign(tmp_path, kills=200, seed=2022)
    assert campaign.kills >= 200
    assert campaign.trials == 220 * campaign.sessions
    assert 0 < campaign.shown_again <= campaign.kills
