"""``python -m analysis control``: a control experiment of the study, trained and tested."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from analysis.models.devices import DeviceName, Precision


def control(
    name: Annotated[
        str,
        typer.Argument(
            metavar="CONTROL", help="single-frame, rgb-twice, x3d-ablation or x3d-ablation-small."
        ),
    ],
    stimuli: Annotated[Path, typer.Option(help="The stimulus set.", show_default=False)],
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write.", show_default=False)],
    epochs: Annotated[int, typer.Option(min=1, help="At most so many for each network.")] = 100,
    patience: Annotated[int, typer.Option(min=1, help="As in `train`.")] = 20,
    stage_epochs: Annotated[int, typer.Option(min=1, help="As in `train`.")] = 20,
    batch: Annotated[int, typer.Option(min=1, help="Clips of one step of training.")] = 16,
    seed: Annotated[int, typer.Option(help="As in `train`.")] = 0,
    flow: Annotated[str, typer.Option(help="How flow is got, as in `train`.")] = "dis-blurred",
    device: Annotated[DeviceName, typer.Option(help="Where the networks run.")] = "auto",
    precision: Annotated[Precision, typer.Option(help="Of their arithmetic; `bf16`: mixed.")] = "fp32",
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Threads that read clips.", show_default="one per core for a GPU, else 1"),
    ] = None,
) -> None:
    """Train and test the networks of a control experiment.

    The folder gets one table of accuracies on test clips, and weights, cards and predictions. What is
    finished is kept: the same command goes on after an interruption.

    \b
    For example, on a CPU:
      python -m analysis control x3d-ablation-small -o controls/small \\
        --stimuli stimulus_sets/drawn --epochs 12 --stage-epochs 3 --patience 3
    """
    # Late, since a command line without torch must load.
    from analysis.models.controls import RESULT, ControlRequest, run_control
    from stimuli.progress import progress_bars

    numbers: dict[str, int | float | str] = {
        "epochs": epochs,
        "patience": patience,
        "stage_epochs": stage_epochs,
        "batch": batch,
        "seed": seed,
    }
    request = ControlRequest(name, stimuli, output, flow, device, precision, workers, numbers)
    with progress_bars() as on_progress:
        table = run_control(request, on_progress, lambda text: print(f"note: {text}", file=sys.stderr))
    for row in table.to_dict("records"):
        print(
            f"{row['model']} on {row['condition']}: {row['accuracy']:.1%}, 95 % interval "
            f"{row['low']:.1%} to {row['high']:.1%}"
        )
    print(f"{output / RESULT}: {len(table)} networks")
