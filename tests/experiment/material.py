"""Stimulus sets and protocols for the tests of a session."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from experiment.checked_yaml import read_yaml
from experiment.protocol import Protocol, read_protocol
from experiment.protocol_file import ProtocolFile
from experiment.questionnaire_file import QuestionnaireFile
from stimuli.clip import Clip
from stimuli.manifest import StimulusSet, write_manifest
from stimuli.video import encode_lossless

ACTIONS = ("JumpingJack", "Lunges", "PullUps", "PushUps", "Swing")
PROTOCOLS = Path(__file__).resolve().parents[2] / "protocols"


def clips_named(
    names: dict[str, list[tuple[int, int, str]]], frames: int = 50, fps: float = 25.0
) -> tuple[Clip, ...]:
    """A UCF5 and an AFD5 clip for every (group, number, split) of every action."""
    clips = []
    for condition in ("UCF5", "AFD5"):
        for action, entries in names.items():
            for group, number, split in entries:
                stem = f"v_{action}_g{group:02d}_c{number:02d}"
                path = f"{condition.lower()}/{action}/{stem}.mkv"
                source = None if condition == "UCF5" else f"UCF5/{stem}"
                digest = hashlib.sha256(path.encode()).hexdigest()
                clips.append(
                    Clip(
                        f"{condition}/{stem}",
                        condition,
                        action,
                        group,
                        split,
                        path,
                        digest,
                        frames,
                        fps,
                        320,
                        240,
                        source,
                    )
                )
    return tuple(clips)


def counted_clips(test: int, train: int, frames: int = 50) -> tuple[Clip, ...]:
    """``test`` and ``train`` clips of every action in each condition, spread over groups as in UCF101."""
    entries = [(i % 7 + 1, i // 7 + 1, "test") for i in range(test)]
    entries += [(i % 18 + 8, i // 18 + 1, "train") for i in range(train)]
    return clips_named(dict.fromkeys(ACTIONS, entries), frames)


def stimulus_set(clips: tuple[Clip, ...]) -> StimulusSet:
    """A set that exists only in memory."""
    return StimulusSet(Path("set"), clips, "0" * 64)


def write_placeholders(root: Path, clips: tuple[Clip, ...]) -> Path:
    """A set whose files hold no video, for sessions without a screen."""
    for clip in clips:
        path = root / clip.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(clip.path.encode())
    write_manifest(root, clips)
    return root


def write_noise_clips(root: Path, test: int, train: int, frames: int = 12) -> Path:
    """A set of small real videos of noise, every clip another one."""
    written = []
    generator = np.random.default_rng(5)
    for clip in counted_clips(test, train, frames):
        path = root / clip.path
        path.parent.mkdir(parents=True, exist_ok=True)
        encode_lossless(path, generator.integers(0, 256, (frames, 48, 64, 3), dtype=np.uint8), clip.fps)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        fields = {**clip.__dict__, "sha256": digest, "width": 64, "height": 48}
        written.append(Clip(**fields))
    write_manifest(root, written)
    return root


def demographics() -> QuestionnaireFile:
    """The questionnaire that a protocol may add."""
    path = PROTOCOLS / "questionnaires" / "demographics.yaml"
    return read_yaml(QuestionnaireFile, path)


def protocol_with(**changes: object) -> Protocol:
    """The study's protocol with some of its fields changed."""
    protocol = read_protocol(PROTOCOLS / "afd5.yaml")
    fields = {**protocol.file.model_dump(), **changes}
    return Protocol(
        path=protocol.path,
        file=ProtocolFile.model_validate(fields),
        language="en",
        slides=protocol.slides,
        questionnaires={**protocol.questionnaires, "demographics": demographics()},
        words=protocol.words,
        sha256=protocol.sha256,
    )


def three_kinds(clips: tuple[Clip, ...]) -> tuple[Clip, ...]:
    """The clips and, of each appearance-free one, another kind made from the same footage."""
    third = [
        replace(
            clip,
            clip_id=clip.clip_id.replace("AFD5", "Gray5"),
            condition="Gray5",
            path=clip.path.replace("afd5", "gray5"),
        )
        for clip in clips
        if clip.condition == "AFD5"
    ]
    return (*clips, *third)


def protocol_of(conditions: tuple[str, ...], phases: list[dict[str, object]], **fields: object) -> Protocol:
    """A protocol of trial phases alone, without slides and questions."""
    label = {"en": "kind", "de": "Art"}
    declared = [{"name": name, "label": label} for name in conditions]
    return protocol_with(conditions=declared, phases=phases, **fields)


def trials_of(conditions: tuple[str, ...], test: int = 2, training: int = 1) -> list[dict[str, object]]:
    """A training and a test of each condition, of so many clips per action."""
    counts = {"training": training, "test": test}
    return [
        {"kind": kind, "condition": condition, "clips_per_action": counts[kind]}
        for condition in conditions
        for kind in ("training", "test")
    ]
