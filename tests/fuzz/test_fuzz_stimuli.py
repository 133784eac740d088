"""Spoilt files that stimuli are made or read from: read or refused, whatever is in them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from stimuli.audit.stream import stream_facts
from stimuli.clip import Clip
from stimuli.description import Recipe, read_description, write_description
from stimuli.errors import StimulusError
from stimuli.flow import Flow
from stimuli.flow_cache import SUFFIX, FlowCache
from stimuli.manifest import file_sha256, read_stimulus_set, verify_stimulus_set, write_manifest
from stimuli.noise import NoiseLevels
from stimuli.preview import noise_clip_of
from stimuli.source_flow import source_flow
from stimuli.ucf101 import Ucf101, select_ucf101
from stimuli.unfinished import Made, unfinished_folder
from stimuli.video import check_whole, encode_lossless, open_video, probe
from tests.fuzz.formats import spoilt_safetensors, spoilt_zip
from tests.fuzz.readers import CAMPAIGN_S, QUICK_EXAMPLES, Reader, campaign, fuzz, prepared
from tests.strategies import spoilt_bytes, spoilt_json, spoilt_table

HEIGHT, WIDTH, FRAMES = 48, 64, 6
RECIPE = Recipe(
    source="clips", seed=3, flow="dis", method="advect", fill="fresh", noise="rgb", generator_version=1
)


def frames() -> Iterator[np.ndarray]:
    coarse = np.random.default_rng(0).integers(0, 256, (HEIGHT // 8, WIDTH // 8, 3), dtype=np.uint8)
    picture = cv2.resize(coarse, (WIDTH, HEIGHT))
    return (np.ascontiguousarray(np.roll(picture, 2 * number, axis=1)) for number in range(FRAMES))


def write_video(path: Path) -> None:
    """A small video in the container that the ending names."""
    codec, pixel_format = {
        ".mkv": ("libx264rgb", "rgb24"),
        ".avi": ("mpeg4", "yuv420p"),
        ".mp4": ("libx264", "yuv420p"),
        ".gif": ("gif", "rgb8"),
    }[path.suffix]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, pixel_format
        for frame in frames():
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())


def read_video(path: Path) -> None:
    """Everything that is ever asked of a video; each question is answered or refused for itself."""
    refused = [
        error
        for question in (lambda: probe(path), lambda: stream_facts(path), lambda: check_whole(path, FRAMES))
        if (error := _refusal(question)) is not None
    ]
    with open_video(path) as video:
        for frame in video.frames():
            assert frame.shape == (video.info.height, video.info.width, 3)
    if refused:
        raise refused[0]


def _refusal(question: object) -> StimulusError | None:
    try:
        question()  # type: ignore[operator]
    except StimulusError as error:
        return error
    return None


def rows(root: Path) -> tuple[Clip, Clip]:
    """A clip and its noise, their files in the set's folder."""
    made = []
    for condition in ("UCF5", "AFD5"):
        path = f"{condition.lower()}/Swing/v_Swing_g01_c01.mkv"
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        encode_lossless(root / path, frames(), 25.0)
        source = None if condition == "UCF5" else "UCF5/v_Swing_g01_c01"
        name = f"{condition}/v_Swing_g01_c01"
        sha256 = file_sha256(root / path)
        made.append(
            Clip(name, condition, "Swing", 1, "test", path, sha256, FRAMES, 25.0, WIDTH, HEIGHT, source)
        )
    return made[0], made[1]


def lay_out_set(root: Path) -> None:
    write_manifest(root, rows(root))
    write_description(root, RECIPE)


def read_set(root: Path) -> None:
    """A set, its checksums, its description, and the flow behind the noise in it."""
    stimuli = read_stimulus_set(root)
    verify_stimulus_set(stimuli)
    description = read_description(root)
    for clip in stimuli.clips:
        noise_clip_of(stimuli.path_of(clip))
        if clip.condition == "AFD5" and not description.afd101 and description.weights_sha256 is None:
            for _ in itertools.islice(source_flow(stimuli, clip), 2):
                pass


def lay_out_ucf101(root: Path) -> None:
    for number, split in enumerate(("train", "test")):
        path = root / f"Swing/v_Swing_g0{8 - number}_c01.avi"
        path.parent.mkdir(exist_ok=True)
        path.touch()
        lists = root / "splits" / f"{split}list01.txt"
        lists.parent.mkdir(exist_ok=True)
        lists.write_text(f"Swing/{path.name} 89\n", encoding="ascii")


def lay_out_unfinished(root: Path) -> None:
    with suppress(KeyboardInterrupt), unfinished_folder(root / "set", RECIPE) as space:
        clips = rows(space.set_folder)
        space.keep_levels(NoiseLevels((100.0,) * 3, (40.0,) * 3))
        space.record("Swing", Made(clips=clips, identity="x", software=_software(root)))
        raise KeyboardInterrupt


def _software(root: Path):
    write_description(root, RECIPE)
    software = read_description(root).software
    (root / "stimulus_set.json").unlink()
    return software


def go_on_building(root: Path) -> None:
    with unfinished_folder(root / "set", RECIPE) as space:
        space.levels()
        space.recorded("Swing")


def flows() -> list[Flow]:
    rng = np.random.default_rng(1)
    return [rng.normal(0, 2, (HEIGHT, WIDTH, 2)).astype(np.float32) for _ in range(3)]


def read_flows(folder: Path) -> None:
    cache = FlowCache(folder, spared_bytes=0)
    for got, made in zip(cache.flows("key", 3, lambda: iter(flows())), flows(), strict=True):
        assert got.shape == made.shape
        assert got.dtype == made.dtype


def save_weights(folder: Path) -> None:
    torch = pytest.importorskip("torch", reason="needs torch, which the extra `models` brings")
    from safetensors.torch import save_file

    tensors = {"conv.weight": torch.ones(4, 3, 2), "conv.bias": torch.zeros(4)}
    torch.save({"model_state": tensors, "epoch": 3}, folder / "w.pyth")
    save_file(tensors, folder / "w.safetensors")


def read_weights(folder: Path) -> None:
    from stimuli.weights_file import read_tensors

    for name in ("w.pyth", "w.safetensors"):
        for tensor in read_tensors(folder / name).values():
            assert tensor.device.type == "cpu"


READERS = (
    *(
        Reader(
            f"{ending} video",
            lambda folder, ending=ending: write_video(folder / f"clip.{ending}"),
            {f"clip.{ending}": spoilt_bytes},
            lambda folder, ending=ending: read_video(folder / f"clip.{ending}"),
            StimulusError,
        )
        for ending in ("mkv", "avi", "mp4", "gif")
    ),
    Reader(
        "stimulus set",
        lay_out_set,
        {"manifest.tsv": spoilt_table(), "stimulus_set.json": spoilt_json},
        read_set,
        StimulusError,
    ),
    Reader(
        "lists of UCF101",
        lay_out_ucf101,
        {f"splits/{split}list01.txt": spoilt_table(" ") for split in ("train", "test")},
        lambda folder: select_ucf101(Ucf101(folder, folder / "splits", actions=("Swing",))),
        StimulusError,
    ),
    Reader(
        "unfinished build",
        lay_out_unfinished,
        {f".set.unfinished/{name}.json": spoilt_json for name in ("recipe", "levels", "done/Swing")},
        go_on_building,
        StimulusError,
        changes=True,
    ),
    Reader(
        "flow cache",
        read_flows,
        {f"key{SUFFIX}": spoilt_zip},
        read_flows,
        (),
        changes=True,
    ),
    Reader(
        "weights",
        save_weights,
        {"w.pyth": spoilt_zip, "w.safetensors": spoilt_safetensors},
        read_weights,
        StimulusError,
    ),
)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_spoilt_files_are_read_or_refused(reader: Reader, tmp_path: Path) -> None:
    fuzz(reader, prepared(reader, tmp_path), 1, max(2, QUICK_EXAMPLES // reader.weight))


@pytest.mark.campaign
@pytest.mark.timeout(2 * CAMPAIGN_S + 300)
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_spoilt_files_are_read_or_refused_at_length(reader: Reader, tmp_path: Path) -> None:
    assert campaign(reader, prepared(reader, tmp_path), CAMPAIGN_S) > 0
