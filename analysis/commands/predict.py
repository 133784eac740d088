"""``python -m analysis predict``: a model answers the clips of a stimulus set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analysis.errors import AnalysisError
from analysis.models.clip_choice import SplitChoice
from analysis.models.devices import DeviceName, Precision


def predict(
    model: Annotated[
        str | None,
        typer.Argument(
            metavar="MODEL",
            help="A network by name (see --list); with --entry-point, what to call it in tables.",
            show_default=False,
        ),
    ] = None,
    list_models: Annotated[
        bool, typer.Option("--list", help="Show all networks with parameters and FLOPs, and end.")
    ] = False,
    stimuli: Annotated[Path | None, typer.Option(help="The stimulus set.", show_default=False)] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="PREDICTIONS.tsv", help="The table.", show_default=False),
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option(help="Trained weights, .safetensors or torch's own format.", show_default=False),
    ] = None,
    actions: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,...", help="The outputs of weights that have no card, in order.", show_default=False
        ),
    ] = None,
    entry_point: Annotated[
        str | None,
        typer.Option(
            metavar="package.module:function", help="Any other model, as a function.", show_default=False
        ),
    ] = None,
    condition: Annotated[str, typer.Option(help="A condition of the set, or both.")] = "both",
    split: Annotated[SplitChoice, typer.Option(help="Which clips of the set.")] = "test",
    flow: Annotated[
        str | None,
        typer.Option(
            help="Where a stream of flow gets it: an estimator (dis-blurred, farneback-blurred, ...), exact, "
            "or oracle.",
            show_default="what the weights learnt from",
        ),
    ] = None,
    flow_weights: Annotated[
        Path | None, typer.Option(help="Weights of RAFT, where the flow is RAFT's.", show_default=False)
    ] = None,
    views: Annotated[int, typer.Option(min=1, help="Temporal views of each clip, averaged.")] = 1,
    run: Annotated[int, typer.Option(min=1, help="Number of the run, where a model has several.")] = 1,
    device: Annotated[DeviceName, typer.Option(help="Where the network runs.")] = "auto",
    precision: Annotated[
        Precision, typer.Option(help="Of the arithmetic; `bf16`: mixed precision.")
    ] = "fp32",
    batch: Annotated[
        int | None,
        typer.Option(min=1, help="Looks at a time.", show_default="32 on a GPU, 4 on a CPU"),
    ] = None,
    compiled: Annotated[
        bool, typer.Option("--compile", help="Compile the network first; pays for thousands of clips.")
    ] = False,
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="Threads that decode.", show_default="one per core for a GPU, else 1"),
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Spread the clips over a Dask cluster.", show_default=False),
    ] = None,
) -> None:
    """Let a model answer the clips of a stimulus set.

    Its answers are a trial table with a probability for every action; a record lies beside it. A run that
    was interrupted goes on when the same command is given again; a table that other options or weights
    have made is not written over.

    \b
    For example, all networks; a function of your own; a network from `train`:
      python -m analysis predict --list
      python -m analysis predict "Vertical motion" --stimuli stimulus_sets/small \\
        --entry-point docs.examples.vertical_motion:answer -o vertical.tsv
      python -m analysis predict e2s-x3d-small --stimuli stimulus_sets/drawn \\
        --weights weights/e2s-afd5.safetensors -o e2s-afd5.tsv

    \b
    Beside people, in a report:
      python -m analysis report data --predictions vertical.tsv -o report
    """
    from stimuli.progress import progress_bars

    if list_models:
        from analysis.models.zoo_listing import model_list

        print(model_list(), end="")
        return
    missing = [
        name
        for name, given in (("MODEL", model), ("--stimuli DIR", stimuli), ("-o PREDICTIONS.tsv", output))
        if given is None
    ]
    if model is None or stimuli is None or output is None:
        raise AnalysisError(f"predict needs {', '.join(missing)}; predict --list shows the networks")
    # After --list, which must not wait for all that an answer takes.
    from analysis.models.prediction_run import Means, Question, Source
    from analysis.models.prediction_run import predict as run_predictions

    names = tuple(name.strip() for name in actions.split(",")) if actions else ()
    with progress_bars() as on_progress:
        record = run_predictions(
            Source(model, weights, entry_point, names, flow, flow_weights),
            Question(stimuli, condition, split, views, run),
            Means(device, precision, batch, compiled, threads, dask),
            output,
            on_progress,
        )
    done = record.computing
    where = f" on {done.device}" if record.weights_sha256 else ""
    print(
        f"{output}: {record.observer} answered {record.clips} clips; {done.clips} of them now, "
        f"{done.clips_per_s:.1f} a second{where}"
    )
