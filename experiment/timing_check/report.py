"""One page about the timing of a display: the same lines for the terminal and for a file."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from experiment.errors import NotKept
from experiment.records import DisplayRecord
from experiment.timing_check.figures import Errors, FrameFigures, OnsetFigures, ResponseFigures

MEDIAN_BAR_MS, MAX_BAR_MS = 0.5, 2.0
"""What the error of time-to-choose shall stay within."""

_SOFTWARE = (
    "This display gave no vertical sync to wait for, so flips are paced by this computer's clock at 60 Hz. "
    "The times are those at which a picture was handed to the display; when it appeared on the glass is not "
    "known, and pictures may tear. A graphics driver with vertical sync, and a full screen, mend that."
)
_VSYNC = (
    "Flips wait for the display's vertical sync. A flip's time is when the program went on after it; how "
    "long the panel takes from there to light is known only to a photodiode."
)
_NO_PHOTODIODE = (
    "To measure what the glass shows, run this with --photodiode and tape a sensor over the lower right "
    "corner: a square there turns from black to white with the first frame of a clip and back with its end. "
    "The option is there in real sessions too, and session.json says that it was used."
)
_PHOTODIODE = (
    "The square of {side} px in the lower right corner turned from black to white with the first frame of "
    "every clip and back with its end."
)
_DEVICES = "This is the computer's own part; keyboard and mouse add their delay."
_NAME_COLUMNS, _PAGE_COLUMNS = 34, 110


@dataclass(frozen=True)
class Line:
    """One finding: ``good`` is None where there is nothing to judge."""

    name: str
    text: str
    good: bool | None = None

    @property
    def verdict(self) -> Literal["ok", "check", ""]:
        """For the eye."""
        return "" if self.good is None else "ok" if self.good else "check"


@dataclass(frozen=True)
class TimingReport:
    """All that a timing check found. ``responses`` is a sentence where it could not be measured."""

    made_at: str
    machine: str
    load: tuple[float, float]
    display: DisplayRecord
    frames: FrameFigures
    onsets: tuple[OnsetFigures, ...]
    responses: ResponseFigures | str

    def lines(self) -> Iterator[Line]:
        """The findings, in the order of the page."""
        display, frames = self.display, self.frames
        place = "full screen" if display.full_screen else "in a window"
        yield Line("Made", f"{self.made_at} on {self.machine}")
        yield Line(
            "Load of the machine",
            f"{self.load[0]:.2f} before and {self.load[1]:.2f} after (processes that wanted to run, mean of "
            "a minute)",
        )
        yield Line(
            "Display",
            f"{display.size_px[0]} x {display.size_px[1]} px, {place}, drawn by {display.renderer}",
            display.full_screen,
        )
        rate = "set to" if display.pacing == "software" else "found to be"
        yield Line(
            "Refresh rate",
            f"{rate} {display.refresh_hz:.2f} Hz ({frames.period_ms:.3f} ms); flips apart: median "
            f"{frames.interval_median_ms:.3f}, standard deviation {frames.interval_sd_ms:.3f}, shortest "
            f"{frames.interval_min_ms:.2f}, longest {frames.interval_max_ms:.2f} ms",
        )
        yield Line("Pacing", _SOFTWARE if display.pacing == "software" else _VSYNC, display.pacing == "vsync")
        yield Line(
            "Dropped frames",
            f"{frames.drops} of {frames.flips} flips in {frames.seconds:.0f} s came over 1.5 frame periods "
            "after the one before",
            frames.drops == 0,
        )
        for onset in self.onsets:
            yield Line(
                f"Next onset, clips of {onset.clip_s:g} s",
                f"{onset.programmed_s:g} s were programmed from a press to the next clip; the error was "
                f"{onset.errors.median_ms:.2f} ms in the median and {onset.errors.max_ms:.2f} ms at most "
                f"({onset.max_frames:.2f} frame periods, n = {onset.errors.n})",
                onset.max_frames <= 1.0,
            )
        yield Line("Source of response times", display.response_source)
        yield from self._response_lines()
        patch = _PHOTODIODE.format(side=display.photodiode_px)
        yield Line("Photodiode", patch if display.photodiode_px else _NO_PHOTODIODE)

    def _response_lines(self) -> Iterator[Line]:
        responses = self.responses
        if isinstance(responses, str):
            yield Line("Response times", responses)
            return
        for name, known, every in (
            ("keys", responses.keys, responses.all_keys),
            ("mouse", responses.mouse, responses.all_mouse),
        ):
            within = known is not None and known.median_ms <= MEDIAN_BAR_MS and known.max_ms <= MAX_BAR_MS
            yield Line(
                f"Response times, {name}",
                f"error against presses injected at times known to {responses.known_within_ms:g} ms: "
                f"{_told(known)}; against all: {_told(every)}. {_DEVICES}",
                within,
            )

    def text(self) -> str:
        """The page for the terminal."""
        return "\n".join(["Timing check", *(_paragraph(line) for line in self.lines())])

    def html(self) -> str:
        """The page as a file of its own."""
        # Only here, as the import takes its time.
        from jinja2 import Environment

        return Environment(autoescape=True).from_string(_PAGE).render(lines=tuple(self.lines()))

    def write(self, folder: Path) -> Path:
        """Write ``timing_<time>.html`` and ``.json`` into a folder; returns the page.

        Raises
        ------
        NotKept
            Where they cannot be written.
        """
        stem = "timing_" + self.made_at.replace(":", "").replace("-", "")
        page = folder / f"{stem}.html"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{stem}.json").write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")
            page.write_text(self.html(), encoding="utf-8")
        except OSError as error:
            raise NotKept(f"{folder}: the report cannot be written ({error})") from None
        return page


def _paragraph(line: Line) -> str:
    head = f"{line.verdict:>5}  {line.name}".ljust(_NAME_COLUMNS)
    return textwrap.fill(line.text, _PAGE_COLUMNS, initial_indent=head, subsequent_indent=" " * _NAME_COLUMNS)


def _told(errors: Errors | None) -> str:
    if errors is None:
        return "none"
    return f"median {errors.median_ms:.2f}, longest {errors.max_ms:.2f} ms (n = {errors.n})"


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Timing check</title><style>
body { font: 16px/1.45 sans-serif; max-width: 52em; margin: 2em auto; padding: 0 1em; color: #111; }
table { border-collapse: collapse; } td, th { padding: .45em .7em; vertical-align: top; text-align: left;
border-top: 1px solid #bbb; } th { white-space: nowrap; } .check { font-weight: bold; }
</style></head><body><h1>Timing check</h1><table>
{% for line in lines %}<tr><td class="{{ line.verdict }}">{{ line.verdict }}</td><th>{{ line.name }}</th>
<td>{{ line.text }}</td></tr>
{% endfor %}</table></body></html>
"""
