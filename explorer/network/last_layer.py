"""Fitting a network to another number of outputs: its last layer with weights is changed, nothing else."""

from math import prod

from explorer.network.layers import Conv2d, Linear
from explorer.network.network import Network
from explorer.network.problems import errors


def last_weighted_layer(network: Network) -> str | None:
    """The name of the layer that decides how many outputs there are; None where a merge or nothing does."""
    for layer in reversed(network.layers):
        if isinstance(layer, (Linear, Conv2d)):
            return layer.name
        if layer.family == "merge":
            return None
    return None


def with_outputs(network: Network, outputs: int) -> Network | None:
    """`network` changed to give `outputs` numbers; None where a change of its last weighted layer cannot give that."""
    name = last_weighted_layer(network)
    if name is None:
        return None
    layer = network.layer(name)
    setting = "out_features" if isinstance(layer, Linear) else "out_channels"
    changed = network.replace(name, layer.with_settings(**{setting: outputs}))
    shape = changed.shapes()[-1]
    fits = shape is not None and prod(shape) == outputs and next(errors(changed.problems()), None) is None
    return changed if fits else None
