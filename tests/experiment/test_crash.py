"""kill -9 at any moment costs at most the trial on the screen."""

from __future__ import annotations

import gzip
import os
import random
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from experiment.journal import read_journal
from experiment.records import Resumed, SessionFinished, TrialFinished, TrialStarted
from experiment.session_store import read_session
from tests.experiment.material import counted_clips, write_placeholders
from tests.experiment.sessions import STUDY, command

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 is a POSIX signal")


def kill_after(arguments: list[str], journal: Path, growth: int, wait_s: float) -> bool:
    """Start a session and kill it once its journal has grown by some bytes; True where it had not ended by
    itself.
    """
    before = journal.stat().st_size if journal.exists() else 0
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while process.poll() is None:
        if journal.exists() and journal.stat().st_size - before >= growth:
            time.sleep(wait_s)
            process.send_signal(signal.SIGKILL)
            break
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


def crash_campaign(folder: Path, kills: int, seed: int) -> int:
    """Kill one full-length session at random moments and resume it each time; returns how often it was
    killed.
    """
    chance = random.Random(seed)
    stimuli = write_placeholders(folder / "stimuli", counted_clips(36, 24))
    session = folder / "data" / "sessions" / "K001_01"
    arguments = command(
        STUDY, "--simulate", "data", "--stimuli", stimuli, "--data", folder / "data", "--participant", "K001"
    )
    journal = session / "journal.jsonl"
    killed = 0
    for number in range(kills):
        # 150 kB of journal in all: on average each run adds its share before it is killed.
        growth = chance.randint(1, 2 * 130_000 // kills)
        resume = ["--resume"] if session.exists() else []
        killed += kill_after([*arguments, *resume], journal, growth, chance.random() * 0.003)
        if any(isinstance(e.event, SessionFinished) for e in read_journal(journal).entries):
            break
        assert number < kills
    else:
        subprocess.run([*arguments, "--resume"], check=True, timeout=120, capture_output=True)
    check_nothing_lost_or_doubled(session)
    resumed = sum(isinstance(e.event, Resumed) for e in read_journal(journal).entries)
    assert resumed >= killed - 1
    return killed


def test_a_session_killed_at_twenty_moments_loses_and_doubles_nothing(tmp_path):
    assert crash_campaign(tmp_path, kills=20, seed=11) >= 15


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(10))
def test_two_hundred_kills(tmp_path, seed):
    assert crash_campaign(tmp_path, kills=20, seed=seed) >= 15
