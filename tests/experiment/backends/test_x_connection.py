"""Servers that break connections, as a virtual one does while it starts anew."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator

import pytest

from experiment.backends import x_connection
from experiment.backends.psychopy_window import check_display
from experiment.backends.x_connection import connect_to_x
from experiment.backends.x_screens import XMonitors
from experiment.errors import InputRefused

# Servers number n listen at the port 6000 + n.
_FIRST_PORT = 6000


class BreakingServer:
    """Listens as an X server does and breaks every connection; ``broken`` counts them."""

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen()
        self.broken = 0
        self.display = f"127.0.0.1:{self._socket.getsockname()[1] - _FIRST_PORT}"
        self._thread = threading.Thread(target=self._break, daemon=True)
        self._thread.start()

    def _break(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            with connection:
                if connection.recv(1):
                    self.broken += 1
                else:
                    return

    def close(self) -> None:
        # Whoever connects and says nothing ends the thread.
        socket.create_connection(self._socket.getsockname()).close()
        self._thread.join()
        self._socket.close()


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> Iterator[BreakingServer]:
    monkeypatch.setattr(x_connection, "_BETWEEN_S", 0.001)
    server = BreakingServer()
    yield server
    server.close()


@pytest.mark.parametrize("opened", [connect_to_x, XMonitors])
def test_a_broken_connection_is_tried_again_before_it_is_refused(breaking, opened):
    with pytest.raises(OSError, match="closed by server"):
        opened(breaking.display)
    assert breaking.broken == 5


def test_no_server_is_refused_at_once(monkeypatch):
    waits = "experiment.backends.x_connection.time.sleep"
    monkeypatch.setattr(waits, lambda _: pytest.fail("it was tried again"))
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(OSError, match="connect"):
            connect_to_x(f"127.0.0.1:{unused.getsockname()[1] - _FIRST_PORT}")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is no X server to ask")
def test_a_session_at_a_breaking_server_is_refused_in_a_sentence(breaking, monkeypatch):
    monkeypatch.setenv("DISPLAY", breaking.display)
    with pytest.raises(
        InputRefused, match=rf"The display {breaking.display} \(from DISPLAY\) cannot be opened"
    ):
        check_display()
