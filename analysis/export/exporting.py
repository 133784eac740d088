"""Data folders -> a published data set and the disclosure report beside it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from analysis.collection import Collection
from analysis.errors import AnalysisError
from analysis.export.data_set import Choices, DataSet, build_data_set
from analysis.export.disclosure.disclosure_page import write_disclosure_report
from analysis.export.disclosure.identifiers import codes_not_among, identifying_values
from analysis.export.disclosure.leak_scan import LeakScan, scan_folder
from analysis.export.key_file import write_key
from analysis.export.publishing import CONSTANT_TIME_S, publish
from analysis.export.reporting import account_of, put_aside, report_path
from analysis.export.source_folders import source_folders
from analysis.export.validation import Issue, validate
from analysis.report.thumbnails import reachable_set
from stimuli.errors import StimulusError, reason_of
from stimuli.manifest import StimulusSet, read_stimulus_set

_SHOWN_LEAKS = 10


@dataclass(frozen=True)
class Places:
    """Where an export reads and writes. ``data`` are the sources, ``key`` is where the key goes, if one is
    kept; ``stimuli`` is where the stimulus set is now, if it has been moved; ``validator`` is the program.
    """

    data: tuple[Path, ...]
    out: Path
    validator: Path
    key: Path | None = None
    stimuli: Path | None = None


@dataclass(frozen=True)
class Exported:
    """What was published, what the validator said of it (no errors), and what the search for leaks read.

    ``earlier_report`` is where the report of an earlier export is now that lay in the place of this one's.
    """

    data_set: DataSet
    issues: tuple[Issue, ...]
    scan: LeakScan
    earlier_report: Path | None = None


def export(collection: Collection, places: Places, choices: Choices) -> Exported:
    """Build, check and publish; whatever is wrong, nothing of it stays but a report that tells of leaks.

    The report of an earlier export beside ``out`` is kept under another name. Report and key are written when
    all checks are through: what is killed before leaves neither.

    Raises
    ------
    AnalysisError
        Where the sessions do not go into one data set, a check finds something, or something cannot be
        written.
    """
    data_set = build_data_set(collection, choices, _stimuli(collection, places))
    issues: list[Issue] = []
    scans: list[LeakScan] = []
    earlier: list[Path] = []
    keys: list[Path] = []
    report = report_path(places.out)
    key = places.key if not data_set.aggregated else None

    def check(folder: Path) -> None:
        issues.extend(_validated(folder, places.validator))
        scans.append(_scanned(folder, collection, places, choices, data_set))
        said = [issue.sentence for issue in issues]
        account = account_of(collection, data_set, choices, scans[0], said, places.out.absolute().name)
        earlier.extend(put_aside(report))
        write_disclosure_report(report, account)
        _refuse_leaks(scans[0], report)
        if key is not None:
            write_key(key, data_set.labels)
            keys.append(key)

    try:
        publish(data_set.files, places.out, check)
    except BaseException:
        for written in keys:
            written.unlink(missing_ok=True)
        if scans and not scans[0].leaks:
            _take_back(report, earlier)
        raise
    return Exported(data_set, tuple(issues), scans[0], earlier[0] if earlier else None)


def _take_back(report: Path, earlier: Sequence[Path]) -> None:
    """Away with the report of an export that was not published; the one before it has its name again."""
    # What made the export fail (a full disk, a folder taken away) can make this fail, too, and is told first.
    with suppress(OSError):
        report.unlink(missing_ok=True)
        for before in earlier:
            before.rename(report)


def _validated(folder: Path, validator: Path) -> tuple[Issue, ...]:
    found = validate(folder, validator)
    if errors := [issue.sentence for issue in found if issue.severity == "error"]:
        raise AnalysisError(f"nothing was exported: the validator found {'; '.join(errors)}")
    return found


def _scanned(
    folder: Path, collection: Collection, places: Places, choices: Choices, data_set: DataSet
) -> LeakScan:
    passed = (choices.remarks or {}).values()
    try:
        identifiers = identifying_values(source_folders(places.data), passed)
    except OSError as error:
        raise AnalysisError(
            f"{error.filename} cannot be read ({reason_of(error)}), and nothing is exported unchecked"
        ) from error
    # The search reads the folders for itself; what of the sessions it has not met, it cannot look for.
    if missed := codes_not_among(identifiers, [session.observer for session in collection.sessions]):
        raise AnalysisError(
            f"nothing was exported: the search for leaks met no file of {missed[0]} in "
            f"{', '.join(map(str, places.data))}, where the session was read; keep session folders there, "
            f"not links"
        )
    return scan_folder(
        folder,
        identifiers,
        vocabulary=data_set.vocabulary,
        numeric_columns=data_set.numeric_columns,
        file_time_s=CONSTANT_TIME_S,
    )


def _refuse_leaks(scan: LeakScan, report: Path) -> None:
    if scan.leaks:
        places = list(dict.fromkeys(map(str, scan.leaks)))
        shown = "; ".join(places[:_SHOWN_LEAKS])
        more = f" and {len(places) - _SHOWN_LEAKS} more" if len(places) > _SHOWN_LEAKS else ""
        raise AnalysisError(
            f"nothing was exported: identifying values were found in it ({report} tells all): {shown}{more}"
        )


def _stimuli(collection: Collection, places: Places) -> StimulusSet | None:
    """The set that the sessions used: where the steward says it is, or where the sessions found it."""
    if places.stimuli is None:
        found = reachable_set(collection.facts)
        return None if isinstance(found, str) else found
    try:
        stimuli = read_stimulus_set(places.stimuli)
    except StimulusError as error:
        raise AnalysisError(str(error)) from error
    if stimuli.sha256 not in {facts.manifest_sha256 for facts in collection.facts}:
        raise AnalysisError(
            f"--stimuli {places.stimuli}: no session used this set; its manifest has another checksum"
        )
    return stimuli
