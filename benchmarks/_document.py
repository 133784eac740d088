"""The figures of all benchmarks as a page of Markdown: the machine, what was promised, and every figure."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from benchmarks._bars import BARS

_PACKAGES = ("numpy", "pandas", "scipy", "opencv-python", "av", "psychopy", "torch", "torchvision")

_ABOUT = """Written by `make bench`, which measures all of it in one run. Another machine has other figures;
only ratios within one run can be compared between machines. A benchmark alone:
`.venv/bin/python -m benchmarks.NAME`. What its figures mean is said at the top of `benchmarks/NAME.py`."""


@dataclass(frozen=True)
class Measured:
    """One benchmark: ``result`` is the JSON of its last line, ``failure`` why there is none."""

    name: str
    about: str
    seconds: float
    result: object = None
    failure: str = ""


@dataclass(frozen=True)
class Circumstances:
    """Where and when figures were measured; ``load_before`` is how many processes were running already.

    ``loop_s`` is how long five million additions in Python took: a yardstick between machines.
    """

    machine: str
    software: str
    commit: str
    date: str
    load_before: float
    loop_s: float


def circumstances(date: str, commit: str) -> Circumstances:
    memory_gib = psutil.virtual_memory().total / 2**30
    system = f"{platform.system()} {platform.machine()}"
    return Circumstances(
        machine=f"{_processor()}, {os.cpu_count()} cores, {memory_gib:.0f} GiB, {system}",
        software=f"Python {platform.python_version()}, {', '.join(map(_installed, _PACKAGES))}",
        commit=commit,
        date=date,
        load_before=psutil.getloadavg()[0],
        loop_s=_loop_s(),
    )


def document(measured: Sequence[Measured], where: Circumstances) -> str:
    """The page; every figure in it stands in ``measured``."""
    results = {each.name: each.result for each in measured}
    parts = [
        "# Benchmarks",
        _ABOUT,
        _table(
            ["where and when", ""],
            [
                ["machine", where.machine],
                ["software", where.software],
                ["commit", where.commit],
                ["date", where.date],
                ["load before", f"{where.load_before:.2f}"],
                ["five million additions in Python", f"{where.loop_s:.2f} s"],
                ["all benchmarks", f"{sum(each.seconds for each in measured) / 60:.1f} minutes"],
            ],
        ),
        "## What was promised",
        _table(["what", "promised", "measured", ""], list(_bar_rows(results))),
    ]
    for each in measured:
        parts += [f"## {each.name}", *([f"{each.about} ({each.seconds:.0f} s)"] if each.about else [])]
        parts += [f"Not measured: {each.failure}"] if each.failure else list(_blocks(each.result, ""))
    return "\n\n".join(parts) + "\n"


def _loop_s() -> float:
    begun_s = time.perf_counter()
    total = 0
    for number in range(5_000_000):
        total += number
    return time.perf_counter() - begun_s


def _installed(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"no {package}"


def _bar_rows(results: Mapping[str, object]) -> Iterator[list[str]]:
    for bar in BARS:
        figure = bar.figure(results)
        if figure is None:
            yield [bar.what, bar.allowed, "not measured", ""]
        else:
            yield [bar.what, bar.allowed, f"{figure:g}{bar.unit}", "" if bar.holds(figure) else "**missed**"]


def _blocks(value: object, title: str) -> Iterator[str]:
    """Tables of nested figures: one of the plain ones, one where all inner ones are alike, else one each."""
    if not isinstance(value, Mapping):
        yield _shown(value)
        return
    plain = {key: inner for key, inner in value.items() if not isinstance(inner, Mapping)}
    nested = {key: inner for key, inner in value.items() if isinstance(inner, Mapping)}
    if plain:
        yield _table([title or "figure", ""], [[key, _shown(inner)] for key, inner in plain.items()])
    if nested and all(_is_plain(inner) for inner in nested.values()):
        columns = list(dict.fromkeys(key for inner in nested.values() for key in inner))
        if len(nested) > 1 and len(columns) <= 10:
            rows = [
                [key, *(_shown(inner.get(column, "")) for column in columns)] for key, inner in nested.items()
            ]
            yield _table([title, *columns], rows)
            return
    for key, inner in nested.items():
        yield from _blocks(inner, f"{title}, {key}" if title else str(key))


def _is_plain(figures: Mapping[str, object]) -> bool:
    return not any(isinstance(value, Mapping) for value in figures.values())


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_shown(inner)}" for key, inner in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(_shown, value))
    return "n/a" if value is None else str(value).replace("|", "\\|")


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _processor() -> str:
    """The name of the processor, which ``platform`` does not know on Linux."""
    listed = Path("/proc/cpuinfo")
    if listed.is_file():
        for line in listed.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
