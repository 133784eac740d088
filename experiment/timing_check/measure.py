"""The three measurements of a timing check."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from experiment.errors import InputRefused
from experiment.scene import ChoiceCue, Scene, Target
from experiment.timing_check.figures import (
    FrameFigures,
    OnsetFigures,
    PressError,
    ResponseFigures,
    frames_of,
    onsets_of,
    responses_of,
)
from experiment.timing_check.material import drifting_noise
from experiment.timing_check.played import Answer, CheckPorts, ScriptedKeys, actions_of_check, play

_CLIP_S = 2.0
# A frame period and a bit: presses fall on every part of the interval between two flips.
_APART_S = (0.018, 0.036)
_FIRST_PRESS_S = 0.1
_TRIALS = 10
# Long enough for the next clip to be decoded, as in a session.
_ONSET_INTERVAL_S = 1.0


def measure_responses(ports: CheckPorts, folder: Path, presses: int) -> ResponseFigures:
    """Inject ``presses`` keys and as many of the mouse while clips run; compare with what was recorded.

    They come in ten training trials, in which every press is recorded and the right answer, the last of a
    trial, ends it; keys and mouse in random order and at random times.

    Raises
    ------
    ValueError
        Where the check has no injector.
    InputRefused
        Where the trials recorded other presses than were injected.
    """
    injector = ports.injector
    if injector is None:
        raise ValueError("response times can be measured only where presses can be injected")
    generator = np.random.default_rng(0)
    kinds = generator.permutation(np.repeat(["key", "mouse"], presses)).reshape(_TRIALS, -1)
    in_trial = iter(kinds)

    def answer(_keys: ScriptedKeys) -> Answer:
        def inject(scene: Scene, cue: ChoiceCue) -> None:
            at_s = ports.clock.now() + _FIRST_PRESS_S
            wrong = [target for target in scene.targets if target.name != cue.action]
            right = next(target for target in scene.targets if target.name == cue.action)
            of_trial = next(in_trial)
            for place, kind in enumerate(of_trial, start=1):
                target = right if place == len(of_trial) else wrong[int(generator.integers(len(wrong)))]
                if kind == "key":
                    injector.press_key(target.keys[0], at_s)
                else:
                    injector.press_pointer(*_point_in(target, generator), at_s)
                at_s += float(generator.uniform(*_APART_S))

        return inject

    actions = actions_of_check()
    stimuli = drifting_noise(folder, _CLIP_S, actions, _TRIALS // len(actions))
    played = play(ports, stimuli, "training", 0.3, answer)
    injected = injector.happened()
    recorded = [
        (trial.onset_s + press.at_s, press.input) for trial in played.trials for press in trial.presses
    ]
    if len(injected) != len(recorded):
        raise InputRefused(
            f"The check made {len(injected)} presses and its trials recorded {len(recorded)}: while it runs, "
            "keyboard and mouse must be left alone and the window must be in front of all others."
        )
    errors = [
        PressError(device, t_s - event.t_s, event.took_s)
        for event, (t_s, device) in zip(injected, recorded, strict=True)
    ]
    return responses_of(ports.display.record.response_source, errors)


def measure_frames(ports: CheckPorts, folder: Path, seconds: float) -> FrameFigures:
    """Show one clip in a loop for so long and take the flips from the frame log."""
    actions = actions_of_check()
    stimuli = drifting_noise(folder, _CLIP_S, actions[:1], 1)

    def answer(keys: ScriptedKeys) -> Answer:
        return lambda scene, cue: _press_later(keys, scene, cue, ports.clock.now() + seconds)

    played = play(ports, stimuli, "test", 0.3, answer)
    return frames_of(played.flips_s[0], ports.display.frame_period_s)


def measure_onsets(ports: CheckPorts, folder: Path, clip_s: float, trials: int) -> OnsetFigures:
    """From press to the next onset with clips of this length; each is decoded during the trial before it."""
    generator = np.random.default_rng(1)
    actions = actions_of_check()
    stimuli = drifting_noise(folder, clip_s, actions[:1], trials)

    def answer(keys: ScriptedKeys) -> Answer:
        return lambda scene, cue: _press_later(
            keys, scene, cue, ports.clock.now() + float(generator.uniform(0.6, 1.0))
        )

    played = play(ports, stimuli, "test", _ONSET_INTERVAL_S, answer)
    presses_s = [trial.onset_s + trial.presses[0].at_s for trial in played.trials]
    onsets_s = [trial.onset_s for trial in played.trials]
    return onsets_of(clip_s, _ONSET_INTERVAL_S, presses_s[:-1], onsets_s[1:], ports.display.frame_period_s)


def _press_later(keys: ScriptedKeys, scene: Scene, cue: ChoiceCue, at_s: float) -> None:
    target = next(target for target in scene.targets if target.name == cue.action)
    keys.press(target.keys[0], at_s)


def _point_in(target: Target, generator: np.random.Generator) -> tuple[float, float]:
    x, y = generator.uniform(-0.3, 0.3, 2) * (target.rect.width, target.rect.height)
    return float(target.rect.x + x), float(target.rect.y + y)
