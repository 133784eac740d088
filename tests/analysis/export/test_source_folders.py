"""The data that an export is kept out of, and that a leak scan reads, are those that sessions come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.collection import Allowed, collect
from analysis.errors import AnalysisError
from analysis.export import exporting
from analysis.export.data_set import Choices
from analysis.export.disclosure.identifiers import Identifier, identifying_values
from analysis.export.exporting import Places, export
from analysis.export.key_file import refuse_key_place
from analysis.export.publishing import refuse_unusable
from analysis.export.source_folders import source_folders
from analysis.export.validation import validator_path
from tests.analysis.conftest import Recipe, write_session

TINY = Recipe(conditions=("AFD5",), training_per_action=1, test_per_action=1)


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """A data folder with three sessions, and a table of names beside them."""
    data = tmp_path / "real"
    for number in range(1, 4):
        write_session(data, replace(TINY, participant=f"P{number:03d}", seed=1000 + number))
    (data / "consent.csv").write_text("code,name\nP001,Mustermann\n")
    return data


def linked_sessions(real: Path) -> Path:
    """A data folder whose sessions are links into the real one."""
    links = real.parent / "links" / "sessions"
    links.mkdir(parents=True)
    for session in (real / "sessions").iterdir():
        (links / session.name).symlink_to(session)
    return links.parent


def linked_folder(real: Path) -> Path:
    """A data folder whose ``sessions`` is a link to the real one."""
    links = real.parent / "links"
    links.mkdir()
    (links / "sessions").symlink_to(real / "sessions")
    return links


def linked_session(real: Path) -> Path:
    return linked_sessions(real) / "sessions" / "P001_01"


def folder_of_sessions(real: Path) -> Path:
    return real / "sessions"


WAYS = pytest.mark.parametrize(
    "way", [linked_sessions, linked_folder, linked_session, folder_of_sessions, lambda real: real]
)


@WAYS
def test_nothing_is_written_into_the_data_however_they_are_named(
    real: Path, way: Callable[[Path], Path]
) -> None:
    data = way(real)
    for place in (real, real / "sessions", *real.parent.glob("links")):
        with pytest.raises(AnalysisError, match=r"nothing is written into the data.*for OUT"):
            refuse_unusable(place / "out", (data,))
        with pytest.raises(AnalysisError, match=r"nothing is written into the data.*for the key"):
            refuse_key_place(place / "key.tsv", real.parent / "out", (data,))
    refuse_unusable(real.parent / "out", (data,))


@WAYS
def test_codes_and_names_of_the_data_are_looked_for_however_these_are_named(
    real: Path, way: Callable[[Path], Path]
) -> None:
    found = {each.value: each.kind for each in identifying_values(source_folders([way(real)]))}
    assert {f"P{number:03d}" for number in range(1, 4)} <= found.keys()
    assert found["Mustermann"] == "personal data (column name)"


def test_no_folder_is_read_twice(real: Path) -> None:
    assert source_folders([real, real / "sessions", real / "sessions" / "P001_01"]) == (real,)


def test_a_code_that_is_not_looked_for_ends_the_export(real: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a search for leaks that does not meet one of the participants
    def forgetful(*arguments: object) -> tuple[Identifier, ...]:
        return tuple(each for each in identifying_values([real]) if each.value != "P002")

    monkeypatch.setattr(exporting, "identifying_values", forgetful)
    collection = collect([real], Allowed(simulated=True), "sessions")
    places = Places((real,), real.parent / "out", validator_path())
    # When their data are exported, then nothing is
    with pytest.raises(AnalysisError, match="the search for leaks met no file of P002 in "):
        export(collection, places, Choices())
    assert [path.name for path in real.parent.iterdir()] == ["real"]
