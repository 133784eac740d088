"""What is checked before the first screen: one line of ok, warning or stop for each thing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from experiment.errors import InputRefused
from experiment.machine import battery, busiest_programs
from experiment.phases.layout import INK, Layout
from experiment.protocol_file import DisplayDemand
from experiment.records import Check, CheckStatus, DisplayRecord, SessionPlan
from experiment.shown_size import scales_whole, standing_sizes
from experiment.surround import ink_contrast
from stimuli.disk import free_bytes
from stimuli.errors import StimulusError
from stimuli.manifest import StimulusSet, verify_stimulus_set
from stimuli.typed_command import typed
from stimuli.video import check_whole

# A session of 220 trials writes about 2 MB; the rest is room for what else the machine does in half an hour.
NEEDED_BYTES = 200 * 1024 * 1024
SCARCE_BYTES = 1024**3

BUSY_CORES = 0.5
"""Another program that uses more of a processor core than this may cost frames."""

LOW_BATTERY_PERCENT = 10.0

# 59.94 Hz is sold as 60, and measuring for a second adds its own error.
_REFRESH_TOLERANCE = 0.03
_WATCHED_S = 0.4

# Of letters as large as these (WCAG 2.2, success criterion 1.4.3).
_LEAST_CONTRAST = 3.0


class Checklist:
    """The checks of one session in the order they were made; one that is made again replaces itself.

    Where the session is ``binding``, one of a study, a display below the protocol's demand stops it; a pilot
    or a rehearsal goes on with a warning.
    """

    def __init__(self, *, binding: bool = True) -> None:
        self.binding = binding
        self._made: dict[str, Check] = {}

    @property
    def checks(self) -> tuple[Check, ...]:
        """All that were made so far."""
        return tuple(self._made.values())

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence for each warning, its check named first."""
        return tuple(f"{check.name}: {check.text}" for check in self.checks if check.status == "warning")

    def note(self, name: str, text: str, status: CheckStatus = "ok") -> None:
        """Write down what a check found."""
        self._made[name] = Check(name, status, text)

    @contextmanager
    def stopping(self, name: str) -> Iterator[None]:
        """What is refused within is noted as a stop, and refused."""
        try:
            yield
        except (InputRefused, StimulusError) as error:
            self.note(name, str(error), "stop")
            raise

    def refuse_stops(self) -> None:
        """Raises ``InputRefused`` with the first stop that was noted."""
        for check in self.checks:
            if check.status == "stop":
                raise InputRefused(f"{check.name}: {check.text}")

    def below_demand(self, name: str, text: str) -> None:
        """Note what is less than the protocol demands."""
        self.note(name, text, "stop" if self.binding else "warning")


def note_disk(checklist: Checklist, data: Path) -> None:
    """Room on the disk for the data. Raises as ``check_disk``."""
    with checklist.stopping("disk"):
        free = check_disk(data)
    scarce = free < SCARCE_BYTES
    text = f"{free / 1e9:.1f} GB are free{'; make room soon' if scarce else ''}"
    checklist.note("disk", text, "warning" if scarce else "ok")


def note_clips(checklist: Checklist, stimuli: StimulusSet, plan: SessionPlan) -> None:
    """That the clips of a plan were checked."""
    count = len(plan.clip_ids)
    text = f"{count} clips of {stimuli.root}, manifest sha256 {stimuli.sha256[:12]}"
    checklist.note("stimuli", text)


def note_machine(checklist: Checklist) -> None:
    """What else keeps the processor busy, and the battery; takes half a second."""
    busy = [program for program in busiest_programs(_WATCHED_S) if program.cores > BUSY_CORES]
    if busy:
        names = ", ".join(f"{p.name} (process {p.process}, {p.cores:.0%} of a core)" for p in busy[:3])
        text = f"kept busy by {names}; close it, or frames may be dropped"
        checklist.note("processor", text, "warning")
    else:
        checklist.note("processor", f"no other program uses more than {BUSY_CORES:.0%} of a core")
    power = battery()
    if power is None:
        checklist.note("battery", "there is none")
    elif power.plugged_in:
        checklist.note("battery", f"plugged in, {power.percent:.0f} % full")
    elif power.percent < LOW_BATTERY_PERCENT:
        checklist.below_demand("battery", f"{power.percent:.0f} % are left; plug the machine in")
    else:
        text = f"not plugged in, {power.percent:.0f} % left; to save power the display may be slowed down"
        checklist.note("battery", text, "warning")


def note_display(
    checklist: Checklist, display: DisplayRecord, demand: DisplayDemand, fastest_clip_fps: float
) -> None:
    """Size and refresh rate of an open display, beside what the protocol demands."""
    width, height = display.size_px
    found = f"{width} x {height} px"
    least = demand.smallest_px
    if least is not None and (width < least[0] or height < least[1]):
        checklist.below_demand(
            "display size", f"found {found}; the protocol demands at least {least[0]} x {least[1]} px"
        )
    elif not display.full_screen:
        checklist.note("display size", f"{found}, in a window; take away --windowed for data", "warning")
    else:
        checklist.note("display size", f"{found}, full screen")
    rate = f"{display.refresh_hz:.2f} Hz"
    if demand.refresh_hz is not None and display.refresh_hz < demand.refresh_hz * (1 - _REFRESH_TOLERANCE):
        checklist.below_demand(
            "refresh rate", f"found {rate}; the protocol demands at least {demand.refresh_hz:g} Hz"
        )
    elif display.refresh_hz < fastest_clip_fps * (1 - _REFRESH_TOLERANCE):
        text = f"found {rate}, but clips have {fastest_clip_fps:g} frames a second: some will not be shown"
        checklist.note("refresh rate", text, "warning")
    elif display.pacing == "software":
        text = f"{rate}, kept by this computer's clock: the display gives no vertical sync to wait for"
        checklist.note("refresh rate", text, "warning")
    else:
        checklist.note("refresh rate", rate)
    _note_sight(checklist, display)
    checklist.note("drawn by", display.renderer)
    checklist.note("input", display.response_source)


def _note_sight(checklist: Checklist, display: DisplayRecord) -> None:
    """How well sizes and luminance are known; records of sessions without a window hold neither."""
    if (seen := display.viewing) is not None:
        if seen.width_cm is None:
            checklist.note("screen width", f"unmeasured: {seen.note}", "warning")
        else:
            known = f"{seen.width_cm:.1f} cm ({seen.note or seen.width_source})"
            text = f"{known}, {seen.px_per_degree:.1f} px per degree"
            checklist.note("screen width", text, "warning" if seen.width_source == "reported" else "ok")
        checklist.note("distance", f"{seen.distance_cm:g} cm ({seen.distance_source})")
    if (light := display.luminance) is not None:
        text = f"surround {', '.join(map(str, light.surround))}: {light.reason}"
        checklist.note("gamma", text, "warning" if light.state == "not applied" else "ok")
        contrast = ink_contrast(light.surround, INK)
        if contrast < _LEAST_CONTRAST:
            text = f"letters on this dark surround have a contrast of {contrast:.1f}, not {_LEAST_CONTRAST:g}"
            checklist.note("legibility", text, "warning")


def check_disk(data: Path) -> int:
    """The bytes that are free for a session's data.

    Raises
    ------
    InputRefused
        Where the disk that holds ``data`` has too little room for a session.
    StimulusError
        Where no part of the path ``data`` exists.
    """
    free = free_bytes(data)
    if free < NEEDED_BYTES:
        raise InputRefused(
            f"{data}: {free // 2**20} MB are free on this disk, a session needs {NEEDED_BYTES // 2**20} MB; "
            "make room or choose another --data folder"
        )
    return free


def check_clips(stimuli: StimulusSet, plan: SessionPlan, *, shown: bool) -> None:
    """Every clip of the plan is there, unchanged and can be decoded.

    Where nothing will be ``shown`` only the presence of the files is checked.

    Raises
    ------
    InputRefused
        Names the first clip that fails and how many more do.
    StimulusError
        Names a clip that does not decode.
    """
    clips = tuple(stimuli.by_id(clip_id) for clip_id in plan.clip_ids)
    if not shown:
        _refuse(stimuli, [f"{clip.path}: missing" for clip in clips if not stimuli.path_of(clip).is_file()])
        return
    planned = StimulusSet(stimuli.root, clips, stimuli.sha256)
    _refuse(stimuli, [str(mismatch) for mismatch in verify_stimulus_set(planned)])
    for clip in clips:
        check_whole(stimuli.path_of(clip), clip.frames)


def check_fit(stimuli: StimulusSet, plan: SessionPlan, layout: Layout) -> None:
    """Raises ``InputRefused`` where a clip, or the largest made from its footage, is larger than its place on
    this display, and where noise would not be scaled by a whole number.
    """
    sizes = standing_sizes(stimuli.clips)
    for clip in (stimuli.by_id(clip_id) for clip_id in plan.clip_ids):
        width, height = sizes[clip.clip_id]
        if not layout.fits(width, height):
            own = (width, height) == (clip.width, clip.height)
            found = f"found {width}x{height} px" + ("" if own else ", the largest clip of its footage")
            raise InputRefused(
                f"{clip.clip_id}: {found}; beside the menu a display of "
                f"{layout.width}x{layout.height} px has room for "
                f"{int(layout.clip_area.width)}x{int(layout.clip_area.height)}"
            )
        if clip.source_clip_id and not scales_whole(clip, (width, height)):
            raise InputRefused(
                f"{clip.clip_id}: found {clip.width}x{clip.height} px, but the largest clip of its footage "
                f"has {width}x{height}; to stand equally large, its size must be a whole fraction of that"
            )


def _refuse(stimuli: StimulusSet, failures: list[str]) -> None:
    if not failures:
        return
    more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
    verify = typed("-m", "stimuli", "verify", stimuli.root)
    raise InputRefused(
        f"{stimuli.root}: {failures[0]}{more}; `{verify}` lists what differs, building the set again mends it"
    )
