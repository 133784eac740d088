"""What a reader opens, changes, starts and spends while it reads."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.strategies import OUTSIDE

_CHANGES = frozenset(
    (
        "os.mkdir",
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.truncate",
        "os.link",
        "os.symlink",
        "shutil.rmtree",
    )
)
_NEVER = frozenset(("os.system", "os.exec", "os.fork", "subprocess.Popen", "socket.connect", "socket.bind"))
# What libraries ask the system where others are, and what tells a session its commit.
_HARMLESS = frozenset(("/sbin/ldconfig", "git"))


@dataclass
class Watch:
    """What was touched that a reader has no business with, and what reading cost."""

    folder: Path
    touched: list[str] = field(default_factory=list)
    processor_s: float = 0.0
    peak_mb: float = 0.0

    def see(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in _NEVER:
            # The first argument of a process is its program.
            if str(arguments[0]) not in _HARMLESS:
                self.touched.append(f"{event} {arguments!r:.200}")
        elif event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
            writes = isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            self._see_path(event, os.fsdecode(arguments[0]), changed=bool(writes))
        elif event in _CHANGES:
            # Behind the paths stand the folders they are relative to, as open files; -1 where there is none.
            folders = [each for each in arguments if isinstance(each, int) and each > 2]
            base = os.path.realpath(f"/proc/self/fd/{folders[0]}") if folders else ""
            for each in arguments:
                if isinstance(each, str | bytes | os.PathLike):
                    self._see_path(event, os.path.join(base, os.fsdecode(each)), changed=True)  # noqa: PTH118

    def _see_path(self, event: str, path: str, *, changed: bool) -> None:
        real = os.path.realpath(path) if "\0" not in path else path
        within = Path(real).is_relative_to(self.folder)
        forbidden = OUTSIDE in Path(real).parts or real in ("/etc/passwd", "/etc/shadow")
        # Programs read their own libraries and settings; they have no reason to write anywhere else.
        allowed = within or (not changed and not forbidden) or real == os.devnull
        if not allowed:
            self.touched.append(f"{event} {path!r:.200}")


_watches: list[Watch] = []


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _watches and (event == "open" or event in _CHANGES or event in _NEVER):
        # What this looks at itself is no business of the reader.
        watch = _watches.pop()
        try:
            watch.see(event, arguments)
        finally:
            _watches.append(watch)


@contextmanager
def watched(folder: Path) -> Iterator[Watch]:
    """Watch everything Python opens or changes in this process, time and peak memory (on Linux)."""
    watch = Watch(folder.resolve())
    if not getattr(watched, "hooked", False):
        sys.addaudithook(_hook)  # for good: Python has no way to take one off
        watched.hooked = True  # type: ignore[attr-defined]
    before_mb, began_s = _forget_peak(), time.process_time()
    _watches.append(watch)
    try:
        yield watch
    finally:
        _watches.remove(watch)
        watch.processor_s = time.process_time() - began_s
        watch.peak_mb = _memory_mb("VmHWM") - before_mb


def _forget_peak() -> float:
    """Memory now in MB; from here on the peak counts."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return _memory_mb("VmHWM")
    return _memory_mb("VmRSS")


def _memory_mb(name: str) -> float:
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))
