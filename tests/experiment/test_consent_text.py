"""The text that participants consent to says its own version, and it is the one that is recorded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from experiment.errors import InputRefused
from experiment.protocol import read_protocol
from tests.experiment.material import PROTOCOLS


@pytest.fixture
def protocols(tmp_path: Path) -> Path:
    """A copy of the protocols that a test may spoil."""
    return Path(shutil.copytree(PROTOCOLS, tmp_path / "protocols"))


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_study_brings_a_text_in_both_languages(language):
    protocol = read_protocol(PROTOCOLS / "afd5.yaml", language)
    assert protocol.consent_text.startswith("# ")
    assert "Version" not in protocol.consent_text.splitlines()[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Version: 2\n\nA newer text.\n", "found version '2', but the protocol's consent.version is 1"),
        ("Version: \ufeff1\n\nA mark in it.\n", r"found version '\ufeff1', but"),
        ("# A text that says no version\n", "line 1: found '# A text that says no version'"),
        ("Version: 1\n\n", "line 2: the text is missing"),
    ],
)
def test_another_version_than_the_recorded_one_is_refused(protocols, text, said):
    # given a text that was changed without its protocol, or the other way round
    (protocols / "consent" / "en" / "study.md").write_text(text, "utf-8")
    # then no session of that protocol begins
    with pytest.raises(InputRefused) as refused:
        read_protocol(protocols / "afd5.yaml")
    assert said in str(refused.value)
    assert "study.md" in str(refused.value)


def test_a_changed_text_makes_another_protocol(protocols):
    before = read_protocol(protocols / "afd5.yaml").sha256
    path = protocols / "consent" / "en" / "study.md"
    path.write_text(path.read_text("utf-8") + "One more sentence.\n", "utf-8")
    assert read_protocol(protocols / "afd5.yaml").sha256 != before


def test_a_missing_text_is_refused(protocols):
    (protocols / "consent" / "de" / "study.md").unlink()
    with pytest.raises(InputRefused, match="there is no such file"):
        read_protocol(protocols / "afd5.yaml", "de")
