"""Pictures of every kind of screen, for the docs: a simulated participant takes the pilot in a real window.

python scripts/screenshots.py stimulus_sets/pilot -o OUT [--size 1280x800] [--language de] [--protocol FILE]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from experiment.backends.clock import SessionClock
from experiment.backends.psychopy import PsychopyBackend, open_psychopy
from experiment.choices import DEFAULT_OBSERVER
from experiment.footage import DecodedFootage
from experiment.frame_log import FrameLog
from experiment.journal import Journal
from experiment.observers import ObservedDisplay, Observer, read_observer
from experiment.phases.layout import Layout
from experiment.phases.stage import Stage
from experiment.plan import Seat, make_plan
from experiment.project import PROJECT
from experiment.protocol import read_protocol
from experiment.runner import replay, run_session
from experiment.scene import ChoiceCue, ContinueCue, QuestionCue, Scene
from experiment.surround import luminance_record, noise_values
from stimuli.manifest import read_stimulus_set

# Late enough for a clip to have moved and for the pointer to stand somewhere.
_FLIPS_BEFORE_A_PICTURE = 14
_PILOT = PROJECT / "protocols" / "pilot.yaml"


class PhotographedDisplay(ObservedDisplay):
    """An observed display that saves the first scene of every kind it has shown for a while."""

    def __init__(self, backend: PsychopyBackend, observer: Observer, seat: Seat, folder: Path) -> None:
        assert backend.injector is not None
        super().__init__(backend.display, observer, backend.injector, seat)
        self._backend = backend
        self._folder = folder
        self._flips: dict[str, int] = {}

    def show(self, scene: Scene) -> float:
        flip_s = super().show(scene)
        kind = _kind(scene)
        self._flips[kind] = self._flips.get(kind, 0) + 1
        if self._flips[kind] == _FLIPS_BEFORE_A_PICTURE:
            self._backend.screenshot(self._folder / f"{len(self._flips):02d}-{kind}.png")
        return flip_s


def _kind(scene: Scene) -> str:
    cue = scene.cue
    if isinstance(cue, ChoiceCue):
        check = "-check" if cue.answer_shown and cue.phase == "test" else ""
        return f"{cue.phase}-{cue.condition}{check}"
    if isinstance(cue, ContinueCue):
        if scene.name in ("training", "test", "answer", "break", "round"):
            # One of them is like the next.
            return f"{scene.name}-{cue.screen.split()[0]}"
        return cue.screen.replace(" ", "-")
    if isinstance(cue, QuestionCue):
        return f"{scene.name}-{'-'.join(cue.screen.split()[:2])}"
    return scene.name.replace(" ", "-")


def main(
    stimuli: Annotated[Path, typer.Argument(help="A stimulus set that holds enough for the pilot.")],
    out: Annotated[Path, typer.Option("-o", help="Folder for the pictures.")],
    size: Annotated[str, typer.Option(help="Size of the window.")] = "1280x800",
    language: Annotated[str, typer.Option(help="Language of the screens.")] = "en",
    speed: Annotated[float, typer.Option(help="Time runs this much faster.")] = 4.0,
    protocol_file: Annotated[Path, typer.Option("--protocol", help="Its screens.")] = _PILOT,
) -> None:
    """Take the pictures."""
    out.mkdir(parents=True, exist_ok=True)
    width, height = (int(length) for length in size.split("x"))
    protocol = read_protocol(protocol_file, "de" if language == "de" else "en")
    material = read_stimulus_set(stimuli)
    plan = make_plan(protocol, material, Seat("picture", 1, 1, 2022))
    observer = read_observer(DEFAULT_OBSERVER, ("UCF5", "AFD5"), protocol.actions)
    clock = SessionClock(0.0, speed)
    surround = luminance_record(noise_values(material), None, None).surround
    window = open_psychopy(
        clock, full_screen=False, size_px=(width, height), background=surround, simulated_input=True
    )
    with (
        window as backend,
        tempfile.TemporaryDirectory() as folder,
        Journal(Path(folder) / "journal.jsonl") as journal,
    ):
        footage = DecodedFootage(material)
        stage = Stage(
            plan=plan,
            display=PhotographedDisplay(backend, observer, Seat.of(plan), out),
            responses=backend.responses,
            clock=clock,
            footage=footage,
            journal=journal,
            frame_log=FrameLog(Path(folder) / "frames.tsv.gz", simulated=True),
            simulated=observer.name,
            pilot=True,
            layout=Layout(width, height),
        )
        run_session(stage, replay(()))
        footage.close()


if __name__ == "__main__":
    typer.run(main)
