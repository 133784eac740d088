"""``python -m analysis train``: a network learns from the training clips of a stimulus set."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from analysis.models.devices import DeviceName, Precision, require_torch
from stimuli.progress import progress_bars

Learnt = Literal["UCF5", "AFD5", "both"]


def train(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A name that `predict --list` shows.")],
    stimuli: Annotated[Path, typer.Option(help="The stimulus set.", show_default=False)],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The .safetensors file to write.", show_default=False)
    ],
    condition: Annotated[Learnt, typer.Option(help="Which clips to learn from.")] = "UCF5",
    device: Annotated[DeviceName, typer.Option(help="`auto` takes a GPU where there is one.")] = "auto",
    precision: Annotated[Precision, typer.Option(help="`bf16`: mixed precision.")] = "fp32",
    batch: Annotated[int, typer.Option(help="Clips in a step of training, all GPUs together.")] = 16,
    epochs: Annotated[int, typer.Option(help="So many epochs at most.")] = 100,
    patience: Annotated[
        int, typer.Option(help="Stop after so many epochs in which validation got no better.")
    ] = 20,
    stage_epochs: Annotated[
        int, typer.Option(help="Augmentation weakens after so many epochs, four times, to none.")
    ] = 20,
    learning_rate: Annotated[float, typer.Option(help="Constant, of Adam.")] = 3e-4,
    seed: Annotated[int, typer.Option(help="Decides weights, validation groups, order and variation.")] = 0,
    flow: Annotated[
        str | None,
        typer.Option(
            help="How flow is got: dis, dis-blurred, farneback, farneback-blurred, raft-small, raft-small-x2,"
            " raft-large; `exact`, of drawn clips; `oracle`, that of the source, also for appearance-free"
            " clips.",
            show_default="dis-blurred",
        ),
    ] = None,
    flow_weights: Annotated[
        Path | None, typer.Option(help="The file of RAFT's weights, where the flow is RAFT's.")
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option("--from", help="Weights to start from, of this network with any number of classes."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Threads that read and vary clips.",
            show_default="one per core for a GPU, else 1",
        ),
    ] = None,
    cache: Annotated[
        Path | None, typer.Option(help="Folder for clips made small.", show_default="the user's cache")
    ] = None,
) -> None:
    """Train a network on the training clips of a stimulus set.

    Groups of them are held out to know when to stop; test clips are never looked at. Beside the weights lie
    their card (.json) and the course of the training (.log.csv). A training that was interrupted goes on
    when the same command is given again.

    \b
    For example, a network that a CPU can train, on drawn clips:
      python -m stimuli build synthetic -o stimulus_sets/drawn
      python -m analysis train e2s-x3d-small --stimuli stimulus_sets/drawn \\
        --condition AFD5 -o weights/e2s-afd5.safetensors

    \b
    With several GPUs, of which N are to be used:
      torchrun --nproc-per-node N -m analysis train ...
    """
    require_torch("Training")
    from analysis.models.flow_sources import DEFAULT_FLOW, FlowSource, refuse_unseen_flow
    from analysis.models.training_run import TrainingRequest, run_training
    from analysis.models.zoo import model_spec

    refuse_unseen_flow(model_spec(model), flow, flow_weights)
    request = TrainingRequest(
        model=model,
        stimuli=stimuli,
        out=output,
        conditions=("UCF5", "AFD5") if condition == "both" else (condition,),
        flow=FlowSource(flow or DEFAULT_FLOW, flow_weights),
        start=start,
        device=device,
        readers=workers,
        cache_folder=cache,
        numbers={
            "batch": batch,
            "epochs": epochs,
            "patience": patience,
            "stage_epochs": stage_epochs,
            "learning_rate": learning_rate,
            "seed": seed,
            "precision": precision,
        },
    )
    with progress_bars() as on_progress:
        trained = run_training(request, on_progress, lambda text: print(f"note: {text}", file=sys.stderr))
    if not trained.is_first:
        return
    metrics = trained.card.metrics
    print(
        f"{trained.weights}: {trained.epochs} epochs; epoch {metrics['best epoch']:.0f} is kept, with "
        f"{metrics['validation accuracy']:.1%} of the validation clips right"
    )
