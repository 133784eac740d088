"""What a network costs, counted on tensors without values: no weight and no clip is held in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

    from analysis.models.spec import ModelSpec

# fvcore, by which the published figures of these networks were counted, takes two operations per value for a
# batch normalisation in test mode: times the scale, plus the shift.
_PER_NORMALISED_VALUE = 2


@dataclass(frozen=True)
class ModelCost:
    """`parameters` of a network; `multiply_adds` of one clip, one view, at test time."""

    parameters: int
    multiply_adds: int

    @property
    def parameters_m(self) -> float:
        return self.parameters / 1e6

    @property
    def gflops(self) -> float:
        """Billions of multiply-adds, which is what papers on video networks print as GFLOPs."""
        return self.multiply_adds / 1e9


def model_cost(spec: ModelSpec, classes: int) -> ModelCost:
    """The cost of a network by name for `classes` classes, on one clip of the size it is shown.

    Raises AnalysisError where the package that the network comes from is missing.
    """
    import torch

    with torch.device("meta"):
        network = spec.build(classes)
        clip = [torch.empty(1, *stream.shape) for stream in spec.streams]
    return ModelCost(parameter_count(network), multiply_adds(network, *clip))


def parameter_count(network: torch.nn.Module) -> int:
    """How many numbers training changes."""
    return sum(parameter.numel() for parameter in network.parameters())


def multiply_adds(network: torch.nn.Module, *streams: torch.Tensor) -> int:
    """Those of convolutions and matrix products, and two for every value that is batch-normalised.

    Counted in test mode on the device of `network` and `streams`; `meta` computes nothing. The network is
    left in test mode.
    """
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    counted_as_two_flops = 2 * _PER_NORMALISED_VALUE

    def batch_norm(values: Any, *_: Any, **__: Any) -> int:
        return counted_as_two_flops * int(torch.Size(values).numel())

    aten = torch.ops.aten
    normalisations = (
        aten.native_batch_norm,
        aten.cudnn_batch_norm,
        aten._native_batch_norm_legit_no_training,
        aten._batch_norm_with_update,
        aten._batch_norm_no_update,
    )
    network.eval()
    with_normalisation = dict.fromkeys(normalisations, batch_norm)
    with torch.no_grad(), FlopCounterMode(display=False, custom_mapping=with_normalisation) as counter:
        network(*streams)
    return int(counter.get_total_flops()) // 2
