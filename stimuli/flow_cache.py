"""Flow that takes long to estimate, kept on disk outside the stimulus sets.

It lies in the user's cache folder (`python -m stimuli.flow_cache` prints where, and how much there is);
removing that folder costs nothing but time. What is read is bit for bit what was estimated.
"""

from __future__ import annotations

import contextlib
import itertools
import lzma
import os
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stimuli.disk import free_bytes
from stimuli.errors import StimulusError
from stimuli.flow import Flow
from stimuli.user_cache import LARGEST_BYTES, SPARED_BYTES, cache_folder, make_room
from stimuli.video import LARGEST_PX

KIND = "flow"
SUFFIX = ".flow.zip"

# A single bit makes a member one that is encrypted, or packed by another method.
_DAMAGED = (
    *(OSError, EOFError, ValueError, KeyError, RuntimeError, OverflowError),
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
)


@dataclass(frozen=True)
class FlowCache:
    """A folder with one file a clip. When it holds more than `largest_bytes`, what was not used for longest
    goes.
    """

    folder: Path
    largest_bytes: int = LARGEST_BYTES
    spared_bytes: int = SPARED_BYTES

    def flows(self, key: str, count: int, estimate: Callable[[], Iterator[Flow]]) -> Iterator[Flow]:
        """The `count` flows kept under `key` (a file name), or those of `estimate()`, which then are kept.

        A file that is missing, damaged or of another length is made anew. What goes wrong in writing one is
        of no consequence for the flow.
        """
        path = self.folder / f"{key}{SUFFIX}"
        read = 0
        try:
            for flow in _read(path, count):
                yield flow
                read += 1
        except _DAMAGED:
            pass
        if read == count and path.exists():
            return
        yield from itertools.islice(self._kept(path, estimate()), read, None)

    def _kept(self, path: Path, flows: Iterator[Flow]) -> Iterator[Flow]:
        """Pass the flows on while they are written; the file appears when the last one is in it."""
        writer = self._begin(path)
        try:
            for index, flow in enumerate(flows):
                if writer is not None and not writer.add(index, flow):
                    writer = None
                yield flow
            if writer is not None:
                writer.finish(path)
                writer = None
                make_room(self.folder, SUFFIX, self.largest_bytes)
        finally:
            if writer is not None:
                writer.abandon()

    def _begin(self, path: Path) -> _Writer | None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return None if free_bytes(path.parent) < self.spared_bytes else _Writer(path.parent)
        except (OSError, StimulusError):
            return None


class _Writer:
    """A file under a name of its own until it is whole. Nothing here raises OSError but the start."""

    def __init__(self, folder: Path) -> None:
        handle, name = tempfile.mkstemp(suffix=".part", dir=folder)
        self._part = Path(name)
        self._file = os.fdopen(handle, "wb")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)

    def add(self, index: int, flow: Flow) -> bool:
        """Whether it was written; if not, the file is gone."""
        try:
            height, width = flow.shape[:2]
            self._zip.writestr(f"{index}_{height}_{width}", _packed(flow))
        except OSError:
            self.abandon()
            return False
        return True

    def finish(self, path: Path) -> None:
        try:
            self._zip.close()
            self._file.close()
            self._part.replace(path)
        except OSError:
            self.abandon()

    def abandon(self) -> None:
        # Closed even where that fails for a full disk, or it would be tried again when it is collected.
        for step in (self._zip.close, self._file.close, self._part.unlink):
            with contextlib.suppress(OSError):
                step()


def _read(path: Path, count: int) -> Iterator[Flow]:
    """Raises one of `_DAMAGED`; each flow that is yielded before has passed its checksum."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if len(names) != count:
            raise ValueError(f"{path} holds {len(names)} flows instead of {count}.")
        os.utime(path)
        for index, name in enumerate(names):
            number, height, width = (int(part) for part in name.split("_"))
            if number != index:
                raise ValueError(f"{path} holds flow {number} in place {index}.")
            pixels = height * width
            if not 0 < pixels <= LARGEST_PX or archive.getinfo(name).file_size != 8 * pixels:
                raise ValueError(f"{path} holds something else than flow in place {index}.")
            yield _unpacked(archive.read(name), height, width)


def _packed(flow: Flow) -> bytes:
    """The bit patterns as differences to the pixel on the left, like bytes side by side: neighbours move
    alike, so the upper bytes are mostly zero and compress to less than half.
    """
    bits = np.ascontiguousarray(np.moveaxis(flow, 2, 0), dtype="<f4").view("<u4").copy()
    bits[:, :, 1:] -= bits[:, :, :-1].copy()
    packed: bytes = bits.view(np.uint8).reshape(-1, 4).T.tobytes()
    return packed


def _unpacked(packed: bytes, height: int, width: int) -> Flow:
    planes = np.frombuffer(packed, np.uint8).reshape(4, -1)
    bits = np.ascontiguousarray(planes.T).view("<u4").reshape(2, height, width)
    bits = np.cumsum(bits, axis=2, dtype="<u4")
    flow: Flow = np.ascontiguousarray(np.moveaxis(bits.view("<f4"), 0, 2), dtype=np.float32)
    return flow


def main() -> int:
    """Print where the cache is and how much it holds."""
    folder = cache_folder(KIND)
    sizes = [file.stat().st_size for file in folder.glob(f"*{SUFFIX}")]
    print(f"{folder}\n{len(sizes)} clips, {sum(sizes) / 1e9:.2f} GB of at most {LARGEST_BYTES / 1e9:.0f} GB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
