"""Every network by name: what it is called in the study, what it is shown, and how it is built."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.errors import AnalysisError
from analysis.models.spec import ModelSpec
from analysis.models.zoo_ours import OURS

MODELS: Mapping[str, ModelSpec] = {spec.name: spec for spec in OURS}


def model_spec(name: str) -> ModelSpec:
    """The network called `name`; raises AnalysisError, with the names that there are, for another one."""
    try:
        return MODELS[name]
    except KeyError:
        names = ", ".join(MODELS)
        raise AnalysisError(f"There is no model called {name!r}; there are: {names}.") from None
