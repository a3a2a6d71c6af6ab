"""The PyTorch modules that a network is built of beside PyTorch's own: sums, concatenations, branches."""

from collections import OrderedDict
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from torch import nn


class MergeModules(NamedTuple):
    """The module classes of layers with more than one input."""

    add: Any
    concat: Any


@cache
def merge_modules() -> MergeModules:
    """Classes are made at the first call, because importing torch takes seconds."""
    import torch
    from torch import Tensor, nn

    class Add(nn.Module):
        """The sum of its inputs."""

        def forward(self, first: Tensor, *others: Tensor) -> Tensor:
            total = first
            for other in others:
                total = total + other
            return total

    class Concat(nn.Module):
        """Its inputs one after the other along the channels."""

        def forward(self, *inputs: Tensor) -> Tensor:
            return torch.cat(inputs, dim=1)

    return MergeModules(Add, Concat)


@cache
def branched_class() -> Any:
    """The class of a model whose layers are not a chain."""
    from torch import Tensor, nn

    class Branched(nn.Module):
        """Runs its submodules in order; each takes the outputs that it names."""

        def __init__(self, modules: "OrderedDict[str, nn.Module]", inputs: dict[str, tuple[str, ...]]) -> None:
            super().__init__()
            for name, module in modules.items():
                self.add_module(name, module)
            self._takes = inputs

        def forward(self, input: Tensor) -> Tensor:
            outputs = {"input": input}
            last = input
            for name, module in self.named_children():
                last = outputs[name] = module(*(outputs[taken] for taken in self._takes[name]))
            return last

    return Branched


def assemble(modules: "OrderedDict[str, nn.Module]", inputs: dict[str, tuple[str, ...]]) -> "nn.Module":
    """A Sequential where each layer takes the one before it, else a Branched."""
    from torch import nn

    previous = "input"
    for name, taken in inputs.items():
        if taken != (previous,):
            model: nn.Module = branched_class()(modules, inputs)
            return model
        previous = name
    return nn.Sequential(modules)
