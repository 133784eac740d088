"""Playback follows time and not flips; nothing but the trial happens within a trial."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import pytest

from experiment.footage import UndecodedFootage
from experiment.scene import Footage, Scene
from tests.experiment.material import counted_clips
from tests.experiment.virtual_session import VirtualSession, in_trials, obliging, press, short_protocol

RATES = [Fraction(30000, 1001), Fraction(25), Fraction(24)]
REFRESH_HZ = [60, 75, 120, 144]


def rightly_after(seconds: float):
    return in_trials(lambda session, scene, at_s: press(scene.cue.action, seconds)(session, scene, at_s))


@pytest.mark.parametrize("refresh_hz", REFRESH_HZ)
@pytest.mark.parametrize("fps", RATES, ids=["29.97", "25", "24"])
def test_every_flip_shows_the_frame_whose_interval_holds_its_time(tmp_path, fps, refresh_hz):
    """Over three loops and a bit, to half a frame period of the display; the oracle counts in fractions."""
    clips = tuple(replace(clip, fps=float(fps)) for clip in counted_clips(2, 2))
    answer = rightly_after(3.3 * float(50 / fps))
    session = VirtualSession(
        tmp_path, short_protocol(), answer=answer, clips=clips, refresh_hz=refresh_hz
    ).run()
    period = Fraction(1, refresh_hz)
    for trial in session.trials:
        shown = [
            scene.videos[0].index
            for scene, _ in session.shown("test")
            if scene.videos[0].footage.clip_id == trial.clip_id
        ]
        assert len(shown) == trial.flips > 3 * 50 / fps * refresh_hz
        for flip, index in enumerate(shown):
            at = flip * period
            # A frame is on from its time to its successor's; how far outside of that is the flip?
            loops = at * fps // 50
            outside = [
                max((loop * 50 + index) / fps - at, at - (loop * 50 + index + 1) / fps, Fraction(0))
                for loop in (loops - 1, loops, loops + 1)
            ]
            assert min(outside) <= period / 2
        assert set(shown) == set(range(50)), "every frame has its turn, as no display here is slower"


def test_after_a_late_flip_the_clip_goes_on_where_time_is(tmp_path):
    """A player that counts flips would fall behind by a frame for each of these."""
    late = frozenset(range(10, 60, 5))
    session = VirtualSession(tmp_path, short_protocol(), answer=rightly_after(1.9), late_flips=late).run()
    trial = session.trials[0]
    assert trial.dropped_frames == len(late)
    flips = [
        (scene.videos[0].index, at_s - trial.onset_s)
        for scene, at_s in session.shown("test")
        if scene.videos[0].footage.clip_id == trial.clip_id
    ]
    index, elapsed_s = flips[-1]
    assert elapsed_s - index / 25 == pytest.approx(0.02, abs=0.02 + 0.5 / 60)


@dataclass
class SlowFootage(UndecodedFootage):
    """Clips that take their time to decode, in the background once they were asked for."""

    session: VirtualSession
    decoding_s: float
    ready_s: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(_set_of(self.session))

    def prefetch(self, clip_id: str) -> None:
        self.ready_s.setdefault(clip_id, self.session.clock.now() + self.decoding_s)

    def get(self, clip_id: str) -> Footage:
        self.prefetch(clip_id)
        self.session.clock.time_s = max(self.session.clock.now(), self.ready_s[clip_id])
        return super().get(clip_id)

    def release(self, clip_id: str) -> None:
        self.ready_s.pop(clip_id, None)


def _set_of(session: VirtualSession):
    from tests.experiment.material import stimulus_set

    return stimulus_set(session.clips)


@pytest.mark.parametrize("refresh_hz", [60, 144])
@pytest.mark.parametrize(("frames", "decoding_s"), [(50, 0.3), (250, 1.5)], ids=["2 s", "10 s"])
def test_the_next_clip_comes_after_the_programmed_interval_however_long_it_is(
    tmp_path, monkeypatch, frames, decoding_s, refresh_hz
):
    # given clips whose decoding takes longer than the interval, and a participant who answers at 1.37 s
    session = VirtualSession(
        tmp_path,
        short_protocol(),
        answer=rightly_after(1.37),
        clips=counted_clips(4, 3, frames),
        refresh_hz=refresh_hz,
    )
    slow = SlowFootage(session, decoding_s)
    monkeypatch.setattr("tests.experiment.virtual_session.UndecodedFootage", lambda _stimuli: slow)
    session.run()
    # then each clip was decoded while the one before it was on the screen
    gaps_s = [
        after.onset_s - (before.onset_s + before.presses[-1].at_s)
        for before, after in zip(session.trials, session.trials[1:], strict=False)
    ]
    assert len(gaps_s) == 4
    assert gaps_s == pytest.approx([session.phase().interval_s] * 4, abs=1 / refresh_hz)


_watchers: list[Callable[[str, tuple[object, ...]], None]] = []


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    for watcher in _watchers:
        watcher(event, arguments)


@dataclass
class Within:
    """Watches what the program does between the flips of a clip."""

    folder: Path
    in_trial: bool = False
    files: dict[str, tuple[int, int]] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)

    def flip(self, scene: Scene) -> None:
        shows_clip = scene.name == "test"
        # Plenty of work for a garbage collector that runs.
        waste: list[object] = []
        for _ in range(50):
            waste.append([waste])
        if shows_clip:
            now = {str(p): (p.stat().st_size, p.stat().st_mtime_ns) for p in self.folder.rglob("*")}
            if self.in_trial and now != self.files:
                self.found.append(f"files of the session changed: {sorted(now.items() ^ self.files.items())}")
            self.files = now
        self.in_trial = shows_clip

    def collected(self, phase: str, _info: object) -> None:
        if self.in_trial and phase == "start":
            self.found.append("garbage was collected")

    def audited(self, event: str, arguments: tuple[object, ...]) -> None:
        writes = event == "open" and isinstance(arguments[1], str) and set("wax+") & set(arguments[1])
        if self.in_trial and (writes or event in ("os.rename", "os.remove", "os.mkdir")):
            self.found.append(f"{event} {arguments}")


@contextmanager
def watched(folder: Path) -> Iterator[Within]:
    """Garbage collection at every tenth object, so that one that is allowed happens within a trial."""
    within = Within(folder)
    if not _watchers:
        # There is no taking an audit hook away: it is set once and asks whoever is in the list.
        sys.addaudithook(_audit)
    _watchers.append(within.audited)
    gc.callbacks.append(within.collected)
    before = gc.get_threshold()
    gc.set_threshold(10)
    try:
        yield within
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(within.collected)
        _watchers.remove(within.audited)


def session_watched_by(within: Within, tmp_path: Path, disturb: Callable[[], None] = lambda: None):
    """A session of five trials whose display tells of every flip."""
    session = VirtualSession(tmp_path, short_protocol(), answer=obliging)

    class Telling(list):
        def append(self, flip):
            super().append(flip)
            within.flip(flip[0])
            if within.in_trial:
                disturb()

    session.flips = Telling()
    return session


def test_no_garbage_is_collected_and_nothing_written_while_a_clip_is_on_the_screen(tmp_path):
    with watched(tmp_path) as within:
        session_watched_by(within, tmp_path).run()
    assert within.found == []


@pytest.mark.parametrize("what", ["collection", "journal", "file"])
def test_the_watch_sees_what_it_watches_for(tmp_path, what):
    elsewhere = tmp_path.parent / f"{tmp_path.name}_elsewhere"

    def disturb() -> None:
        if what == "collection":
            gc.collect(0)
        elif what == "journal":
            with (tmp_path / "journal.jsonl").open("ab") as journal:
                journal.write(b"\n")
        else:
            elsewhere.write_text("x")

    with watched(tmp_path) as within, pytest.MonkeyPatch.context() as patch:
        if what == "journal":
            # Only the change of the file shall give it away.
            patch.setattr(within, "audited", lambda *_: None)
        session_watched_by(within, tmp_path, disturb).run()
    assert within.found
