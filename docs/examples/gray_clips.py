"""A kind of clip of one's own: the ordinary clips of a stimulus set in shades of gray, as condition Gray5.

python docs/examples/gray_clips.py stimulus_sets/with-gray

Work on a copy of a set: with its manifest its checksum changes, which every session records.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from stimuli.errors import StimulusError
from stimuli.manifest import file_sha256, read_stimulus_set, write_manifest
from stimuli.video import Frame, decode, encode_lossless


def gray(frame: Frame) -> Frame:
    """The same picture, (height, width, 3), uint8, in which red, green and blue are its luma."""
    luma = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    return np.repeat(luma[:, :, None], 3, axis=2)


def main(root: str) -> None:
    """Make the clips, and add a row for each to the manifest of the set."""
    stimuli = read_stimulus_set(Path(root))
    added = []
    for clip in stimuli.clips:
        if clip.condition != "UCF5":
            continue
        name = clip.clip_id.partition("/")[2]
        path = f"gray5/{clip.action}/{name}.mkv"
        video = stimuli.root / path
        video.parent.mkdir(parents=True, exist_ok=True)
        encode_lossless(video, map(gray, decode(stimuli.path_of(clip))), clip.fps)
        made = {"clip_id": f"Gray5/{name}", "condition": "Gray5", "path": path, "sha256": file_sha256(video)}
        added.append(replace(clip, **made, source_clip_id=clip.clip_id))
    write_manifest(stimuli.root, [*stimuli.clips, *added])


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except StimulusError as error:
        sys.exit(str(error))
