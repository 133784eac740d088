"""Ten participants with identifiers planted wherever one can stand: none of them is in the export."""

from __future__ import annotations

import gzip
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest

from analysis.collection import Allowed, Collection, collect
from analysis.errors import AnalysisError
from analysis.export.data_set import Choices
from analysis.export.disclosure.risk import group_sizes
from analysis.export.exporting import Exported, Places, export
from analysis.export.publishing import CONSTANT_TIME_S
from analysis.export.validation import validator_path
from experiment.journal import JOURNAL_NAME, Journal
from experiment.participants import Participant, register
from experiment.protocol import read_protocol
from experiment.records import (
    SESSIONS,
    Answers,
    HeldUp,
    InputChanged,
    PhaseFinished,
    PhaseStarted,
    QuestionnaireItem,
    QuestionnairePage,
    QuestionnairePhase,
    Resumed,
    SessionFinished,
)
from tests.analysis.conftest import Recipe, write_session
from tests.experiment.material import PROTOCOLS

CODES = (
    "19900512",  # a birthday
    "Erika-Mustermann",  # a name
    "K7",  # too short to look for in texts
    "UniGraz-0815",
    "mm1984",
    "VPN-023-b",
    "huber3",
    "QX99ZT",
    "Zoe",
    "2026-003",
)
HOST, USER, SERIAL = "lab-pc-17.example.org", "erika.huber", "SN-4711-0815"
FIRST = datetime(2026, 3, 1, 9, 17, 43, 512_000, tzinfo=timezone(timedelta(hours=2)))
REMARKS = {
    0: "Greetings from Wolfgang Amadeus, reach me at wolfi@salzburg.example or +43 662 123456 😀",
    3: "שלום, אני דנה כהן",
    4: "see https://people.example.net/~mm1984 \u202egnihtyreve\u202c",
    8: "I sat next to Dagobert. He moved a lot!",
}
RARE = {0: "yes"}  # the only one with a colour vision deficiency


def questionnaire() -> QuestionnairePhase:
    """The study's own questions."""
    file = read_protocol(PROTOCOLS / "afd5.yaml").questionnaires["ilic2022"]
    pages = []
    for page in file.pages:
        items = [
            QuestionnaireItem(
                item.name,
                item.text["en"],
                file.scales[item.scale].options if item.scale else (),
                file.scales[item.scale].labels["en"] if item.scale else (),
                item.role,
            )
            for item in page.items
        ]
        pages.append(QuestionnairePage(page.name, page.heading["en"], tuple(items)))
    return QuestionnairePhase(tuple(pages))


def answers_of(number: int) -> dict[str, str]:
    """Combinations of which most are unlike any other."""
    return {
        "colour_vision_deficiency": RARE.get(number, "no"),
        "short_sighted": "yes" if number % 2 else "no",
        "owns_glasses": "yes" if number % 3 else "no",
        "wearing_correction": "yes" if number % 5 else "no",
        "sees_sharply": "no" if number == 9 else "yes",
        "familiarity_computer_vision": str(1 + number % 5),
        "familiarity_action_recognition": str(1 + (number * 7) % 5),
        **{f"difficulty_{action}": str(1 + number % 3) for action in ("JumpingJack", "Lunges", "Swing")},
        "remarks": REMARKS.get(number, ""),
    }


def plant(data: Path, number: int, code: str) -> None:
    """One session with the planted values, in the form of the program's own files."""
    recipe = Recipe(
        participant=f"P{number + 1:03d}",
        training_per_action=1,
        test_per_action=4,
        seed=number,
        finished=False,
    )
    made = write_session(data, recipe)
    record = SESSIONS.validate_json((made / "session.json").read_bytes())
    asked = questionnaire()
    seed = 2**127 + 982_451_653 * (number + 1)
    plan = replace(
        record.plan, participant=code, seed=seed, order_number=number + 1, phases=(*record.plan.phases, asked)
    )
    started = FIRST + timedelta(days=3 * number, minutes=41 * number)
    record = replace(
        record,
        participant=code,
        plan=plan,
        stimuli=f"/home/{USER}/studies/march/stimulus_sets/own",
        started_at=started.isoformat(timespec="milliseconds"),
        display=replace(record.display, screen_name=f"DELL {SERIAL}", renderer=f"GPU on {HOST}"),
        software={**record.software, "node": HOST, "system": f"Linux-6.1.0-{HOST}"},
    )
    fields = json.loads(SESSIONS.dump_json(record)) | {"hostName": HOST, "experimenter": "Dr Lydia Gruber"}
    (made / "session.json").write_text(json.dumps(fields, indent=1), "utf-8")
    place = len(plan.phases) - 1
    with Journal(made / JOURNAL_NAME) as journal:
        end = max(entry.t_s for entry in journal.entries_before)
        for event in (
            HeldUp(2.0, f"no room left on /home/{USER}/studies"),
            InputChanged("iohub", "window", f"the mouse {SERIAL} was unplugged"),
            Resumed(60.0, (), record.display, "published", (f"disk of {HOST} nearly full",)),
            PhaseStarted(place, "questionnaire", None),
            *(
                Answers(
                    place,
                    page.name,
                    {item.name: answers_of(number).get(item.name, "") for item in page.items},
                )
                for page in asked.pages
            ),
            PhaseFinished(place),
            SessionFinished(),
        ):
            journal.append(event, end)
    made.rename(made.with_name(f"{code}_01"))
    register(data, Participant(code, number + 1, "1", True, False, True))


@dataclass(frozen=True)
class Study:
    collection: Collection
    data: Path
    out: Path
    exported: Exported
    report: str


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("planted")
    data, out = folder / f"{USER} data", folder / "out"
    for number, code in enumerate(CODES):
        plant(data, number, code)
    collection = collect([data], Allowed(simulated=True), "sessions")
    exported = export(collection, Places((data,), out, validator_path()), Choices())
    report = (folder / "disclosure_report.html").read_text("utf-8")
    return Study(collection, data, out, exported, report)


def unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """A file's name and content, and those of whatever is packed in it."""
    yield name, content
    if content.startswith(b"\x1f\x8b"):
        yield from unpacked(name.removesuffix(".gz"), gzip.decompress(content))
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for inner in archive.namelist():
                yield from unpacked(inner, archive.read(inner))


def everything(out: Path) -> str:
    """Every name and every byte of an export as one text, without the scan's own code."""
    parts = []
    for path in sorted(out.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        for name, inner in unpacked(str(path.relative_to(out)), content):
            parts += [name, inner.decode("utf-8", "replace"), inner.replace(b"\x00", b"").decode("latin-1")]
    text = "\n".join(parts)
    return text + "\n" + re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)


def planted() -> list[str]:
    """What must not be found, in whatever case."""
    words = [HOST, "lab-pc-17", USER, SERIAL, "4711", "Gruber", "/home", "studies/march", "GPU on"]
    words += [code for code in CODES if len(code) >= 4] + ["Mustermann", "1990-05-12", "12.05.1990"]
    for remark in REMARKS.values():
        words += re.findall(r"[\w.@~/:+-]{7,}", remark) + re.findall(r"[֐-׿]{3,}", remark)
    words += ["wolfi", "Dagobert", "662 123456"]
    for number in range(len(CODES)):
        moment = FIRST + timedelta(days=3 * number, minutes=41 * number)
        for zone in (moment.tzinfo, timezone.utc):
            there = moment.astimezone(zone)
            words += [f"{there:%Y-%m-%d}", f"{there:%d.%m.%Y}", f"{there:%Y%m%d}", f"{there:%H:%M}"]
        words.append(str(int(moment.timestamp())))
        words.append(str(2**127 + 982_451_653 * (number + 1)))
    return words


def test_an_independent_search_finds_nothing_that_was_planted(study) -> None:
    text = everything(study.out).casefold()
    # A search that finds nothing in the source itself would prove nothing.
    source = everything(study.data).casefold()
    assert [word for word in planted() if word.casefold() in text] == []
    assert sum(word.casefold() in source for word in planted()) > 60


def test_short_codes_stand_in_no_field(study) -> None:
    for path in study.out.rglob("*.tsv"):
        table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
        assert not {"k7", "zoe"} & {cell.casefold() for column in table for cell in table[column]}, path.name


def test_the_scan_found_nothing_and_read_everything(study) -> None:
    scan = study.exported.scan
    files = [path for path in study.out.rglob("*") if path.is_file()]
    assert scan.leaks == ()
    assert (scan.files, scan.bytes_read) == (len(files), sum(path.stat().st_size for path in files))


def test_the_validator_has_nothing_to_say(study) -> None:
    assert study.exported.issues == ()


def test_rare_combinations_of_answers_are_gone(study) -> None:
    before = study.exported.data_set.generalised
    assert before is not None
    assert before.before.unique >= 5
    table = pd.read_csv(study.out / "phenotype" / "questionnaire.tsv", sep="\t", dtype=str)
    known = [name for name in table if not name.startswith(("participant", "session", "difficulty"))]
    assert group_sizes(table, known).min() >= 3
    if "colour_vision_deficiency" in table:
        assert "yes" not in set(table["colour_vision_deficiency"])


def test_the_ratings_are_all_there(study) -> None:
    table = pd.read_csv(study.out / "phenotype" / "questionnaire.tsv", sep="\t", dtype=str)
    found = table["difficulty_Swing"].value_counts().to_dict()
    assert (
        found
        == pd.Series([answers_of(number)["difficulty_Swing"] for number in range(10)])
        .value_counts()
        .to_dict()
    )


def test_every_file_has_one_time_and_the_source_is_untouched(study) -> None:
    assert {path.stat().st_mtime for path in study.out.rglob("*")} == {CONSTANT_TIME_S}
    assert len(list((study.data / "sessions").iterdir())) == 10


def test_the_report_names_nobody_and_says_who_remains_linkable(study) -> None:
    text = study.report.casefold()
    assert [word for word in planted() if len(word) > 5 and word.casefold() in text] == []
    assert "10 of 10" in study.report
    assert "Every session has a seed of 128 random bits" in study.report
    assert "4 participants wrote something. It was left out" in re.sub(r"\s+", " ", study.report)


def test_the_trials_read_back_are_those_that_were_exported(study) -> None:
    # Given what was exported, read back by label
    back = collect([study.out], Allowed(simulated=True), "export").table
    labels = study.exported.data_set.labels
    # Then every number of every trial is that of the original
    original = study.collection.table.assign(observer=study.collection.table["observer"].map(labels))
    place = ["observer", "session", "condition", "phase", "trial"]
    changed = ["onset", "pilot", "finished"]
    both = [
        table.sort_values(place).reset_index(drop=True).drop(columns=changed) for table in (back, original)
    ]
    pd.testing.assert_frame_equal(both[0], both[1][both[0].columns])
    starts = original.groupby("observer")["onset"].transform("min")
    shifted = original.assign(onset=original["onset"] - starts).sort_values(place)["onset"]
    assert abs(back.sort_values(place)["onset"].to_numpy() - shifted.to_numpy()).max() < 1e-3


def test_a_data_set_with_a_leak_is_not_published_and_the_report_says_where(
    study, tmp_path, monkeypatch
) -> None:
    # Given an export that somehow holds the name of the computer
    leaking = replace(
        study.exported.data_set, files={**study.exported.data_set.files, "NOTES": f"made on {HOST}".encode()}
    )
    monkeypatch.setattr("analysis.export.exporting.build_data_set", lambda *_: leaking)
    monkeypatch.setattr("analysis.export.exporting.validate", lambda *_: ())
    # When it is to be published, and a key to be kept
    places = Places((study.data,), tmp_path / "out", validator_path(), tmp_path / "key.tsv")
    with pytest.raises(AnalysisError, match="NOTES, text: host") as refused:
        export(study.collection, places, Choices())
    # Then nothing is, and neither the error nor the report tells the name
    assert not (tmp_path / "out").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["disclosure_report.html"]
    report = (tmp_path / "disclosure_report.html").read_text("utf-8")
    assert "Nothing was exported" in report
    assert HOST not in report + str(refused.value)


def test_an_export_that_fails_at_last_leaves_the_report_of_the_one_before(
    study, tmp_path, monkeypatch
) -> None:
    # Given the report of an earlier export, and a disk that fails once all checks are through
    (tmp_path / "disclosure_report.html").write_text("the one before")
    monkeypatch.setattr("analysis.export.exporting.build_data_set", lambda *_: study.exported.data_set)
    monkeypatch.setattr("analysis.export.exporting.validate", lambda *_: ())

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("analysis.export.publishing.flush_folder", fail)
    # When another is to be published
    places = Places((study.data,), tmp_path / "out", validator_path(), tmp_path / "key.tsv")
    with pytest.raises(AnalysisError, match="Input/output error"):
        export(study.collection, places, Choices(keeps_key=True))
    # Then all is as it was, and no key is left
    assert [path.name for path in tmp_path.iterdir()] == ["disclosure_report.html"]
    assert (tmp_path / "disclosure_report.html").read_text() == "the one before"
