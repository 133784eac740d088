"""Every network by name: what it is called in the study, what it is shown, and how it is built."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.errors import AnalysisError
from analysis.models.optional_packages import require_pytorchvideo
from analysis.models.spec import ModelSpec
from analysis.models.zoo_ours import OURS
from analysis.models.zoo_pytorchvideo import PYTORCHVIDEO
from analysis.models.zoo_torchvision import TORCHVISION

MODELS: Mapping[str, ModelSpec] = {spec.name: spec for spec in (*TORCHVISION, *PYTORCHVIDEO, *OURS)}


def model_spec(name: str) -> ModelSpec:
    """The network called `name`.

    Raises AnalysisError, with the names that there are, for another name, and where the network is taken from
    pytorchvideo and that is not installed.
    """
    try:
        spec = MODELS[name]
    except KeyError:
        names = ", ".join(MODELS)
        raise AnalysisError(f"There is no model called {name!r}; there are: {names}.") from None
    if spec.origin == "pytorchvideo":
        require_pytorchvideo(spec.title)
    return spec
