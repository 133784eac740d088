"""`audit.json`: everything that was measured in a stimulus set, the limits, and the verdicts."""

from __future__ import annotations

from typing import Literal

from stimuli.description import Recipe, Record, Software

Outcome = Literal["pass", "fail", "cannot be told"]


class Verdict(Record):
    """An answer and the sentence that gives its reason."""

    outcome: Outcome
    reason: str


class Verdicts(Record):
    """The answers to the three questions."""

    static_leak: Verdict
    motion: Verdict
    encoding: Verdict

    @property
    def outcomes(self) -> tuple[Outcome, Outcome, Outcome]:
        """The three in their order."""
        return self.static_leak.outcome, self.motion.outcome, self.encoding.outcome


class Leak(Record):
    """Of all frames of a clip, for each test, the frame that shows most (`stimuli.static_leak`).

    `p_` are those of that frame, corrected for channels and lags, not for the number of frames.
    """

    frames: int
    chi_square: float
    p_histogram: float
    peak: float
    peak_lag_px: tuple[int, int]
    p_autocorrelation: float
    repeats: int
    repeats_by_chance: float
    p_repeats: float


class Motion(Record):
    """`stimuli.motion_fidelity.MotionFidelity`; None where nothing moves enough to tell."""

    epe_px: float | None
    r: float | None
    gain: float | None
    moving_values: int
    slow_gain: float | None
    slow_values: int


class MotionBeside(Record):
    """The clip's noise, and `recursive` noise with fresh fill of the same flow and values, measured alike."""

    clip: Motion
    recursive: Motion
    every: int


class Encoding(Record):
    """What the file holds. `differing` of `compared` frames are not those that the recipe gives; None where
    they could not be made again. Mean and deviation are those of all values of the video, 0..255.
    """

    frames: int
    frames_in_manifest: int
    source_frames: int | None
    fps: float
    fps_in_manifest: float
    source_fps: float | None
    width: int
    height: int
    codec: str
    pixel_format: str
    compared: int | None
    differing: int | None
    first_differing: int | None
    mean: float
    deviation: float
    checksum_agrees: bool


class ClipAudit(Record):
    """One appearance-free clip. What could not be measured is None, and `problems` says why."""

    clip_id: str
    action: str
    group: int
    leak: Leak | None
    motion: MotionBeside | None
    encoding: Encoding | None
    problems: tuple[str, ...]
    verdicts: Verdicts


class Recognition(Record):
    """How often a classifier names the action of a single frame, whole groups held out.

    `accuracy` is the mean over actions; the interval and `p`, the probability of as much by chance, take
    every group of an action as one value.
    """

    clips: int
    groups: int
    actions: int
    frames_per_clip: int
    accuracy: float | None
    low: float | None
    high: float | None
    chance: float
    p: float | None
    verdict: Verdict


class Pooled(Record):
    """The histogram and autocorrelation tests on one frame of every clip taken together."""

    clips: int
    p_histogram: float
    peak: float
    peak_lag_px: tuple[int, int]
    p_autocorrelation: float
    verdict: Verdict


class Limits(Record):
    """What the verdicts were made with."""

    chance_of_false_alarm: float
    p_frame: float
    p_pooled: float
    p_recognition: float
    frame_tests: int
    autocorrelation_band: float
    least_share_of_recursive_r: float
    least_share_of_recursive_gain: float
    most_epe_above_recursive_px: float
    most_epe_above_recursive_share: float
    least_recursive_r: float
    fewest_moving_values: int


class AuditSoftware(Software):
    """With what the audit itself computes with."""

    scipy: str
    scikit_learn: str


class Audit(Record):
    """The whole of `audit.json`."""

    format: Literal[1] = 1
    stimulus_set: str
    manifest_sha256: str
    recipe: Recipe
    software_of_set: Software
    software_of_audit: AuditSoftware
    limits: Limits
    verdicts: Verdicts
    pooled: tuple[Pooled, ...]
    recognition: Recognition
    clips: tuple[ClipAudit, ...]
