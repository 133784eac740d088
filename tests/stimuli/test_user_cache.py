"""What is kept in the user's cache folder has a name of its own, and a bound."""

from __future__ import annotations

import os
from pathlib import Path

from stimuli.user_cache import cache_folder, cache_key, make_room


def test_kinds_have_folders_of_their_own() -> None:
    assert cache_folder("flow").name == "flow"
    assert cache_folder("flow").parent == cache_folder("clips").parent


def test_a_key_is_of_the_parts_whatever_their_order() -> None:
    assert cache_key({"clip": "a", "rate": 5}) == cache_key({"rate": 5, "clip": "a"})
    assert cache_key({"clip": "a", "rate": 5}) != cache_key({"clip": "a", "rate": 6})
    assert len(cache_key({})) == 64


def test_what_was_not_used_for_longest_goes_and_other_files_stay(tmp_path: Path) -> None:
    for age, name in enumerate(("newest.kept", "older.kept", "oldest.kept", "mine.txt")):
        (tmp_path / name).write_bytes(bytes(100))
        os.utime(tmp_path / name, (1_000_000 - age, 1_000_000 - age))
    make_room(tmp_path, ".kept", 250)
    assert {path.name for path in tmp_path.iterdir()} == {"newest.kept", "older.kept", "mine.txt"}


def test_a_folder_that_is_not_there_has_room(tmp_path: Path) -> None:
    make_room(tmp_path / "nothing", ".kept", 0)
    assert not (tmp_path / "nothing").exists()
