"""What is checked before a session."""

from __future__ import annotations

import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from experiment import machine, preflight
from experiment.backends.virtual import VirtualClock, VirtualDisplay
from experiment.errors import InputRefused
from experiment.machine import Battery, BusyProgram, busiest_programs, machine_record
from experiment.phases.layout import Layout
from experiment.plan import Seat, make_plan
from experiment.preflight import Checklist
from experiment.protocol_file import DisplayDemand
from experiment.session_store import read_session
from stimuli.errors import StimulusError
from tests.experiment.material import PROTOCOLS, counted_clips, stimulus_set, write_noise_clips
from tests.experiment.sessions import run
from tests.experiment.virtual_session import short_protocol


def test_a_session_is_refused_where_the_disk_is_full(tmp_path, monkeypatch):
    monkeypatch.setattr(preflight, "free_bytes", lambda _: preflight.NEEDED_BYTES - 1)
    with pytest.raises(InputRefused, match="199 MB are free on this disk, a session needs 200 MB"):
        preflight.check_disk(tmp_path)


def test_a_session_with_just_enough_room_is_not_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(preflight, "free_bytes", lambda _: preflight.NEEDED_BYTES)
    preflight.check_disk(tmp_path)


def test_a_drive_that_is_not_there_is_refused(monkeypatch):
    # given a path of which no part exists, as on Windows without that drive
    monkeypatch.setattr(Path, "is_dir", lambda _: False)
    monkeypatch.setattr(Path, "exists", lambda _: False)
    with pytest.raises(StimulusError, match="no part of this path exists"):
        preflight.check_disk(Path("/drive/data"))


def test_a_clip_larger_than_its_place_is_refused_with_both_sizes():
    # Given one clip of the plan in full HD
    clips = counted_clips(1, 1)
    plan = make_plan(short_protocol(), stimulus_set(clips), Seat("T001", 1, 1, 7))
    large = plan.clip_ids[2]
    stimuli = stimulus_set(
        tuple(replace(clip, width=1920, height=1080) if clip.clip_id == large else clip for clip in clips)
    )
    # Then a small display is refused, in one sentence, and one that has the room is not
    with pytest.raises(InputRefused) as refused:
        preflight.check_fit(stimuli, plan, Layout(1280, 800))
    assert str(refused.value) == (
        f"{large}: found 1920x1080 px; beside the menu a display of 1280x800 px has room for 870x736"
    )
    preflight.check_fit(stimuli, plan, Layout(3840, 2160))
    preflight.check_fit(stimulus_set(clips), plan, Layout(1280, 800))


SCREEN = VirtualDisplay(VirtualClock()).record
WINDOW = replace(SCREEN, backend="psychopy", pacing="vsync")
DEMAND = DisplayDemand(refresh_hz=60, smallest_px=(1280, 720))


def found(checklist: Checklist) -> dict[str, str]:
    return {check.name: check.status for check in checklist.checks}


@pytest.mark.parametrize(
    ("display", "name", "status"),
    [
        (WINDOW, "refresh rate", "ok"),
        (replace(WINDOW, refresh_hz=59.94), "refresh rate", "ok"),
        (replace(WINDOW, refresh_hz=50.0), "refresh rate", "stop"),
        (replace(WINDOW, refresh_hz=144.0), "refresh rate", "ok"),
        (replace(WINDOW, pacing="software"), "refresh rate", "warning"),
        (WINDOW, "display size", "ok"),
        (replace(WINDOW, size_px=(1280, 700)), "display size", "stop"),
        (replace(WINDOW, full_screen=False), "display size", "warning"),
    ],
)
def test_a_display_is_held_against_the_demand_of_the_protocol(display, name, status):
    checklist = Checklist(binding=True)
    preflight.note_display(checklist, display, DEMAND, 30.0)
    assert found(checklist)[name] == status
    # and where the data do not count for the study, it goes on with a warning
    rehearsal = Checklist(binding=False)
    preflight.note_display(rehearsal, display, DEMAND, 30.0)
    assert found(rehearsal)[name] == ("warning" if status == "stop" else status)
    rehearsal.refuse_stops()


def test_clips_faster_than_the_display_are_warned_of():
    checklist = Checklist()
    preflight.note_display(checklist, WINDOW, DisplayDemand(), 120.0)
    assert found(checklist)["refresh rate"] == "warning"
    assert "clips have 120 frames a second" in checklist.warnings[0]


def test_a_stop_is_refused_in_one_sentence_and_stands_in_the_table():
    checklist = Checklist()
    preflight.note_display(checklist, replace(WINDOW, refresh_hz=50.0), DEMAND, 30.0)
    with pytest.raises(InputRefused) as refused:
        checklist.refuse_stops()
    assert str(refused.value) == "refresh rate: found 50.00 Hz; the protocol demands at least 60 Hz"


@pytest.mark.parametrize(
    ("percent", "plugged_in", "status"),
    [(80, True, "ok"), (80, False, "warning"), (5, False, "stop"), (5, True, "ok")],
)
def test_a_battery_that_may_not_last_is_told(monkeypatch, percent, plugged_in, status):
    monkeypatch.setattr(preflight, "battery", lambda: Battery(percent, plugged_in))
    monkeypatch.setattr(preflight, "busiest_programs", lambda _: (BusyProgram("updater", 42, 0.97),))
    checklist = Checklist()
    preflight.note_machine(checklist)
    assert found(checklist)["battery"] == status
    assert "updater (process 42, 97% of a core)" in checklist.warnings[0]


@pytest.mark.skipif(sys.platform == "win32", reason="starts a program that is nobody's child")
def test_a_program_that_keeps_the_processor_busy_is_found_and_this_one_is_not(monkeypatch):
    # given a program that counts for ever and is no child of this one, and a child that does
    started = (
        "import subprocess as s, sys; "
        "print(s.Popen([sys.executable, '-c', 'while True: pass'], stdout=s.DEVNULL).pid)"
    )
    told = subprocess.run([sys.executable, "-c", started], stdout=subprocess.PIPE, check=True, timeout=30)
    other = int(told.stdout)
    own = subprocess.Popen([sys.executable, "-c", "while True: pass"])

    def both_have_counted(_: float) -> None:
        # However busy the machine is, both get their turns; 50 ms are five ticks of the kernel's count.
        counted = [psutil.Process(process) for process in (other, own.pid)]
        begun = [process.cpu_times().user for process in counted]
        while any(p.cpu_times().user < b + 0.05 for p, b in zip(counted, begun, strict=True)):
            time.sleep(0.02)

    watch = SimpleNamespace(sleep=both_have_counted, perf_counter=time.perf_counter)
    monkeypatch.setattr(machine, "time", watch)
    try:
        programs = busiest_programs(0.6)
    finally:
        own.kill()
        own.wait()
        os.kill(other, signal.SIGKILL)
    # then the one is told, with its share, and the other is not
    shares = {program.process: program.cores for program in programs}
    assert 0 < shares[other] < 1.5
    assert own.pid not in shares
    assert os.getpid() not in shares


def test_the_snapshot_names_system_processor_memory_and_clock():
    record = machine_record()
    assert record.cores == os.cpu_count()
    assert record.memory_mb > 100
    assert 0 < record.clock_resolution_s <= 1e-3
    assert record.clock
    assert record.system
    # but neither the machine nor its user
    told = str(record)
    assert not platform.node() or platform.node() not in told


@pytest.mark.skipif(
    sys.platform.startswith("linux") and not os.environ.get("DISPLAY"), reason="needs a display"
)
def test_a_display_below_the_demand_stops_a_study_and_warns_in_a_rehearsal(tmp_path):
    # given a study that demands 1000 Hz
    protocols = Path(shutil.copytree(PROTOCOLS, tmp_path / "protocols"))
    study = protocols / "pilot.yaml"
    study.write_text(
        study.read_text("utf-8").replace("pilot: true", "display: {refresh_hz: 1000}"), encoding="utf-8"
    )
    stimuli = write_noise_clips(tmp_path / "stimuli", 4, 3)
    given = (study, "--stimuli", stimuli, "--data", tmp_path / "data", "--windowed")
    # when a participant of the study comes
    ended = run(*given, "--participant", "P001", "--consent-confirmed")
    # then it stops before the first screen, says why in one line, and writes nothing
    assert ended.returncode == 2
    assert len(ended.stderr.strip().splitlines()) == 1
    assert re.fullmatch(
        r"refresh rate: found [\d.]+ Hz; the protocol demands at least 1000 Hz\n", ended.stderr
    )
    assert re.search(r"^stop +refresh rate +found", ended.stdout, re.MULTILINE)
    assert re.search(r"^ok +participant +P001, session 1, participant 1$", ended.stdout, re.MULTILINE)
    assert not (tmp_path / "data").exists()
    # and a rehearsal of it goes on with a warning, which is recorded
    ended = run(*given, "--simulate", "visual", "--speed", 60)
    assert ended.returncode == 0, ended.stderr
    record = read_session(tmp_path / "data" / "sessions" / "sim01_01")
    assert {check.name: check.status for check in record.checks}["refresh rate"] == "warning"
