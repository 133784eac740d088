"""Any other model: a Python function of the user's, named as ``package.module:function``.

The function is given one clip and answers with probabilities::

    def function(frames, fps, actions):
        # frames: numpy uint8 (frames, height, width, 3), R then G then B: the whole clip as people see it
        # fps: frames per second, a float; actions: a tuple of names
        return [...]  # one probability for every action, in their order, adding up to 1

It is called once for every clip, in one thread, and may keep what it has loaded in a variable of its module.
docs/models.md, "Other models", has an example.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.errors import AnalysisError

ClipFunction: TypeAlias = Callable[[NDArray[np.uint8], float, tuple[str, ...]], Sequence[float]]


def load_entry_point(name: str) -> ClipFunction:
    """The function called ``package.module:function``.

    Raises
    ------
    AnalysisError
        Where the name has another form, the module cannot be imported, or has no such function.
    """
    module_name, colon, function_name = name.partition(":")
    if not (module_name and colon and function_name):
        raise AnalysisError(f"--entry-point {name}: write it as package.module:function")
    try:
        module = importlib.import_module(module_name)
    except (Exception, SystemExit) as error:  # a script may end the program
        raise AnalysisError(
            f"--entry-point {name}: {module_name} cannot be imported ({type(error).__name__}: {error}); it "
            f"must lie in the folder where the command is run, or be installed"
        ) from error
    function: Any = getattr(module, function_name, None)
    if not callable(function):
        raise AnalysisError(f"--entry-point {name}: {module.__name__} has no function {function_name}")
    loaded: ClipFunction = function
    return loaded


def answer_of(
    function: ClipFunction,
    name: str,
    clip_id: str,
    clip: tuple[NDArray[np.uint8], float],
    actions: tuple[str, ...],
) -> NDArray[np.float32]:
    """What the function gives for a clip (frames, fps), (actions,).

    Raises
    ------
    AnalysisError
        Where it raises, or gives anything but one number for every action.
    """
    try:
        given = function(*clip, actions)
        answer: NDArray[np.float32] = np.asarray(given, dtype=np.float32)
    except (Exception, SystemExit) as error:
        raise AnalysisError(
            f"{name} failed on {clip_id}: {type(error).__name__}: {str(error).strip() or 'without a message'}"
        ) from error
    if answer.shape != (len(actions),):
        raise AnalysisError(
            f"{name} gave something of shape {answer.shape} for {clip_id}; needed are {len(actions)} "
            f"probabilities, of {', '.join(actions)}"
        )
    return answer
