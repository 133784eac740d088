"""The real clips of 320x240 that benchmarks use, in `clips/` of the folder that AFD_TEST_DATA names."""

from __future__ import annotations

UCF_CLIPS = (
    "v_JumpingJack_g14_c03.mp4",
    "v_JumpingJack_g17_c03.mp4",
    "v_Lunges_g05_c02.mp4",
    "v_Lunges_g18_c05.mp4",
    "v_Swing_g11_c02.gif",
    "v_Biking_g05_c02.avi",
)
