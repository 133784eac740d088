"""A reader of files from outside, and what must hold whatever the files are.

Every reader gives a result or refuses by its package's own error; it opens and changes nothing outside the
folder that was named, and neither time nor memory run away.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.watch import watched
from tests.strategies import OUTSIDE, Spoil

CAMPAIGN_S = float(os.environ.get("AFD_FUZZ_SECONDS", "600"))
"""How long a campaign fuzzes each reader."""
QUICK_EXAMPLES = 12
MOST_PROCESSOR_S = 20.0
MOST_MB = 600.0
_EXAMPLES_A_ROUND = 100


@dataclass(frozen=True)
class Reader:
    """``lay_out`` writes valid files into a new folder; ``spoilt`` says which of them to spoil
    (patterns of names), and how.

    ``read`` reads them as the program does, raising nothing but ``refuses``. One that ``changes`` its folder
    gets a new copy each time. An example of a slow one counts for ``weight`` quick ones.
    """

    name: str
    lay_out: Callable[[Path], object]
    spoilt: Mapping[str, Spoil]
    read: Callable[[Path], object]
    refuses: type[Exception] | tuple[type[Exception], ...]
    changes: bool = False
    weight: int = 1


def prepared(reader: Reader, root: Path) -> Path:
    """The folder of valid files, with a folder beside it that is nobody's business; it reads well."""
    folder = root / "within" / "given"
    folder.mkdir(parents=True)
    reader.lay_out(folder)
    for outside in (root / OUTSIDE, root / "within" / OUTSIDE):
        outside.mkdir()
        for name in ("secret", "secret.json", "secret.yaml", "secret.md", "secret.mkv"):
            (outside / name).write_text("{}", encoding="ascii")
    copy = Path(shutil.copytree(folder, root / "first", symlinks=True))
    reader.read(copy)
    return folder


def read_spoilt(reader: Reader, folder: Path, data: st.DataObject) -> None:
    """Spoil one of the files, read, and put it back."""
    kind = data.draw(st.sampled_from(sorted(reader.spoilt)))
    name = data.draw(st.sampled_from(sorted(folder.glob(kind)))).relative_to(folder)
    original = (folder / name).read_bytes()
    content = data.draw(reader.spoilt[kind](original))
    place = folder
    if reader.changes:
        place = folder.with_name("copy")
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(folder, place, symlinks=True)
    (place / name).write_bytes(content)
    said = "nothing was wrong"
    try:
        with watched(place) as watch:
            try:
                reader.read(place)
            except reader.refuses as refused:
                said = str(refused)
    finally:
        if not reader.changes:
            (place / name).write_bytes(original)
    assert said.strip(), "a refusal says nothing"
    assert watch.touched == [], f"touched {watch.touched}"
    assert watch.processor_s < MOST_PROCESSOR_S, f"took {watch.processor_s:.1f} s"
    assert watch.peak_mb < MOST_MB, f"took {watch.peak_mb:.0f} MB"


def fuzz(reader: Reader, folder: Path, number: int, examples: int) -> None:
    """Read so many spoilt folders; the same ``number`` gives the same ones."""

    @seed(number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(data=st.data())
    def one(data: st.DataObject) -> None:
        read_spoilt(reader, folder, data)

    one()


def campaign(reader: Reader, folder: Path, seconds: float) -> int:
    """Fuzz for so many seconds with new numbers each time; returns how many examples were read."""
    first = random.SystemRandom().randrange(2**32)
    examples = max(5, _EXAMPLES_A_ROUND // reader.weight)
    end_s, rounds = time.monotonic() + seconds, 0
    while time.monotonic() < end_s:
        fuzz(reader, folder, first + rounds, examples)
        rounds += 1
    print(f"{reader.name}: {rounds * examples} examples in {seconds:.0f} s, numbers from {first}")
    return rounds * examples
