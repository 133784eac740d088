"""What the figures are held against: speed and memory that were promised, and where each figure stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """``path`` leads to the figure in a benchmark's JSON, its keys joined by dots. ``least`` or ``most``
    bounds it.
    """

    what: str
    benchmark: str
    path: str
    unit: str = ""
    least: float | None = None
    most: float | None = None

    @property
    def allowed(self) -> str:
        if self.least is not None:
            return f"at least {self.least:g}{self.unit}"
        return f"at most {self.most:g}{self.unit}"

    def holds(self, figure: float) -> bool:
        return (self.least is None or figure >= self.least) and (self.most is None or figure <= self.most)

    def figure(self, results: Mapping[str, object]) -> float | None:
        """The figure among the results of all benchmarks; None where it was not measured."""
        found: object = results.get(self.benchmark)
        for key in self.path.split("."):
            if not isinstance(found, Mapping) or key not in found:
                return None
            found = found[key]
        return float(found) if isinstance(found, (int, float)) else None


BARS = (
    Bar("report of 10 participants", "analysis", "participants_10.wall_s", " s", most=15),
    Bar("report of 1,000 participants", "analysis", "participants_1000.wall_s", " s", most=90),
    Bar("its memory", "analysis", "participants_1000.peak_memory_mb", " MB", most=2000),
    Bar("export of 1,000 participants", "export", "participants_1000.wall_s", " s", most=60),
    Bar("kappas of 100 observers on 1,280 items", "comparison", "wall_s", " s", most=2),
    Bar("noise beside a grid_sample gather", "noise_speed", "times_as_fast.least", " times", least=2.5),
    Bar("frames built per core and second", "build_speed", "frames_per_core_second", "", least=60),
    Bar("two workers beside one", "build_speed", "speed_up", " times", least=1.7),
    Bar("X3D-M beside pytorchvideo, CPU", "models", "x3d-m.ratio", " times", least=1),
    Bar("E2S-X3D beside pytorchvideo, CPU", "models", "e2s-x3d.ratio", " times", least=1),
)
