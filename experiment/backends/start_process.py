"""Asks by the start dialog in a process of its own.

Qt ends the whole program where a library of the system is missing, and leaves threads and connections
behind; in its own process neither reaches a session.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from multiprocessing.connection import Connection

from experiment.choices import Choices
from experiment.errors import InputRefused
from experiment.start_dialog import Asked


def ask(choices: Choices, said: str) -> Asked | None:
    """Show the dialog and wait for it; ``None`` where it was left without starting.

    ``choices`` are what the fields show at first, ``said`` a sentence of an earlier attempt.

    Raises
    ------
    InputRefused
        Where no dialog can be shown here.
    """
    receiving, sending = multiprocessing.get_context("spawn").Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=_ask_here, args=(choices, said, sending))
    process.start()
    sending.close()
    try:
        answer: Asked | InputRefused | None = receiving.recv()
    except EOFError:
        process.join()
        raise InputRefused(
            f"The start dialog cannot be shown (its process ended with {process.exitcode}; on Debian, "
            "apt-get install libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 brings what it may lack); give "
            "protocol and participant on the command line, see run_session.py --help"
        ) from None
    process.join()
    if isinstance(answer, InputRefused):
        raise answer
    return answer


def _ask_here(choices: Choices, said: str, answered: Connection) -> None:
    # Here alone, so that Qt is not loaded where the session will run.
    from experiment.backends.start_window import show_start_window

    try:
        # A program that was ended meanwhile hears nothing.
        with contextlib.suppress(BrokenPipeError):
            answered.send(show_start_window(choices, said))
    except InputRefused as refused:
        answered.send(refused)
