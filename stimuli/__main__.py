"""The command line: `python -m stimuli build|verify|audit|preview`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from stimuli.audit.command import audit
from stimuli.build_command import build
from stimuli.errors import StimulusError, on_one_line
from stimuli.manifest import MANIFEST_NAME, read_stimulus_set, verify_stimulus_set
from stimuli.preview_command import preview
from stimuli.progress import progress_bars

# Plain help: in boxes, 80 columns cut the names of options short.
app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
)
app.add_typer(build, name="build")
app.command()(audit)
app.command()(preview)


@app.callback()
def main() -> None:
    """Make stimulus sets of clips, look at them, and prove what is in them (docs/stimuli.md).

    \b
    For example, a small set of drawn clips:
      python -m stimuli build synthetic -o stimulus_sets/small --per-class 6
      python -m stimuli verify stimulus_sets/small
    """


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="Folder of the stimulus set.")],
) -> None:
    """Compare every clip with its checksum.

    Exit status 1 and a list where any differs.

    \b
    For example:
      python -m stimuli verify stimulus_sets/small
    """
    stimulus_set = read_stimulus_set(folder)
    with progress_bars() as on_progress:
        mismatches = verify_stimulus_set(stimulus_set, lambda done, total: on_progress("verify", done, total))
    for mismatch in mismatches:
        print(mismatch)
    if mismatches:
        print(
            f"{len(mismatches)} of {len(stimulus_set.clips)} clips in {folder} differ from {MANIFEST_NAME}."
        )
        raise typer.Exit(1)
    print(f"{len(stimulus_set.clips)} clips in {folder} agree with {MANIFEST_NAME}.")


def run() -> None:
    """The entry point: what cannot be used is one sentence on stderr and exit status 2."""
    try:
        app()
    except StimulusError as error:
        print(on_one_line(error), file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    run()
