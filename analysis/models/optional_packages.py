"""The packages that some networks come from: are they there, and what to install where they are not."""

from __future__ import annotations

from importlib.util import find_spec

from analysis.errors import AnalysisError
from stimuli.errors import StimulusError
from stimuli.torchvision_import import require_torchvision as _require_torchvision

INSTALL_ZOO = 'pip install -c constraints.txt -e ".[models,zoo]"'


def require_torchvision(title: str) -> None:
    """Make `import torchvision` succeed from here on.

    Raises AnalysisError, which says what to install, where it is missing or does not go with torch.
    """
    try:
        _require_torchvision(title)
    except StimulusError as error:
        raise AnalysisError(str(error)) from error


def require_pytorchvideo(title: str) -> None:
    """Make `import pytorchvideo.models` succeed from here on; it imports torchvision, which is made ready.

    Raises AnalysisError, which names the extra `zoo`, where the package is missing.
    """
    if find_spec("pytorchvideo") is None:
        raise AnalysisError(
            f"{title} is taken from pytorchvideo, which is not installed; the extra `zoo` brings it: "
            f"{INSTALL_ZOO}"
        )
    require_torchvision(title)
