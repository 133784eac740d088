"""One report of a study for the tests that only read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.collection import collect
from analysis.report import write_report
from tests.analysis.report.reading import ALL_OF_THEM


@pytest.fixture(scope="session")
def study_report(study_data, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write_report(collect([study_data], ALL_OF_THEM), folder)
    return folder
