"""A whole file is read; what would never end is not begun."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stimuli.errors import StimulusError
from stimuli.manifest import read_stimulus_set
from stimuli.whole_file import read_whole

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes and devices of POSIX")


def test_a_file_is_read_also_where_a_link_leads_to_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "link").symlink_to("file")
    assert read_whole(tmp_path / "link") == b"content"


@pytest.mark.parametrize("what", ["pipe", "device", "folder", "nothing"])
def test_what_is_no_file_is_not_opened(tmp_path: Path, what: str) -> None:
    path = tmp_path / "manifest.tsv"
    if what == "pipe":
        os.mkfifo(path)
    elif what == "device":
        path.symlink_to("/dev/zero")
    elif what == "folder":
        path.mkdir()
    with pytest.raises(OSError, match=r"manifest\.tsv"):
        read_whole(path)
    # and those who read by it say so in a sentence
    with pytest.raises(StimulusError, match="is empty" if what == "nothing" else r"manifest\.tsv"):
        read_stimulus_set(tmp_path)
