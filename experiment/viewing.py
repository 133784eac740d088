"""How large what is shown is for the eye, and what surrounds it: from the options, what is known of the
machine's screens and what the monitor says of itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from experiment.display_store import KnownScreen, KnownScreens
from experiment.gamma_table import GammaTable, read_gamma_table
from experiment.phases.layout import Layout
from experiment.records import (
    DisplayRecord,
    DistanceSource,
    LuminanceRecord,
    ViewingRecord,
    VisualSize,
    WidthSource,
)
from experiment.screen import STUDY_DISTANCE_CM, Screen
from experiment.shown_size import standing_sizes
from experiment.surround import luminance_record, noise_values
from stimuli.manifest import StimulusSet


@dataclass(frozen=True)
class ScreenOptions:
    """What was said of the screen on the command line, ``None`` where nothing was."""

    width_cm: float | None = None
    distance_cm: float | None = None
    gamma_table: Path | None = None


@dataclass(frozen=True)
class Viewing:
    """What a session shows, and what is known of the screens before a window is open."""

    stimuli: StimulusSet
    clip_ids: tuple[str, ...]
    options: ScreenOptions = field(default_factory=ScreenOptions)
    known: KnownScreens = field(default_factory=KnownScreens)

    def gamma_table(self, screen_name: str) -> GammaTable | None:
        """The table to use: the one given, else the one kept for this screen. Raises ``InputRefused`` where
        it cannot be used.
        """
        kept = next((known.gamma_table for known in self.known.of(screen_name) if known.gamma_table), None)
        path = self.options.gamma_table or kept
        return None if path is None else read_gamma_table(path)

    def luminance(self, table: GammaTable | None, refused: str | None) -> LuminanceRecord:
        """The surround and why it is that.

        ``refused`` says why the table's ramp was not set, ``None`` where it was.
        """
        return luminance_record(noise_values(self.stimuli), table, refused)

    def record(self, display: DisplayRecord, reported_width_cm: float | None) -> ViewingRecord:
        """Sizes in degrees on the display that was opened.

        The width of the screen is the one given, else the calibrated one, else the one that the monitor
        reports; where the screen was calibrated at another resolution it is unmeasured.
        """
        screen_px = display.screen_px or display.size_px
        known = self.known.of(display.screen_name)
        width_cm, source, note = _width(self.options, known, screen_px, reported_width_cm)
        distance_cm, distance_source = _distance(self.options, known)
        screen = None if width_cm is None else Screen(screen_px, width_cm, distance_cm)
        layout = Layout(*display.size_px)
        clips = [self.stimuli.by_id(clip_id) for clip_id in self.clip_ids]
        standing_px = standing_sizes(self.stimuli.clips)
        kinds = sorted(
            {(clip.condition, (clip.width, clip.height), standing_px[clip.clip_id]) for clip in clips}
        )
        return ViewingRecord(
            width_cm=width_cm,
            width_source=source,
            distance_cm=distance_cm,
            distance_source=distance_source,
            px_per_degree=None if screen is None else round(screen.px_per_degree, 3),
            sizes=tuple(
                _size(condition, clip_px, as_px, layout, screen) for condition, clip_px, as_px in kinds
            ),
            note=note,
        )


def _size(
    condition: str,
    clip_px: tuple[int, int],
    standing_px: tuple[int, int],
    layout: Layout,
    screen: Screen | None,
) -> VisualSize:
    rect = layout.clip_rect(*standing_px)
    scale = round(rect.width) // clip_px[0]
    if screen is None:
        return VisualSize(condition, clip_px, scale, None, None, None)
    return VisualSize(
        condition,
        clip_px,
        scale,
        (round(screen.cm_of(rect.width), 3), round(screen.cm_of(rect.height), 3)),
        (round(screen.degrees_of(rect.width), 3), round(screen.degrees_of(rect.height), 3)),
        round(screen.degrees_of(scale), 4),
    )


def _width(
    options: ScreenOptions,
    known: tuple[KnownScreen, ...],
    screen_px: tuple[int, int],
    reported_cm: float | None,
) -> tuple[float | None, WidthSource, str]:
    if options.width_cm is not None:
        return options.width_cm, "given", ""
    at_this_size = next((screen for screen in known if screen.size_px == screen_px), None)
    if at_this_size is not None:
        return at_this_size.width_cm, "calibrated", f"calibrated on {at_this_size.calibrated_at:%Y-%m-%d}"
    if known:
        then, now = (f"{size[0]} x {size[1]} px" for size in (known[0].size_px, screen_px))
        return None, "unmeasured", f"the screen was calibrated at {then} and has {now} now: --calibrate again"
    if reported_cm is not None:
        return reported_cm, "reported", "by the monitor itself, which can be wrong: --calibrate"
    return None, "unmeasured", "nothing is known of the screen's width: --calibrate, or --monitor-width-cm"


def _distance(options: ScreenOptions, known: tuple[KnownScreen, ...]) -> tuple[float, DistanceSource]:
    if options.distance_cm is not None:
        return options.distance_cm, "given"
    if known:
        return known[0].distance_cm, "calibrated"
    return STUDY_DISTANCE_CM, "default"
