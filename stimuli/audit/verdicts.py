"""What the numbers of clips and set mean: pass, fail, or cannot be told, each with its reason.

A clean set must not fail by chance, however many frames it has. All tests of frames share half of one small
probability of a false alarm, in equal parts (Bonferroni: it holds for frames that depend on one another, as
those of a clip do); the pooled tests share a quarter, and the classifier has a quarter.

The limits of motion come from eight real clips and their flow by DIS, beside `recursive` noise with fresh
fill from the same flow: `advect` reached 0.96 to 1.00 of its correlation and 0.92 to 1.00 of its gain, with
up to 0.09 px more of error; the published generator's correlation was -0.2 to -0.9, its error 1.1 to 7 px
more. Drawn clips, whose limbs are faster than the ruler can follow, set the rest: there `advect` reached
0.91 of the correlation and 0.82 of the gain, with 0.20 px more than 1.36.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from stimuli.audit.leak_meter import PooledFrame
from stimuli.audit.records import (
    Encoding,
    Leak,
    Limits,
    Motion,
    MotionBeside,
    Outcome,
    Pooled,
    Recognition,
    Verdict,
    Verdicts,
)
from stimuli.audit.stream import is_lossy
from stimuli.frame_times import same_rate
from stimuli.static_leak import (
    TESTS_PER_FRAME,
    NoiseLaw,
    histogram_test,
    null_band,
    peak_test,
)

CHANCE_OF_FALSE_ALARM = 0.001
_LEAST_R, _LEAST_GAIN = 0.75, 0.6
_MOST_EPE_PX, _MOST_EPE_SHARE = 0.25, 0.5
_LEAST_RECURSIVE_R = 0.25
_FEWEST_MOVING = 10_000
_SLOW_KEPT = 0.5
_FEWEST_SLOW = 5_000
_UNIFORM_DEVIATION = 73.9


def limits_for(frames: int, shape: tuple[int, int], channels: int, pools: int) -> Limits:
    """The limits for a set of so many frames of the shape (H, W), and so many pooled frames' sizes."""
    tests = TESTS_PER_FRAME * max(frames, 1)
    p_frame = CHANCE_OF_FALSE_ALARM / 2 / tests
    return Limits(
        chance_of_false_alarm=CHANCE_OF_FALSE_ALARM,
        p_frame=p_frame,
        p_pooled=CHANCE_OF_FALSE_ALARM / 4 / 2 / max(pools, 1),
        p_recognition=CHANCE_OF_FALSE_ALARM / 4,
        frame_tests=tests,
        autocorrelation_band=null_band(shape, channels, p_frame),
        least_share_of_recursive_r=_LEAST_R,
        least_share_of_recursive_gain=_LEAST_GAIN,
        most_epe_above_recursive_px=_MOST_EPE_PX,
        most_epe_above_recursive_share=_MOST_EPE_SHARE,
        least_recursive_r=_LEAST_RECURSIVE_R,
        fewest_moving_values=_FEWEST_MOVING,
    )


def leak_verdict(leak: Leak | None, limits: Limits) -> Verdict:
    """Of one clip: whether any of its frames fails any test."""
    if leak is None:
        return _untold("No frame of the clip could be read.")
    found = []
    if leak.p_histogram < limits.p_frame:
        found.append(f"values are not those of the noise (chi-square {leak.chi_square:.4g})")
    if leak.p_autocorrelation < limits.p_frame:
        x, y = leak.peak_lag_px
        found.append(f"dots {x} px across and {y} px down from one another correlate by {leak.peak:+.4f}")
    if leak.p_repeats < limits.p_frame:
        found.append(
            f"{leak.repeats:,} pairs of dots of one frame are equal, {leak.repeats_by_chance:.0f} by chance"
        )
    if found:
        return Verdict(outcome="fail", reason=_sentence("; ".join(found)))
    return Verdict(outcome="pass", reason=f"{leak.frames} frames, none unlike uniform, independent dots.")


def motion_verdict(motion: MotionBeside | None, problems: Sequence[str], limits: Limits) -> Verdict:
    """Of one clip: whether its noise moves about as faithfully as recursive noise from the same flow."""
    if motion is None:
        return _untold(next(iter(problems), "There is no motion in a single frame."))
    ours, plain = motion.clip, motion.recursive
    if ours.r is None or ours.epe_px is None or ours.gain is None or ours.moving_values < _FEWEST_MOVING:
        return _untold(
            f"The source moves by more than 0.5 px per frame in {ours.moving_values:,} values only;"
            f" {_FEWEST_MOVING:,} are needed."
        )
    if plain.r is None or plain.epe_px is None or plain.gain is None or plain.r < limits.least_recursive_r:
        return _untold(
            "This flow cannot be measured in any noise: even recursive noise made of it correlates by"
            f" {_number(plain.r)} only."
        )
    slow = _slow_words(ours)
    numbers = (
        f"Correlation with the source {ours.r:+.2f} (recursive {plain.r:+.2f}), error {ours.epe_px:.2f} px"
        f" ({plain.epe_px:.2f}), {100 * ours.gain:.0f} % of the motion kept ({100 * plain.gain:.0f} %)"
    )
    wrong = []
    if ours.r < limits.least_share_of_recursive_r * plain.r:
        wrong.append("it does not move as its source" if ours.r > 0 else "it moves against its source")
    if ours.epe_px > most_epe_px(plain.epe_px, limits):
        wrong.append("its error is too large")
    if ours.gain < limits.least_share_of_recursive_gain * plain.gain:
        wrong.append("motion is lost")
    if wrong:
        return Verdict(outcome="fail", reason=f"{numbers}: {', '.join(wrong)}.{slow}")
    return Verdict(outcome="pass", reason=f"{numbers}.{slow}")


def most_epe_px(recursive_px: float, limits: Limits) -> float:
    """The largest error that passes: where the ruler itself errs by pixels, a fixed margin means nothing."""
    share = limits.most_epe_above_recursive_share * recursive_px
    return recursive_px + max(limits.most_epe_above_recursive_px, share)


def encoding_verdict(
    encoding: Encoding | None, problems: Sequence[str], *, afd101: bool, same_software: bool
) -> Verdict:
    """Of one clip: whether its file holds, frame by frame, what the generator made, at the source's rate."""
    if encoding is None:
        return Verdict(outcome="fail", reason=next(iter(problems), "The file cannot be read."))
    wrong = _wrong_counts(encoding, fewer=1 if afd101 else 0)
    if not encoding.checksum_agrees:
        wrong.append("the file is not the one in the manifest (checksum)")
    stored = f"stored as {encoding.codec} in {encoding.pixel_format}"
    if encoding.differing and same_software:
        wrong.append(
            f"{encoding.differing} of {encoding.compared} frames, the first of them number"
            f" {encoding.first_differing}, are not those that the recipe gives ({stored})"
        )
    if wrong:
        return Verdict(outcome="fail", reason=_sentence("; ".join(wrong)))
    counts = f"{encoding.frames} frames at {encoding.fps:.5g} per second, as the source"
    if encoding.source_frames == encoding.frames + 1:
        counts += " but for its first frame"
    if afd101:
        loss = ", which loses values of noise" if is_lossy(encoding.pixel_format) else ""
        return _untold(
            f"{counts}. The frames that were encoded are not known; {stored}{loss}: the deviation of all"
            f" values is {encoding.deviation:.1f}, that of uniform noise {_UNIFORM_DEVIATION}."
        )
    if encoding.compared is None or encoding.source_frames is None:
        return _untold(next(iter(problems), "The frames could not be made again."))
    if encoding.differing:
        return _untold(
            f"{encoding.differing} of {encoding.compared} frames are not those that the recipe gives here."
            " But the set was made with other versions of the software, or its flow by a network."
        )
    return Verdict(outcome="pass", reason=f"{counts}, each as generated; {stored}.")


def pooled_leaks(frames: Iterable[PooledFrame], law: NoiseLaw, limits: Limits) -> tuple[Pooled, ...]:
    """The tests on one frame of each clip, all clips of one size together; those are independent."""
    by_shape: dict[tuple[int, ...], list[PooledFrame]] = {}
    for frame in frames:
        by_shape.setdefault(frame.shape, []).append(frame)
    return tuple(_pooled(shape, members, law, limits) for shape, members in sorted(by_shape.items()))


def set_verdicts(clips: Sequence[Verdicts], pooled: Sequence[Pooled], recognition: Recognition) -> Verdicts:
    """Of the set: fail where any clip fails, else pass where at least half of them do; the first question
    fails also where one of the set's own tests does.
    """
    leak = _of_all([clip.static_leak for clip in clips])
    of_set = (*(each.verdict for each in pooled), recognition.verdict)
    failed = [verdict.reason for verdict in of_set if verdict.outcome == "fail"]
    if failed:
        leak = Verdict(outcome="fail", reason=" ".join([leak.reason, *failed]))
    else:
        leak = Verdict(outcome=leak.outcome, reason=f"{leak.reason} {recognition.verdict.reason}")
    return Verdicts(
        static_leak=leak,
        motion=_of_all([clip.motion for clip in clips]),
        encoding=_of_all([clip.encoding for clip in clips]),
    )


def _pooled(shape: tuple[int, ...], members: list[PooledFrame], law: NoiseLaw, limits: Limits) -> Pooled:
    n = len(members)
    _, p_histogram = histogram_test(np.sum([member.counts for member in members], axis=0), law)
    mean = np.mean([member.correlation for member in members], axis=0)
    peak, lag, p_autocorrelation = peak_test(mean, shape, len(law.varying), n)
    what = f"One frame of each of {n} clips of {shape[1]}x{shape[0]} px taken together"
    wrong = []
    if p_histogram < limits.p_pooled:
        wrong.append("values are not those of the noise")
    if p_autocorrelation < limits.p_pooled:
        wrong.append(f"dots {lag[0]} px across and {lag[1]} px down correlate by {peak:+.5f}")
    outcome: Outcome = "fail" if wrong else "pass"
    return Pooled(
        clips=n,
        p_histogram=p_histogram,
        peak=peak,
        peak_lag_px=lag,
        p_autocorrelation=p_autocorrelation,
        verdict=Verdict(outcome=outcome, reason=f"{what}: {'; '.join(wrong) or 'uniform and independent'}."),
    )


def _of_all(verdicts: Sequence[Verdict]) -> Verdict:
    count = {
        outcome: sum(verdict.outcome == outcome for verdict in verdicts)
        for outcome in ("pass", "fail", "cannot be told")
    }
    total = len(verdicts)
    untold = f" {count['cannot be told']} of {total} clips cannot be told." if count["cannot be told"] else ""
    if count["fail"]:
        return Verdict(outcome="fail", reason=f"{count['fail']} of {total} clips fail.{untold}")
    if not count["pass"]:
        return _untold(f"Of none of the {total} clips it can be told.")
    # A set is not proven by the few of its clips that could be looked at.
    outcome: Outcome = "pass" if 2 * count["pass"] >= total else "cannot be told"
    return Verdict(outcome=outcome, reason=f"{count['pass']} of {total} clips pass.{untold}")


def _wrong_counts(encoding: Encoding, fewer: int) -> list[str]:
    """`fewer`: by so many frames a clip may be shorter than its source, as published clips are."""
    wrong = []
    if encoding.frames != encoding.frames_in_manifest:
        wrong.append(f"{encoding.frames} frames, the manifest says {encoding.frames_in_manifest}")
    source = encoding.source_frames
    if source is not None and not source - fewer <= encoding.frames <= source:
        wrong.append(f"{encoding.frames} frames, its source has {encoding.source_frames}")
    rates = {"the manifest says": encoding.fps_in_manifest, "its source has": encoding.source_fps}
    for who, rate in rates.items():
        if rate is not None and not same_rate(encoding.fps, rate):
            wrong.append(f"{encoding.fps:.5g} frames per second, {who} {rate:.5g}")
    return wrong


def _slow_words(motion: Motion) -> str:
    if motion.slow_gain is None or motion.slow_values < _FEWEST_SLOW:
        return ""
    kept = f"of motion below 0.5 px per frame {100 * motion.slow_gain:.0f} % is kept"
    return f" Slow motion is lost: {kept}." if motion.slow_gain < _SLOW_KEPT else f" {_sentence(kept)}"


def _number(value: float | None) -> str:
    return "nothing" if value is None else f"{value:+.2f}"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _untold(reason: str) -> Verdict:
    return Verdict(outcome="cannot be told", reason=reason)
