"""A network written as PyTorch source."""

from typing import TYPE_CHECKING

from explorer.network.names import INPUT
from explorer.network.shape import Shape, shape_text

if TYPE_CHECKING:
    from explorer.network.network import Network


def network_source(network: "Network") -> str:
    """A Sequential for a chain, a class with forward for branches; `model` is the model in both."""
    lines = _sequential(network) if _is_chain(network) else _class(network)
    return "\n".join(lines) + "\n"


def layer_source(network: "Network", name: str) -> str:
    """The line of one layer: `conv1 = nn.Conv2d(3, 12, 5)`, or what is worked out of its inputs: `add1 = a + b`."""
    layer = network.layer(name)
    if layer.is_module:
        return f"{name} = {layer.source(*_arriving(network, name))}"
    return f"{name} = {layer.expression(*network.inputs(name))}"


def _is_chain(network: "Network") -> bool:
    before = (INPUT, *network.names)
    return all(network.inputs(name) == (previous,) for name, previous in zip(network.names, before, strict=False))


def _sequential(network: "Network") -> list[str]:
    modules = [
        f'        ("{layer.name}", {layer.source(*_arriving(network, layer.name))}),{_comment(shape)}'
        for layer, shape in zip(network.layers, network.shapes(), strict=True)
    ]
    return [
        "from collections import OrderedDict",
        "",
        "from torch import nn",
        "",
        f"# A batch of {shape_text(network.input_shape)} goes in.",
        "model = nn.Sequential(",
        "    OrderedDict([",
        *modules,
        "    ])",
        ")",
    ]


def _class(network: "Network") -> list[str]:
    modules = [
        f"        self.{layer.name} = {layer.source(*_arriving(network, layer.name))}"
        for layer in network.layers
        if layer.is_module
    ]
    forward = [
        f"        {layer.name} = {layer.expression(*network.inputs(layer.name))}{_comment(shape)}"
        for layer, shape in zip(network.layers, network.shapes(), strict=True)
    ]
    return [
        "import torch",
        "from torch import nn",
        "",
        "",
        "class Model(nn.Module):",
        "    def __init__(self) -> None:",
        "        super().__init__()",
        *modules,
        "",
        "    def forward(self, input: torch.Tensor) -> torch.Tensor:",
        f"        # A batch of {shape_text(network.input_shape)} goes in.",
        *forward,
        f"        return {network.names[-1]}",
        "",
        "",
        "model = Model()",
    ]


def _arriving(network: "Network", name: str) -> tuple[Shape, ...]:
    return tuple(shape for shape in network.input_shapes(name) if shape is not None)


def _comment(shape: Shape | None) -> str:
    return f"  # {shape_text(shape)}" if shape else ""
