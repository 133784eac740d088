from __future__ import annotations

import csv
import itertools
import math
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch
from safetensors.torch import load_file

from analysis.errors import AnalysisError
from analysis.models import clip_cache
from analysis.models.distributed import Processes
from analysis.models.flow_sources import FlowSource
from analysis.models.model_card import Card, card_path
from analysis.models.network_weights import load_weights
from analysis.models.training_log import log_path
from analysis.models.training_plan import TrainingPlan
from analysis.models.training_state import state_path
from stimuli.manifest import StimulusSet
from tests.analysis.models import tiny_training
from tests.analysis.models.small_set import small_set
from tests.analysis.models.tiny_training import TinyNetwork, train

GROUPS = {1: "test"} | dict.fromkeys(range(8, 15), "train")
pytestmark = pytest.mark.usefixtures("tiny_networks")


@pytest.fixture(scope="module")
def stimuli(tmp_path_factory: pytest.TempPathFactory) -> StimulusSet:
    """Two actions: stripes that move by one or by two pixels a frame; seven training groups of each."""
    return small_set(tmp_path_factory.mktemp("set"), groups=GROUPS)


def in_process(repository: Path, *arguments: object, launcher: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    module = "tests.analysis.models.tiny_training"
    return subprocess.Popen(
        [sys.executable, *launcher, "-m", module, *map(str, arguments)],
        cwd=repository,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_training_leaves_weights_a_card_and_a_log(tmp_path: Path, stimuli: StimulusSet) -> None:
    out = tmp_path / "tiny.safetensors"
    trained = train(stimuli.root, out)
    assert trained.epochs == 3
    card = Card.model_validate_json(card_path(out).read_text())
    assert load_weights(TinyNetwork(2), out, classes=2).card == card
    assert card.actions == ("Lunges", "Swing")
    assert card.manifest_sha256 == stimuli.sha256
    held_out = set(card.configuration["validation_clip_ids"])  # type: ignore[arg-type]
    learnt = set(card.training_clip_ids)
    train_clips = {c.clip_id for c in stimuli.clips if c.split == "train" and c.condition == "UCF5"}
    assert learnt | held_out == train_clips
    assert not learnt & held_out
    with log_path(out).open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert [float(row["strength"]) for row in rows] == [1.0, 0.75, 0.5]
    best = max(rows, key=lambda row: (float(row["validation_accuracy"]), -float(row["validation_loss"])))
    assert float(best["validation_loss"]) == pytest.approx(card.metrics["validation loss"], abs=1e-5)
    assert int(best["epoch"]) == card.metrics["best epoch"]
    assert not state_path(out).exists()


def test_a_network_learns_what_is_there_to_learn(tmp_path: Path, stimuli: StimulusSet) -> None:
    numbers = {"epochs": 30, "learning_rate": 0.01, "batch": 4, "stage_epochs": 4, "patience": 30}
    card = train(stimuli.root, tmp_path / "tiny.safetensors", numbers=numbers).card
    assert card.metrics["training loss"] < 0.6 < math.log(2)
    assert card.metrics["validation accuracy"] == 1.0


def test_a_run_can_be_repeated_and_a_seed_makes_another(tmp_path: Path, stimuli: StimulusSet) -> None:
    weights = []
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        out = tmp_path / f"{name}.safetensors"
        train(stimuli.root, out, numbers={"seed": seed, "epochs": 1}, readers=1 + (name == "b"))
        weights.append(out.read_bytes())
    assert weights[0] == weights[1] != weights[2]


def test_a_kill_in_the_middle_of_an_epoch_changes_no_weight(
    tmp_path: Path, stimuli: StimulusSet, repository: Path
) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        whole = tmp_path / "whole.safetensors"
        train(stimuli.root, whole)
    finally:
        torch.set_num_threads(threads)
    out = tmp_path / "killed.safetensors"
    # Each epoch has four steps: the sixth is the second of the second epoch.
    killed = in_process(repository, stimuli.root, out, 6)
    killed.communicate(timeout=120)
    assert killed.returncode == -signal.SIGKILL
    assert state_path(out).exists()
    assert not out.exists()
    resumed = in_process(repository, stimuli.root, out)
    _, said = resumed.communicate(timeout=120)
    assert resumed.returncode == 0, said
    assert "going on with epoch 2" in said
    assert out.read_bytes() == whole.read_bytes()
    courses = []
    for path in (out, whole):
        with log_path(path).open() as file:
            courses.append([[row["train_loss"], row["validation_loss"]] for row in csv.DictReader(file)])
    assert courses[0] == courses[1]


def test_the_state_of_another_training_is_not_gone_on_with(tmp_path: Path, stimuli: StimulusSet) -> None:
    out = tmp_path / "tiny.safetensors"

    def stop(stage: str, done: int, *_: int) -> None:
        if stage == "epoch 2":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(stimuli.root, out, stop)
    with pytest.raises(
        AnalysisError, match=r"of another training: batch is 3 instead of 4; remove .*unfinished"
    ):
        train(stimuli.root, out, numbers={"batch": 4})
    state_path(out).write_bytes(b"torn")
    with pytest.raises(AnalysisError, match="no state of a training, or damaged"):
        train(stimuli.root, out)


def test_two_processes_train_one_network(tmp_path: Path, stimuli: StimulusSet, repository: Path) -> None:
    out = tmp_path / "two.safetensors"
    launcher = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
    run = in_process(repository, stimuli.root, out, launcher=launcher)
    printed, said = run.communicate(timeout=200)
    assert run.returncode == 0, said
    assert printed.split() == ["trained"], "one of them speaks for both"
    card = load_weights(TinyNetwork(2), out, classes=2).card
    assert card is not None
    assert card.configuration["processes"] == 2
    with log_path(out).open() as file:
        assert len(list(csv.DictReader(file))) == 3
    # One process sees the same clips, in the same batches; only normalisation and dropout are by process.
    train(stimuli.root, alone := tmp_path / "one.safetensors")
    one, two = load_file(alone), load_file(out)
    drift = max(float((one[name].float() - two[name].float()).abs().max()) for name in one)
    assert 0 < drift < 0.05


def test_more_processes_than_clips_in_a_step_are_refused(
    tmp_path: Path, stimuli: StimulusSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def eight(_: str) -> Iterator[Processes]:
        yield Processes(8)

    monkeypatch.setattr(tiny_training.training_run, "processes_here", eight)
    with pytest.raises(AnalysisError, match="A step of 3 clips cannot be shared by 8 processes"):
        train(stimuli.root, tmp_path / "out" / "tiny.safetensors")
    assert list(tmp_path.iterdir()) == []


def test_training_stops_when_validation_gets_no_better(tmp_path: Path, stimuli: StimulusSet) -> None:
    numbers = {"epochs": 50, "patience": 2, "learning_rate": 1.0}
    trained = train(stimuli.root, tmp_path / "tiny.safetensors", numbers=numbers)
    assert trained.epochs < 50
    assert trained.epochs == trained.card.metrics["best epoch"] + 2


def test_out_of_memory_halves_what_goes_through_at_once_and_says_so_once(
    tmp_path: Path, stimuli: StimulusSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    def small(network: TinyNetwork, rgb: torch.Tensor, flow: torch.Tensor) -> torch.Tensor:
        sizes.append(len(rgb))
        if len(rgb) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return forward(network, rgb, flow)

    forward = TinyNetwork.forward
    monkeypatch.setattr(TinyNetwork, "forward", small)
    said: list[str] = []
    request = tiny_training.request(
        stimuli.root, tmp_path / "tiny.safetensors", numbers={"batch": 8, "epochs": 2}
    )
    tiny_training.training_run.run_training(request, lambda *_: None, said.append)
    assert max(sizes) == 8
    assert sizes.count(8) == 1
    assert sizes.count(4) == 1
    assert len([text for text in said if "parts of half" in text]) == 1


def test_a_gpu_without_room_for_one_clip_is_told(
    tmp_path: Path, stimuli: StimulusSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(TinyNetwork, "forward", full)
    with pytest.raises(AnalysisError, match="too small for 1 clips at once"):
        train(stimuli.root, tmp_path / "tiny.safetensors")


def test_mixed_precision_trains(tmp_path: Path, stimuli: StimulusSet) -> None:
    out = tmp_path / "tiny.safetensors"
    card = train(stimuli.root, out, numbers={"precision": "bf16", "epochs": 1}).card
    assert card.configuration["precision"] == "bf16"
    assert {tensor.dtype for tensor in load_file(out).values()} == {torch.float32, torch.int64}


def test_a_network_for_single_pictures_trains(tmp_path: Path, stimuli: StimulusSet) -> None:
    out = tmp_path / "picture.safetensors"
    numbers = {"epochs": 1}
    assert train(stimuli.root, out, model="tiny-picture", numbers=numbers).card.model == "tiny-picture"


def test_noise_is_learnt_with_flow_from_noise_or_the_oracle_but_not_exact_flow(
    tmp_path: Path, stimuli: StimulusSet
) -> None:
    with pytest.raises(AnalysisError, match="exact flow of AFD5/v_Lunges_g08_c01"):
        train(stimuli.root, tmp_path / "x.safetensors", conditions=("AFD5",), flow=FlowSource("exact"))
    card = train(
        stimuli.root, tmp_path / "y.safetensors", conditions=("UCF5", "AFD5"), numbers={"epochs": 1}
    ).card
    assert card.conditions == ("UCF5", "AFD5")
    assert card.configuration["flow_name"] == "dis"
    assert {name[:4] for name in card.training_clip_ids} == {"UCF5", "AFD5"}


def test_nothing_is_overwritten(tmp_path: Path, stimuli: StimulusSet) -> None:
    (out := tmp_path / "tiny.safetensors").write_bytes(b"precious")
    with pytest.raises(AnalysisError, match=r"tiny\.safetensors exists; remove it"):
        train(stimuli.root, out)
    with pytest.raises(AnalysisError, match=r"weights are saved as \.safetensors"):
        train(stimuli.root, tmp_path / "tiny.pt")
    assert out.read_bytes() == b"precious"


def test_a_loss_that_is_no_number_ends_the_training(
    tmp_path: Path, stimuli: StimulusSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overflown(network: TinyNetwork, rgb: torch.Tensor, flow: torch.Tensor) -> torch.Tensor:
        return forward(network, rgb, flow) * float("inf")

    forward = TinyNetwork.forward
    monkeypatch.setattr(TinyNetwork, "forward", overflown)
    with pytest.raises(AnalysisError, match="loss is no number in epoch 1"):
        train(stimuli.root, tmp_path / "tiny.safetensors")


def test_every_clip_is_seen_once_an_epoch_in_an_order_of_its_own() -> None:
    plan = TrainingPlan(model="tiny", conditions=("UCF5",), manifest_sha256="0", flow="none", batch=4)
    first, second = plan.batches(0, 10), plan.batches(1, 10)
    assert [len(batch) for batch in first] == [4, 4, 2]
    assert sorted(itertools.chain(*first)) == sorted(itertools.chain(*second)) == list(range(10))
    assert first != second
    assert plan.batches(0, 10) == first
    of_three = plan.model_copy(update={"processes": 3}).batches(0, 10)
    assert [len(batch) for batch in of_three] == [4, 4]  # two clips cannot be shared by three processes


def test_clips_are_kept_small_for_all_epochs(tmp_path: Path, stimuli: StimulusSet) -> None:
    train(stimuli.root, tmp_path / "tiny.safetensors", numbers={"epochs": 1})
    kept = list((tmp_path / "cache").glob(f"*{clip_cache.SUFFIX}"))
    assert len(kept) == 2 * 14
