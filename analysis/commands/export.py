"""``python -m analysis export``: an anonymised BIDS data set, and the report on what it discloses."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from analysis.collection import Allowed, Collection, collect
from analysis.commands.data_options import AllowPilot, AllowSimulated, AllowUnfinished, announced
from analysis.errors import AnalysisError

_Out = Annotated[
    Path, typer.Option("-o", "--output", help="A new or empty folder.", metavar="OUT", show_default=False)
]


def export(
    data: Annotated[
        list[Path],
        typer.Argument(metavar="DATA...", help="Data folders or session folders.", show_default=False),
    ],
    output: _Out,
    min_group: Annotated[
        int,
        typer.Option(min=2, help="So many participants share every combination of answers others may know."),
    ] = 3,
    keep_key: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Keep a key from labels to codes, for its owner only; the data are then pseudonymised.",
        ),
    ] = None,
    remarks: Annotated[
        bool, typer.Option("--remarks", help="Free remarks too, after a person has passed each of them.")
    ] = False,
    aggregate: Annotated[
        bool, typer.Option("--aggregate", help="Group figures only: no rows of trials or participants.")
    ] = False,
    stimuli: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the stimulus set is now, for the checksums of its clips."),
    ] = None,
    allow_simulated: AllowSimulated = False,
    allow_pilot: AllowPilot = False,
    allow_unfinished: AllowUnfinished = False,
) -> None:
    """Write an anonymised data set in the BIDS standard.

    It is validated and searched for whatever could name a participant before anything is published;
    disclosure_report.html beside it says what it still discloses (docs/export.md). Needs the extra `export`.

    \b
    For example:
      python -m analysis export data -o shared/export
      python -m analysis export data -o shared/figures --aggregate
    """
    # Late: reading pandas, the measures and their figures is not for every command to wait for.
    from analysis.export.data_set import Choices
    from analysis.export.exporting import Places
    from analysis.export.exporting import export as export_collection
    from analysis.export.key_file import refuse_key_place
    from analysis.export.publishing import refuse_unusable, unfinished_before
    from analysis.export.remarks_table import passed_remarks
    from analysis.export.validation import validator_path

    validator = validator_path()
    refuse_unusable(output, tuple(data))
    for left in unfinished_before(output):
        print(f"note: {left} is half an export that was ended; delete it unless one runs", file=sys.stderr)
    if keep_key is not None:
        refuse_key_place(keep_key, output, data)
    allowed = Allowed(allow_simulated, allow_pilot, allow_unfinished)
    collection = announced(_sessions(data, allowed))
    choices = Choices(
        min_group=min_group,
        aggregate=aggregate,
        keeps_key=keep_key is not None,
        remarks=passed_remarks(collection, output) if remarks and not aggregate else None,
    )
    places = Places(tuple(data), output, validator, keep_key, stimuli)
    exported = export_collection(collection, places, choices)
    in_vain = [what for what, asked in (("remarks", remarks), ("key", keep_key is not None)) if asked]
    notes = list(exported.data_set.notes)
    if in_vain and exported.data_set.aggregated:
        notes.append(f"No {' and no '.join(in_vain)} written: group figures bear no labels.")
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
    for issue in exported.issues:
        print(f"bids-validator: {issue.sentence}", file=sys.stderr)
    if exported.earlier_report:
        print(f"note: {exported.earlier_report} is now the report of the export before", file=sys.stderr)
    print("bids-validator: no errors" + ("" if exported.issues else ", no warnings"))
    scan = exported.scan
    print(
        f"leak scan: {scan.files} files, {scan.bytes_read} bytes, {scan.identifiers} identifying values, "
        f"none found"
    )
    if scan.ambiguous:
        kinds = ", ".join(sorted({leak.kind for leak in scan.ambiguous}))
        fields = len({leak.place for leak in scan.ambiguous})
        print(
            f"note: {fields} fields hold what may be an identifying value, but is also a word or a count of "
            f"the data set ({kinds}); the disclosure report says where",
            file=sys.stderr,
        )
    what = "group figures of" if exported.data_set.aggregated else "sessions of"
    print(f"{output}: {what} {len(exported.data_set.labels)} participants")


def _sessions(data: list[Path], allowed: Allowed) -> Collection:
    for path in data:
        if not path.is_dir():
            raise AnalysisError(f"{path}: an export is made of data folders or session folders; this is none")
    return collect(data, allowed, "sessions")
