"""Whether a single noise frame holds anything but independent values of the expected kind.

Three tests look at one frame: how often each value occurs (chi-square), how alike neighbours are at every
distance up to 32 px (autocorrelation), and how many dots stand in it twice. Each gives the probability that
a frame without any leak would show as much. A frame that fails one of them tells something by itself.

`local_clues` are the same three ideas cell by cell: what a classifier could read off a single frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import cv2
import numpy as np
import numpy.typing as npt
from scipy import fft, stats

from stimuli.noise import NoiseKind, NoiseLevels

Frame = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
_Words = npt.NDArray[np.uint32]

LARGEST_LAG_PX = 32
TESTS_PER_FRAME = 3
CELLS = (6, 8)
"""Rows and columns of cells that `local_clues` divides a frame into."""

# Dots that make one word of 24 bits, rows and columns: two equal words by chance are then rare in every kind.
_WORDS: dict[NoiseKind, tuple[int, int]] = {
    "rgb": (1, 1),
    "matched": (1, 1),
    "gray": (1, 3),
    "binary": (4, 6),
}


@dataclass(frozen=True)
class NoiseLaw:
    """What the values of a frame should be: the share of each of the 256 levels, float (channels, 256), and
    how many dots (rows, columns) are taken together when it is asked what occurs twice.

    One channel stands for R = G = B.
    """

    shares: Floats
    word: tuple[int, int]

    @cached_property
    def varying(self) -> tuple[int, ...]:
        """The channels that have more than one level."""
        return tuple(np.flatnonzero((self.shares > 0).sum(axis=1) > 1).tolist())

    @cached_property
    def word_moments(self) -> tuple[float, float]:
        """The chance that two words, and that three words, are the same."""
        dots = self.word[0] * self.word[1]
        twice, thrice = ((self.shares**power).sum(axis=1).prod() ** dots for power in (2, 3))
        return float(twice), float(thrice)


def noise_law(kind: NoiseKind = "rgb", levels: NoiseLevels | None = None) -> NoiseLaw:
    """The law of a kind of noise (`stimuli.noise`). Raises ValueError for `matched` without its levels."""
    if kind == "matched":
        if levels is None:
            raise ValueError("Which values matched noise should have is known only with its levels.")
        shares = np.zeros((3, 256))
        for channel, (low, high) in enumerate(levels.ranges):
            shares[channel, low : high + 1] = 1 / (high + 1 - low)
    elif kind == "binary":
        shares = np.zeros((1, 256))
        shares[0, [0, 255]] = 0.5
    else:
        shares = np.full((3 if kind == "rgb" else 1, 256), 1 / 256)
    return NoiseLaw(shares, _WORDS[kind])


@dataclass(frozen=True)
class FrameLeak:
    """What the tests of one frame found. Each `p_` is corrected for what its test compares: channels, lags.

    `chi_square` is the largest of the channels. `peak` is the correlation of largest size at any lag from
    (0, 0) to 32 px in x and y, both axes and all diagonals, at `peak_lag_px` (x, y), averaged over channels.
    `repeats` counts pairs of equal words, `repeats_by_chance` is their expectation.
    """

    chi_square: float
    p_histogram: float
    peak: float
    peak_lag_px: tuple[int, int]
    p_autocorrelation: float
    repeats: int
    repeats_by_chance: float
    p_repeats: float

    @property
    def p_lowest(self) -> float:
        """The smallest of the three probabilities."""
        return min(self.p_histogram, self.p_autocorrelation, self.p_repeats)


def frame_leak(frame: Frame, law: NoiseLaw) -> FrameLeak:
    """The three tests on one frame, uint8 (H, W, 3).

    Where the law has one channel, a dot whose channels differ is a value that cannot be. Raises ValueError
    for a frame too small for a word.
    """
    if law.word[0] > frame.shape[0] or law.word[1] > frame.shape[1]:
        raise ValueError(f"A frame of {frame.shape[1]}x{frame.shape[0]} px is too small to be tested.")
    counts = np.stack([np.bincount(frame[..., c].ravel(), minlength=256) for c in range(len(law.shares))])
    chi_square, p_histogram = histogram_test(counts, law)
    if len(law.shares) == 1 and (frame != frame[..., :1]).any():
        p_histogram = 0.0
    correlation = autocorrelation(frame, law.varying)
    peak, lag, p_autocorrelation = peak_test(correlation, frame.shape[:2], len(law.varying))
    repeats, by_chance, p_repeats = repeats_test(_words(frame, law.word), law)
    return FrameLeak(chi_square, p_histogram, peak, lag, p_autocorrelation, repeats, by_chance, p_repeats)


def histogram_test(counts: npt.NDArray[np.integer], law: NoiseLaw) -> tuple[float, float]:
    """Pearson's chi-square of counts (channels, 256) against the law: the largest of the channels, and the
    probability, times the number of channels, of one at least as large.
    """
    largest, p_lowest = 0.0, 1.0
    for found, shares in zip(counts, law.shares, strict=True):
        possible = shares > 0
        if found[~possible].any():
            return float("inf"), 0.0
        expected = shares[possible] * found.sum()
        if possible.sum() == 1:
            continue
        value = float(((found[possible] - expected) ** 2 / expected).sum())
        largest = max(largest, value)
        p_lowest = min(p_lowest, float(stats.chi2.sf(value, possible.sum() - 1)))
    return largest, min(1.0, p_lowest * len(counts))


def autocorrelation(frame: Frame, channels: tuple[int, ...] = (0, 1, 2)) -> Floats:
    """The mean over channels of each channel's correlation with itself, moved by every lag up to 32 px.

    float (33, 65): y lags of 0..32 px, x lags of -32..32 px; the other half of the plane is the same again.
    Frames of less than 64 px to a side have fewer lags. One where all dots are equal correlates fully.
    """
    height, width = frame.shape[:2]
    reach_y, reach_x = _reach(height), _reach(width)
    # Zeros beside the frame keep its ends from meeting.
    size = (fft.next_fast_len(height + reach_y, True), fft.next_fast_len(width + reach_x, True))
    power = np.zeros((size[0], size[1] // 2 + 1), dtype=np.float32)
    for channel in channels:
        values = frame[..., channel].astype(np.float32)
        values -= values.mean()
        deviation = values.std()
        if deviation == 0:
            return np.ones((reach_y + 1, 2 * reach_x + 1))
        spectrum = fft.rfft2(values / deviation, s=size)
        power += spectrum.real**2 + spectrum.imag**2
    products = fft.irfft2(power, s=size)[: reach_y + 1]
    around = np.concatenate([products[:, -reach_x:], products[:, : reach_x + 1]], axis=1)
    return np.asarray(around / (len(channels) * _overlap(height, width)), dtype=np.float64)


def peak_test(
    correlation: Floats, shape: tuple[int, ...], channels: int, frames: int = 1
) -> tuple[float, tuple[int, int], float]:
    """The correlation that lies farthest out of what chance gives, its lag (x, y), and the probability of any
    lag being as far out.

    Where values are independent, a correlation over n pairs of dots is normal around 0 with a deviation of
    1 / sqrt(n), n counting all channels and `frames`, over which `correlation` is the mean. The probability
    is that of one lag times the number of lags: a bound that holds for the largest of all.
    """
    reach_x = correlation.shape[1] // 2
    deviations = correlation * np.sqrt(channels * frames * _overlap(*shape[:2]))
    # Of the row y = 0 one half is the other again, and lag 0 is the frame itself.
    deviations[0, : reach_x + 1] = 0
    at = np.unravel_index(np.argmax(np.abs(deviations)), deviations.shape)
    lags = correlation.size - reach_x - 1
    p = min(1.0, float(2 * stats.norm.sf(abs(deviations[at])) * lags))
    return float(correlation[at]), (int(at[1]) - reach_x, int(at[0])), p


def null_band(shape: tuple[int, ...], channels: int, p: float) -> float:
    """Below what size all correlations of an independent frame stay, at the longest lag, with probability
    1 - p: 0.0117 for 320x240 in three channels and p = 0.01.
    """
    reach_y, reach_x = _reach(shape[0]), _reach(shape[1])
    lags = (reach_y + 1) * (2 * reach_x + 1) - reach_x - 1
    pairs = channels * _overlap(shape[0], shape[1]).min()
    return float(stats.norm.isf(p / (2 * lags)) / np.sqrt(pairs))


def repeats_test(words: _Words, law: NoiseLaw) -> tuple[int, float, float]:
    """Pairs of equal words, how many chance gives, and the probability of at least as many.

    76,800 dots of 24 bits have 176 such pairs by chance. Words that overlap repeat in clumps, and so do those
    of uneven shares; a negative binomial of the same mean and variance takes account of both.
    """
    ordered = np.sort(words, axis=None)
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    lengths = np.diff(np.append(starts, ordered.size))
    repeats = int((lengths * (lengths - 1) // 2).sum())
    mean, variance = _repeats_by_chance(ordered.size, law)
    if variance <= mean * (1 + 1e-6):
        return repeats, mean, float(stats.poisson.sf(repeats - 1, mean))
    size = mean**2 / (variance - mean)
    return repeats, mean, float(stats.nbinom.sf(repeats - 1, size, mean / variance))


def _repeats_by_chance(n: int, law: NoiseLaw) -> tuple[float, float]:
    """Mean and variance of the pairs of equal words among n."""
    twice, thrice = law.word_moments
    mean = n * (n - 1) / 2 * twice
    uneven = n * (n - 1.0) * (n - 2) * max(thrice - twice**2, 0.0)
    # Next to equal words stand words that share dots with them and are equal the more easily.
    rows, columns = law.word
    per_dot = twice ** (1 / (rows * columns))
    clumps = sum(
        per_dot ** (rows * columns - (rows - abs(y)) * (columns - abs(x)))
        for y in range(1 - rows, rows)
        for x in range(1 - columns, columns)
        if (x, y) != (0, 0)
    )
    return mean, mean * (1 - twice) + mean * clumps + uneven


def local_clues(frame: Frame, law: NoiseLaw) -> npt.NDArray[np.float32]:
    """What each of 6 x 8 cells tells, (5 * 48,): mean, deviation, likeness of neighbours to the right and
    below, and share of dots that occur twice.

    In units of what chance makes of a cell of that size, so frames of all sizes compare.
    """
    grey = frame.mean(axis=2, dtype=np.float32)
    values = (grey - grey.mean()) / max(float(grey.std()), 1e-6)
    words = _words(frame, law.word)
    twice = np.zeros(frame.shape[:2], dtype=np.float32)
    twice[: words.shape[0], : words.shape[1]] = _occurs_twice(words)
    chance = min(1.0, 2 * _repeats_by_chance(words.size, law)[0] / words.size)
    maps = (
        values,
        (values**2 - 1) / max(float((values**2).std()), 1e-6),
        values * np.roll(values, -1, axis=1),
        values * np.roll(values, -1, axis=0),
        (twice - np.float32(chance)) / np.float32(np.sqrt(chance)),
    )
    rows, columns = CELLS
    size = frame.shape[0] * frame.shape[1] / (rows * columns)
    cells = [cv2.resize(one, (columns, rows), interpolation=cv2.INTER_AREA).ravel() for one in maps]
    return np.asarray(np.concatenate(cells) * np.sqrt(size), dtype=np.float32)


def _words(frame: Frame, word: tuple[int, int]) -> _Words:
    """24 bits per dot, or, where dots have less, of all dots in a rectangle that begins there."""
    if word == (1, 1):
        wide = frame.astype(np.uint32)
        return np.asarray(wide[..., 0] | wide[..., 1] << 8 | wide[..., 2] << 16, dtype=np.uint32)
    bits = 24 // (word[0] * word[1])
    levels = (frame[..., 0] >> (8 - bits)).astype(np.uint32)
    height, width = levels.shape[0] - word[0] + 1, levels.shape[1] - word[1] + 1
    words = np.zeros((height, width), dtype=np.uint32)
    for y in range(word[0]):
        for x in range(word[1]):
            words[...] = words << bits | levels[y : y + height, x : x + width]
    return words


def _occurs_twice(words: _Words) -> npt.NDArray[np.bool_]:
    order = np.argsort(words, axis=None, kind="stable")
    ordered = words.reshape(-1)[order]
    same = ordered[1:] == ordered[:-1]
    twice = np.zeros(words.size, dtype=bool)
    twice[order[1:][same]] = True
    twice[order[:-1][same]] = True
    return twice.reshape(words.shape)


def _reach(length: int) -> int:
    return min(LARGEST_LAG_PX, length // 2)


@lru_cache(maxsize=8)
def _overlap(height: int, width: int) -> Floats:
    """How many pairs of dots of a frame lie at each lag, (y lags, x lags)."""
    down = height - np.arange(_reach(height) + 1.0)
    across = width - np.abs(np.arange(-_reach(width), _reach(width) + 1.0))
    return np.asarray(down[:, None] * across)
