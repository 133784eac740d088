"""A connection of one's own to an X server, beside that of the window."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_RETRIES = 4
_BETWEEN_S = 0.2


def connect_to_x(display_name: str | None = None) -> Any:
    """An ``Xlib.display.Display``; ``display_name`` is that of ``DISPLAY`` unless given.

    A virtual server starts anew when its last program has left, and breaks the connections that come at that
    moment: those are tried again.

    Raises
    ------
    OSError
        Where there is no server, it lets nobody in, or it breaks every connection.
    """
    from Xlib import display
    from Xlib.error import ConnectionClosedError, DisplayError

    tries = 0
    while True:
        try:
            return display.Display(display_name)
        except DisplayError as error:
            raise OSError(str(error)) from error
        except ConnectionClosedError as error:
            if tries == _RETRIES:
                raise OSError(str(error)) from error
        tries += 1
        time.sleep(_BETWEEN_S)


@contextmanager
def broken_told() -> Iterator[None]:
    """What is asked of the server within raises OSError where the connection breaks; Xlib has an error of its
    own for that.
    """
    from Xlib.error import ConnectionClosedError

    try:
        yield
    except ConnectionClosedError as error:
        raise OSError(str(error)) from error
