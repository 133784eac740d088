"""What is said when the X server goes away in the middle of a session.

Xlib ends the program itself then, from within whatever call was waiting, and Python is not asked: no
exception, no ``finally``. All that was recorded is on the disk by that time, but nobody would know.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_EXIT_FAILED = 1
_Handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)


@contextmanager
def said_when_display_is_lost(sentence: str) -> Iterator[None]:
    """For the length of the block, end the program with a sentence on stderr and exit code 1 where the
    connection to the X server breaks.

    Where there is no Xlib, nothing is changed.
    """
    library = _xlib()
    if library is None:
        yield
        return

    def lost(_display: int | None) -> int:
        # Xlib is in the middle of a call and must not be entered again: neither cleaning up nor an exception
        # is possible here.
        os.write(2, f"{sentence}\n".encode())
        os._exit(_EXIT_FAILED)

    handler = _Handler(lost)
    before = library.XSetIOErrorHandler(handler)
    try:
        yield
    finally:
        library.XSetIOErrorHandler(before)


def _xlib() -> ctypes.CDLL | None:
    name = ctypes.util.find_library("X11") if sys.platform.startswith("linux") else None
    if name is None:
        return None
    try:
        library = ctypes.CDLL(name)
    except OSError:
        return None
    library.XSetIOErrorHandler.argtypes = [ctypes.c_void_p]
    library.XSetIOErrorHandler.restype = ctypes.c_void_p
    return library
